# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Invoices from their recipient to their payment, searches, and what a fault makes of a call."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from math import ceil

import pytest

from choruspro import checks, errors
from choruspro.changes import read_changes
from choruspro.errors import Delivery
from choruspro.messages import (
    AttachmentReference,
    FileUpload,
    InvoiceSummary,
    SupplierInvoiceSearch,
)


@pytest.fixture
def client(connect):
    """An impatient one: the fault "slow" delays an answer."""
    return connect(patience=0.4)


def by_number(client, number):
    return client.search_invoices(SupplierInvoiceSearch(number=number))


def test_an_invoice_goes_from_its_recipient_to_its_payment(simulator, client, invoice, supplier):
    (recipient,) = client.search_structures(invoice.recipient_siret)
    demands = client.read_structure(recipient.structure_id)
    services = client.search_services(recipient.structure_id)
    assert checks.check_recipient((recipient,)) == ()
    assert checks.check_requirements(demands, invoice.service_code, None) == ()
    assert checks.check_service(services, invoice.service_code) == ()
    assert {account.bank_account_id for account in client.bank_accounts(supplier)} >= {
        invoice.bank_account_id
    }
    delivery_note = client.add_file(
        FileUpload(content=b"bon", file_name="bon.txt", mime_type="text/plain")
    )
    sent = replace(
        invoice,
        attachments=(
            AttachmentReference(
                attachment_id=delivery_note.attachment_id, label="Bon", type_code="DIVERS"
            ),
        ),
    )
    assert checks.check_submission(sent, strict_luhn=False) == ()

    receipt = client.submit_invoice(sent)
    assert (receipt.number, receipt.status) == (sent.number, "DEPOSEE")

    simulator.advance(8 * 86400)
    details = client.read_invoice(receipt.invoice_id)
    assert details.status == "MISE_EN_PAIEMENT"
    assert details.total == Decimal("1200.12")
    assert details.main_attachment_id == sent.main_attachment_id
    history = client.read_history(receipt.invoice_id)
    assert history.events[0].code == "DEPOSEE"
    assert history.events[-1].code == history.current_status == "MISE_EN_PAIEMENT"
    dates = [event.date for event in history.events]
    assert dates == sorted(dates)
    (found,) = by_number(client, sent.number)
    assert isinstance(found, InvoiceSummary)
    assert (found.invoice_id, found.recipient_identifier) == (
        receipt.invoice_id,
        sent.recipient_siret,
    )


@pytest.mark.parametrize("status", [200, 400])
def test_refusals_are_read_whatever_their_http_status(simulator, client, invoice, pdf, status):
    simulator.switch(refusal_status=status)
    client.submit_invoice(invoice)
    again = replace(invoice, main_attachment_id=client.deposit_pdf(pdf).attachment_id)
    with pytest.raises(errors.RefusedError) as caught:
        client.submit_invoice(again)
    assert caught.value.code == errors.DUPLICATE
    assert caught.value.http_status == status
    with pytest.raises(errors.RefusedError) as caught:
        client.submit_invoice(replace(again, number="F-2", service_code="INCONNU"))
    assert caught.value.code == errors.REFUSED
    assert caught.value.label
    assert len(simulator.invoices()) == 1


@pytest.mark.parametrize("refusal_status", [200, 400])
@pytest.mark.parametrize("empty_search", [0, 20000])
def test_nothing_found_is_an_empty_result(simulator, client, refusal_status, empty_search):
    simulator.switch(empty_search=empty_search, refusal_status=refusal_status)
    assert by_number(client, "NONE") == ()
    assert client.search_structures("99999999999999") == ()


@pytest.mark.parametrize("identifier_type", ["text", "number"])
def test_a_siret_is_text_whatever_it_came_as(simulator, client, identifier_type):
    simulator.switch(identifier_type=identifier_type)
    (found,) = client.search_structures("12345678200028")
    assert found.identifier == "12345678200028"


