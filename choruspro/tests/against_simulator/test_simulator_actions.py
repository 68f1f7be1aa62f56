# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Acting on invoices that came back, faults included: an action is done at most once."""

from dataclasses import replace

import pytest
from clients import Waiting, connected

from choruspro import errors
from choruspro.errors import Delivery
from choruspro.messages import (
    AttachmentReference,
    FileUpload,
    InvoiceCompletion,
    InvoiceRecycling,
)

STATUSES = {"completer": "SUSPENDUE", "recycler": "A_RECYCLER", "traiter_rejet": "REJETEE"}


@pytest.fixture
def client(simulator):
    with connected(simulator.credentials(), Waiting(simulator)) as client:
        yield client


@pytest.fixture
def act(client):
    """For each action: does it to an invoice."""
    return {
        "completer": lambda invoice_id: client.complete_invoice(
            InvoiceCompletion(invoice_id=invoice_id, comment="Voici le bon")
        ),
        "recycler": lambda invoice_id: client.recycle_invoice(
            InvoiceRecycling(invoice_id=invoice_id, engagement_number="EJ-990011")
        ),
        "traiter_rejet": lambda invoice_id: client.acknowledge_rejection(invoice_id),
    }


@pytest.fixture
def come_back(simulator, client, invoice):
    """Deposits an invoice that comes back with a status: its identifier."""

    def make(status):
        receipt = client.submit_invoice(invoice)
        simulator.advance(300)
        simulator.set_status(invoice.number, status, "Le bon de livraison manque.")
        return receipt.invoice_id

    return make


def is_done(client, key, invoice_id):
    """What a look-up tells of an action."""
    details = client.read_invoice(invoice_id)
    if key == "traiter_rejet":
        return details.rejection_acknowledged
    return details.status != STATUSES[key]


def test_a_suspended_invoice_is_completed(simulator, client, come_back):
    invoice_id = come_back("SUSPENDUE")
    upload = FileUpload(content=b"bon", file_name="bon.txt", mime_type="text/plain")
    file = AttachmentReference(
        attachment_id=client.add_file(upload).attachment_id, label="Bon", type_code="DIVERS"
    )
    completion = InvoiceCompletion(invoice_id=invoice_id, attachments=(file,), comment="Voici")
    receipt = client.complete_invoice(completion)
    assert receipt.invoice_id == invoice_id
    simulator.advance(240)
    history = client.read_history(invoice_id)
    assert [event.code for event in history.events[-3:]] == [
        "SUSPENDUE",
        "COMPLETEE",
        "MISE_A_DISPOSITION",
    ]
    assert len(simulator.invoices()[0]["attachments"]) == 1


def test_an_invoice_is_recycled_to_another_recipient(client, come_back):
    invoice_id = come_back("A_RECYCLER")
    receipt = client.recycle_invoice(
        InvoiceRecycling(
            invoice_id=invoice_id,
            recipient_siret="12345678200044",
            service_code="SERVICE_DEST_TOUT_OBL",
            engagement_number="EJ-990011",
            comment="Le bon destinataire",
        )
    )
    assert (receipt.invoice_id, receipt.status) == (invoice_id, "DEPOSEE")
    details = client.read_invoice(invoice_id)
    assert (details.recipient_identifier, details.service_code, details.engagement_number) == (
        "12345678200044",
        "SERVICE_DEST_TOUT_OBL",
        "EJ-990011",
    )


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize("key", STATUSES)
def test_an_action_that_is_not_allowed_any_more_is_refused(
    simulator, client, come_back, act, key, status
):
    simulator.switch(refusal_status=status)
    invoice_id = come_back("MISE_A_DISPOSITION")
    with pytest.raises(errors.RefusedError) as caught:
        act[key](invoice_id)
    assert caught.value.return_code == (20002 if key == "completer" else 20004)
    assert caught.value.delivery is Delivery.NO
    assert client.read_invoice(invoice_id).status == "MISE_A_DISPOSITION"


UNKNOWN = errors.UnknownOutcomeError
# name: (error or None, code, whether the action is done)
FAULTS = {
    "connection_refused_like": (UNKNOWN, errors.ANSWER_LOST, False),
    "bad_gateway": (UNKNOWN, errors.SERVER_ERROR, False),
    "maintenance_page": (UNKNOWN, errors.UNREADABLE_ANSWER, False),
    "lost_answer": (UNKNOWN, errors.ANSWER_LOST, True),
    "bad_gateway_after": (UNKNOWN, errors.SERVER_ERROR, True),
    "truncated_json": (UNKNOWN, errors.UNREADABLE_ANSWER, True),
    "slow": (UNKNOWN, errors.ANSWER_TIMEOUT, True),
    "rate_limited": (errors.RateLimitedError, errors.RATE_LIMITED, False),
    "unauthorized_once": (None, None, True),
}


@pytest.mark.parametrize("name", FAULTS)
@pytest.mark.parametrize("key", STATUSES)
def test_an_action_under_a_fault_is_done_once_and_a_look_up_tells(
    simulator, client, come_back, act, key, name
):
    error, code, done = FAULTS[name]
    invoice_id = come_back(STATUSES[key])
    simulator.fault(name, key, **({"seconds": 30} if name == "slow" else {}))
    if error is None:
        act[key](invoice_id)
    else:
        with pytest.raises(error) as caught:
            act[key](invoice_id)
        assert caught.value.code == code
        assert (caught.value.delivery is Delivery.NO) == (error is not UNKNOWN)
    assert len(simulator.requests(key)) == (2 if name == "unauthorized_once" else 1)
    assert is_done(client, key, invoice_id) is done
    if not done:
        act[key](invoice_id)
        assert is_done(client, key, invoice_id)


@pytest.mark.parametrize("key", ["completer", "recycler"])
def test_half_an_answer_says_that_the_action_is_done(simulator, client, come_back, act, key):
    invoice_id = come_back(STATUSES[key])
    simulator.fault("half_answer", key)
    with pytest.raises(UNKNOWN) as caught:
        act[key](invoice_id)
    assert caught.value.delivery is Delivery.YES
    assert is_done(client, key, invoice_id)


def test_several_rejections_are_acknowledged_at_once(simulator, client, invoice, pdf):
    ids = []
    for number in ("R-1", "R-2"):
        attachment_id = client.deposit_pdf(pdf).attachment_id
        sent = replace(invoice, number=number, main_attachment_id=attachment_id)
        ids.append(client.submit_invoice(sent).invoice_id)
        simulator.set_status(number, "REJETEE", "Doublon")
    client.acknowledge_rejection(*ids)
    assert all(client.read_invoice(one).rejection_acknowledged for one in ids)
    assert len(simulator.requests("traiter_rejet")) == 1
