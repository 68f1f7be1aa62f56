# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Completing, recycling, acknowledging: what leaves, what cannot, and what a lost answer means."""

from dataclasses import replace
from datetime import date

import pytest
from scripted_gateway import Drop, Reply, Silence

from choruspro import errors
from choruspro.errors import Delivery
from choruspro.messages import (
    AttachmentReference,
    CompletionReceipt,
    InvoiceCompletion,
    InvoiceDetails,
    InvoiceRecycling,
    InvoiceSummary,
    MessageError,
    RecyclingReceipt,
    ValidatorCorrection,
)

PATHS = {
    "completer": "/cpro/factures/v1/completer",
    "recycler": "/cpro/factures/v1/recycler",
    "traiter_rejet": "/cpro/factures/v1/traiterRejet",
    "corriger_valideur": "/cpro/factures/v1/corriger/valideur/facture",
}
COMPLETION = InvoiceCompletion(
    invoice_id="8431777",
    attachments=(AttachmentReference(attachment_id="55", label="Bon", type_code="DIVERS"),),
    comment="Voici\nle bon",
)
RECYCLING = InvoiceRecycling(
    invoice_id="8431778",
    recipient_siret="12345678200028",
    service_code="SERV",
    engagement_number="EJ-990011",
)
CORRECTION = ValidatorCorrection(invoice_id="8431777", validator_siret="12345678200119")
DONE = {"codeRetour": 0, "libelle": "TRA_MSG_00.000"}


def actions(client):
    return {
        "completer": lambda: client.complete_invoice(COMPLETION),
        "recycler": lambda: client.recycle_invoice(RECYCLING),
        "traiter_rejet": lambda: client.acknowledge_rejection("8431777"),
        "corriger_valideur": lambda: client.correct_validator(CORRECTION),
    }


def test_an_invoice_is_completed_with_attachments_and_a_comment(gateway, client):
    path = PATHS["completer"]
    answer = {**DONE, "identifiantFactureCPP": 8431777, "numeroFacture": "F1"}
    gateway.script(path, Reply(body={**answer, "dateTraitement": "2026-11-23 10:00"}))
    assert client.complete_invoice(COMPLETION) == CompletionReceipt(
        invoice_id="8431777", number="F1", completion_date=date(2026, 11, 23)
    )
    assert [call.json for call in gateway.calls(path)] == [
        {
            "identifiantFactureCPP": 8431777,
            "pieceJointeComplementaire": [
                {
                    "pieceJointeComplementaireDesignation": "Bon",
                    "pieceJointeComplementaireType": "DIVERS",
                    "pieceJointeComplementaireId": 55,
                }
            ],
            "commentaire": "Voici\nle bon",
        }
    ]


def test_an_invoice_is_recycled_to_another_place(gateway, client):
    path = PATHS["recycler"]
    answer = {**DONE, "identifiantFactureCPP": 8431778, "statutFacture": "DEPOSEE"}
    gateway.script(path, Reply(body=answer), Reply(body=answer))
    assert client.recycle_invoice(RECYCLING) == RecyclingReceipt(
        invoice_id="8431778", number="", status="DEPOSEE", deposit_date=None
    )
    client.recycle_invoice(
        InvoiceRecycling(invoice_id="8431778", contract_number="M-1", comment="Marché")
    )
    assert [call.json for call in gateway.calls(path)] == [
        {
            "identifiantFactureCPP": 8431778,
            "destinataire": {
                "codeDestinataire": "12345678200028",
                "codeServiceExecutant": "SERV",
            },
            "reference": {"numeroBonCommande": "EJ-990011"},
        },
        {
            "identifiantFactureCPP": 8431778,
            "reference": {"numeroMarche": "M-1"},
            "commentaire": "Marché",
        },
    ]


def test_rejections_are_acknowledged_together(gateway, client):
    path = PATHS["traiter_rejet"]
    gateway.script(path, Reply(body=DONE))
    assert client.acknowledge_rejection("8431777", "9007199254740993") is None
    assert [call.json for call in gateway.calls(path)] == [
        {
            "listeDemandePaiement": [
                {"idDemandePaiement": 8431777},
                {"idDemandePaiement": 9007199254740993},
            ]
        }
    ]


def test_another_validator_is_named_by_its_siret(gateway, client):
    path = PATHS["corriger_valideur"]
    gateway.script(path, Reply(body={**DONE, "idFacture": 8431777}))
    assert client.correct_validator(CORRECTION) is None
    assert [call.json for call in gateway.calls(path)] == [
        {
            "idFacture": 8431777,
            "typeIdentifiantStructure": "SIRET",
            "identifiantStructure": "12345678200119",
        }
    ]