@pytest.mark.parametrize(
    "wrong, code",
    [
        ({"client_secret": "wrong"}, errors.INVALID_CLIENT),
        ({"client_id": "wrong"}, errors.INVALID_CLIENT),
        ({"password": "wrong"}, errors.TECHNICAL_ACCOUNT),
        ({"login": "wrong"}, errors.TECHNICAL_ACCOUNT),
    ],
)
def test_wrong_credentials_are_told_apart(connect, wrong, code):
    stranger = connect(**wrong)
    with pytest.raises(errors.CredentialsError) as caught:
        stranger.vat_rates()
    assert caught.value.code == code


def test_a_token_is_asked_for_once_an_hour(simulator, client):
    def tokens():
        return len(simulator.requests("token"))

    client.vat_rates()
    client.vat_rates()
    assert tokens() == 1
    simulator.advance(3601)
    client.vat_rates()
    client.vat_rates()
    assert tokens() == 2


@pytest.mark.parametrize("moving_rows", [0, 1, 7])
@pytest.mark.parametrize("page_size", [10, 25])
def test_changes_are_read_whole_while_rows_move(
    simulator, client, supplier, moving_rows, page_size
):
    numbers = set(simulator.seed(count=60, age_s=600))
    simulator.switch(moving_rows=moving_rows)
    now = datetime.now(timezone.utc)
    simulator.clear_requests()
    found = read_changes(
        client,
        supplier,
        now - timedelta(hours=1),
        now - timedelta(minutes=1),
        page_size=page_size,
    )
    searches = simulator.requests("rechercher_fournisseur")
    assert len(searches) <= 1 + ceil(60 / page_size)
    left = {
        row["number"]
        for row in simulator.invoices()
        if datetime.fromisoformat(row["status_date"]) > now - timedelta(minutes=1)
    }
    assert bool(left) == bool(moving_rows)
    assert numbers - left <= {row.number for row in found} <= numbers


def test_more_than_200_changes_are_read(simulator, client, supplier):
    numbers = set(simulator.seed(count=450, age_s=600))
    now = datetime.now(timezone.utc)
    window = (now - timedelta(hours=1), now - timedelta(minutes=1))
    assert {row.number for row in read_changes(client, supplier, *window)} == numbers


# Faults: what each of them means for a deposit, an upload and a query. None: it goes well.
UNKNOWN, UNAVAILABLE = errors.UnknownOutcomeError, errors.UnavailableError
SHORT = {"slow": {"seconds": 0.6}}
# name: (error, code, invoices at the platform afterwards)
DEPOSIT_FAULTS = {
    "connection_refused_like": (UNKNOWN, errors.ANSWER_LOST, 0),
    "unauthorized_once": (None, None, 1),
    "rate_limited": (errors.RateLimitedError, errors.RATE_LIMITED, 0),
    "bad_gateway": (UNKNOWN, errors.SERVER_ERROR, 0),
    "maintenance_page": (UNKNOWN, errors.UNREADABLE_ANSWER, 0),
    "lost_answer": (UNKNOWN, errors.ANSWER_LOST, 1),
    "bad_gateway_after": (UNKNOWN, errors.SERVER_ERROR, 1),
    "truncated_json": (UNKNOWN, errors.UNREADABLE_ANSWER, 1),
    "slow": (UNKNOWN, errors.ANSWER_TIMEOUT, 1),
    "duplicate_deposit": (errors.RefusedError, errors.DUPLICATE, 0),
    "half_answer": (UNKNOWN, errors.INCOMPLETE_ANSWER, 1),
}
UPLOAD_FAULTS = {
    "connection_refused_like": (UNAVAILABLE, errors.ANSWER_LOST),
    "unauthorized_once": (None, None),
    "rate_limited": (errors.RateLimitedError, errors.RATE_LIMITED),
    "bad_gateway": (UNAVAILABLE, errors.SERVER_ERROR),
    "maintenance_page": (UNAVAILABLE, errors.UNREADABLE_ANSWER),
    "lost_answer": (UNAVAILABLE, errors.ANSWER_LOST),
    "bad_gateway_after": (UNAVAILABLE, errors.SERVER_ERROR),
    "truncated_json": (UNAVAILABLE, errors.UNREADABLE_ANSWER),
    "slow": (UNAVAILABLE, errors.ANSWER_TIMEOUT),
    "half_answer": (UNAVAILABLE, errors.INCOMPLETE_ANSWER),
}
QUERY_FAULTS = {
    "connection_refused_like": (None, None),
    "unauthorized_once": (None, None),
    "rate_limited": (errors.RateLimitedError, errors.RATE_LIMITED),
    "bad_gateway": (None, None),
    "maintenance_page": (None, None),
    "lost_answer": (None, None),
    "bad_gateway_after": (None, None),
    "truncated_json": (None, None),
    "slow": (None, None),
    "half_answer": (errors.ProtocolError, errors.INCOMPLETE_ANSWER),
    "unknown_status": (None, None),
    "status_going_back": (None, None),
    "missing_page": (errors.ProtocolError, errors.PAGE_MISSING),
}


