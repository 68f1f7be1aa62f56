# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""A main contractor's requests and answers: what leaves, what cannot, what is read."""

from datetime import date
from decimal import Decimal

import pytest
from scripted_gateway import Drop, Reply

from choruspro import errors
from choruspro.errors import Delivery
from choruspro.messages import InvoiceValidation, MessageError, RefusalReason, ValidationReceipt

DECIDE = "/cpro/factures/v1/traiter/factureAValider"
LIST = "/cpro/factures/v1/rechercher/aTraiter/valideur"
DONE = {"codeRetour": 0, "libelle": "TRA_MSG_00.000"}
ACCEPTANCE = InvoiceValidation(invoice_id="8431777", validator_id="40012345")
REFUSAL = InvoiceValidation(
    invoice_id="8431777", refusal=RefusalReason.OTHER, comment="Situation 3\nà revoir"
)


def test_a_decision_says_what_was_decided(gateway, client):
    body = {**DONE, "idFacture": "8431777", "numeroFacture": "F1", "statutFacture": "VALIDEE_1"}
    answer = Reply(body={**body, "dateTraitement": "2026-11-24T14:14:15.616+02:00"})
    gateway.script(DECIDE, answer, answer)
    assert client.validate_invoice(ACCEPTANCE) == ValidationReceipt(
        invoice_id="8431777", number="F1", status="VALIDEE_1", decision_date=date(2026, 11, 24)
    )
    client.validate_invoice(REFUSAL)
    assert [call.json for call in gateway.calls(DECIDE)] == [
        {"idFacture": 8431777, "idValideur": 40012345, "action": "VALIDATION"},
        {
            "idFacture": 8431777,
            "motifRefus": "AUTRE",
            "complementInfo": "Situation 3\nà revoir",
            "action": "REFUS",
        },
    ]


@pytest.mark.parametrize("comment", [None, "", "x" * 2001])
def test_a_refusal_needs_words_that_fit(gateway, client, comment):
    with pytest.raises(MessageError) as caught:
        client.validate_invoice(
            InvoiceValidation(invoice_id="1", refusal=RefusalReason.OTHER, comment=comment)
        )
    assert caught.value.field == "comment"
    assert not gateway.calls(DECIDE)


def test_a_decision_whose_answer_is_lost_is_sent_once(gateway, client):
    gateway.script(DECIDE, Drop())
    with pytest.raises(errors.UnknownOutcomeError) as caught:
        client.validate_invoice(ACCEPTANCE)
    assert caught.value.delivery is Delivery.UNKNOWN
    assert len(gateway.calls(DECIDE)) == 1


def test_a_row_without_an_identifier_hides_no_other(gateway, client):
    rows = [
        {"numeroFacture": "F0"},
        {"idFacture": 7, "numeroFacture": "F1", "statut": "A_VALIDER_1", "montantTTC": 10.25},
    ]
    page = {"pageCourante": 1, "pages": 1, "nbResultatsParPage": 100, "total": 2}
    gateway.script(LIST, Reply(body={**DONE, "listeFactures": rows, "parametresRetour": page}))
    (found,) = client.search_to_validate("40012345")
    assert (found.invoice_id, found.number, found.total) == ("7", "F1", Decimal("10.25"))


@pytest.mark.parametrize("code", [0, 20000])
def test_nothing_to_validate_is_no_error(gateway, client, code):
    gateway.script(LIST, Reply(body={"codeRetour": code, "libelle": "TRA_MSG_00.015"}))
    assert client.search_to_validate("40012345") == ()