@pytest.mark.parametrize("changes", [{"validator_siret": ""}, {"validator_siret": "1" * 19}])
def test_a_validator_needs_a_siret(gateway, client, changes):
    with pytest.raises(MessageError) as caught:
        client.correct_validator(replace(CORRECTION, **changes))
    assert caught.value.field == "validator_siret"
    assert not gateway.calls(PATHS["corriger_valideur"])


@pytest.mark.parametrize(
    "step, code, delivery",
    [
        (Drop(), errors.ANSWER_LOST, Delivery.UNKNOWN),
        (Silence(), errors.ANSWER_TIMEOUT, Delivery.UNKNOWN),
        (Reply(502, b"<html></html>"), errors.SERVER_ERROR, Delivery.UNKNOWN),
        (Reply(200, b"<html></html>"), errors.UNREADABLE_ANSWER, Delivery.UNKNOWN),
        (Reply(200, {}), errors.INCOMPLETE_ANSWER, Delivery.UNKNOWN),
    ],
)
@pytest.mark.parametrize("key", PATHS)
def test_an_action_whose_answer_is_lost_is_sent_once(gateway, client, key, step, code, delivery):
    gateway.script(PATHS[key], step)
    with pytest.raises(errors.UnknownOutcomeError) as caught:
        actions(client)[key]()
    assert (caught.value.code, caught.value.delivery) == (code, delivery)
    assert (caught.value.operation, caught.value.retryable) == (key, False)
    assert len(gateway.calls(PATHS[key])) == 1


@pytest.mark.parametrize("key", ["completer", "recycler"])
def test_a_success_without_the_invoice_is_known_as_one(gateway, client, key):
    gateway.script(PATHS[key], Reply(200, DONE))
    with pytest.raises(errors.UnknownOutcomeError) as caught:
        actions(client)[key]()
    assert caught.value.delivery is Delivery.YES


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize("key", PATHS)
def test_an_action_that_is_refused_was_not_done(gateway, client, key, status):
    gateway.script(PATHS[key], Reply(status, {"codeRetour": 20002, "libelle": "GDP_MSG_11.033"}))
    with pytest.raises(errors.RefusedError) as caught:
        actions(client)[key]()
    error = caught.value
    assert (error.code, error.return_code) == (errors.REFUSED, 20002)
    assert (error.label, error.delivery) == ("GDP_MSG_11.033", Delivery.NO)


def test_an_action_that_was_not_let_in_is_sent_again(gateway, client):
    gateway.script(PATHS["traiter_rejet"], Reply(401, b""), Reply(body=DONE))
    client.acknowledge_rejection("1")
    assert len(gateway.calls(PATHS["traiter_rejet"])) == 2


@pytest.mark.parametrize(
    "request_, changes, broken",
    [
        (COMPLETION, {"invoice_id": ""}, ("invoice_id", "identifier")),
        (COMPLETION, {"attachments": (), "comment": None}, ("comment", "required")),
        (COMPLETION, {"comment": "c" * 2001}, ("comment", "too_long")),
        (COMPLETION, {"comment": "a\x00b"}, ("comment", "characters")),
        (RECYCLING, {"invoice_id": "F1"}, ("invoice_id", "identifier")),
        (RECYCLING, {"recipient_siret": "1" * 15}, ("recipient_siret", "too_long")),
        (RECYCLING, {"service_code": "S" * 101}, ("service_code", "too_long")),
        (RECYCLING, {"engagement_number": "E" * 51}, ("engagement_number", "too_long")),
        (RECYCLING, {"contract_number": "a\nb"}, ("contract_number", "characters")),
        (RECYCLING, {"comment": "c" * 2001}, ("comment", "too_long")),
        (
            InvoiceRecycling(invoice_id="1", comment="rien"),
            {},
            ("recipient_siret", "required"),
        ),
    ],
)
def test_a_request_that_breaks_a_rule_does_not_leave(gateway, client, request_, changes, broken):
    send = client.complete_invoice if request_ is COMPLETION else client.recycle_invoice
    with pytest.raises(MessageError) as caught:
        send(replace(request_, **changes))
    assert (caught.value.field, caught.value.rule) == broken
    assert not gateway.calls(PATHS["completer"]) + gateway.calls(PATHS["recycler"])


@pytest.mark.parametrize("ids, rule", [((), "required"), (("F1",), "identifier")])
def test_an_acknowledgement_names_its_invoices(client, ids, rule):
    with pytest.raises(MessageError) as caught:
        client.acknowledge_rejection(*ids)
    assert (caught.value.field, caught.value.rule) == ("invoice_ids", rule)


@pytest.mark.parametrize("said, acknowledged", [(True, True), (False, False), (None, False)])
def test_an_acknowledged_rejection_is_told(said, acknowledged):
    row = {"identifiantFactureCPP": 1, "rejetTraite": said}
    assert InvoiceSummary.from_json(row).rejection_acknowledged is acknowledged
    assert InvoiceDetails.from_json({"facture": row}).rejection_acknowledged is acknowledged