def test_each_fault_of_the_simulator_is_met_here(simulator):
    named = {fault["name"] for fault in simulator.faults()}
    met = {*DEPOSIT_FAULTS, *UPLOAD_FAULTS, *QUERY_FAULTS, "spurious_invalid_client"}
    # That of a flow: see test_simulator_flows
    met.add("flow_incident")
    assert named == met


def used_up(simulator, name):
    (fault,) = [fault for fault in simulator.faults() if fault["name"] == name]
    return not fault["armed"]


@pytest.mark.parametrize("name", DEPOSIT_FAULTS)
def test_a_deposit_under_a_fault_makes_at_most_one_invoice(simulator, client, invoice, name):
    error, code, invoices = DEPOSIT_FAULTS[name]
    simulator.clear_requests()
    simulator.fault(name, "soumettre", **SHORT.get(name, {}))
    if error is None:
        assert client.submit_invoice(invoice).number == invoice.number
    else:
        with pytest.raises(error) as caught:
            client.submit_invoice(invoice)
        assert caught.value.code == code
        assert caught.value.operation == "soumettre"
        assert (caught.value.delivery is Delivery.NO) == (error is not UNKNOWN)
    assert used_up(simulator, name)
    assert len(simulator.invoices()) == invoices
    # What may have been delivered is found by looking it up, and nothing else is.
    assert len(by_number(client, invoice.number)) == invoices


@pytest.mark.parametrize("name", UPLOAD_FAULTS)
def test_an_upload_under_a_fault_delivers_nothing_and_can_be_repeated(simulator, client, pdf, name):
    error, code = UPLOAD_FAULTS[name]
    simulator.fault(name, "deposer_pdf", **SHORT.get(name, {}))
    if error is not None:
        with pytest.raises(error) as caught:
            client.deposit_pdf(pdf)
        assert caught.value.code == code
        assert caught.value.delivery is Delivery.NO
        assert caught.value.retryable
    assert client.deposit_pdf(pdf).attachment_id
    assert used_up(simulator, name)
    assert simulator.invoices() == []


@pytest.mark.parametrize("name", QUERY_FAULTS)
def test_a_query_under_a_fault_answers_or_says_why(simulator, client, supplier, name):
    error, code = QUERY_FAULTS[name]
    numbers = simulator.seed(count=6)
    simulator.fault(name, "rechercher_fournisseur", **SHORT.get(name, {}))
    search = SupplierInvoiceSearch(supplier_id=supplier)
    if error is not None:
        with pytest.raises(error) as caught:
            client.search_invoices(search, page_size=2)
        assert caught.value.code == code
        assert caught.value.retryable
    else:
        found = client.search_invoices(search, page_size=2)
        assert [row.number for row in found] == numbers
        statuses = {row.status for row in found}
        assert ("NOUVEAU_STATUT_2027" in statuses) == (name == "unknown_status")
        assert (len(statuses) == 2) == (name in ("unknown_status", "status_going_back"))
    assert used_up(simulator, name)


def test_a_token_refused_by_mistake_is_asked_for_again(simulator, client):
    simulator.fault("spurious_invalid_client", times=2)
    assert client.vat_rates()
    assert used_up(simulator, "spurious_invalid_client")
    assert len(simulator.requests("token")) == 3
