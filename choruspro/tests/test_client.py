# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What the client asks for, page by page, and what it makes of the answers."""

from datetime import datetime, timezone

import pytest
from scripted_gateway import Drop, Reply

from choruspro import errors
from choruspro.errors import Delivery, ProtocolError, UnknownOutcomeError
from choruspro.messages import (
    FileUpload,
    MessageError,
    PdfDeposit,
    SupplierInvoiceSearch,
)

SEARCH = "/cpro/factures/v1/rechercher/fournisseur"
HISTORY = "/cpro/factures/v1/consulter/historique"
STRUCTURES = "/cpro/structures/v1/rechercher"
SERVICES = "/cpro/structures/v1/rechercher/services"
SUBMIT = "/cpro/factures/v1/soumettre"
PDF = "/cpro/factures/v1/deposer/pdf"


def ok(**fields):
    return Reply(body={"codeRetour": 0, "libelle": "TRA_MSG_00.000", **fields})


def page(identifiers, number=1, pages=1, total=None, size=100):
    return ok(
        listeFactures=[{"identifiantFactureCPP": identifier} for identifier in identifiers],
        parametresRetour={
            "pageCourante": number,
            "pages": pages,
            "nbResultatsParPage": size,
            "total": len(identifiers) if total is None else total,
        },
    )


def identifiers(found):
    return [invoice.invoice_id for invoice in found]


def test_a_pdf_is_sent_as_base64_on_one_line(gateway, client):
    gateway.script(PDF, ok(pieceJointeId=35417001))
    content = b"%PDF-1.7" + bytes(range(256)) * 50
    receipt = client.deposit_pdf(PdfDeposit(content=content, file_name="F42.pdf"))
    assert receipt.attachment_id == "35417001"
    body = gateway.calls(PDF)[0].body
    assert b"\\n" not in body and b"\n" not in body


def test_a_pdf_receipt_may_lack_the_return_code(gateway, client):
    """The Swagger forgets it for this operation."""
    gateway.script(PDF, Reply(body={"pieceJointeId": 7, "numeroFacture": None}))
    assert client.deposit_pdf(PdfDeposit(content=b"%PDF-", file_name="F.pdf")).attachment_id == "7"


def test_amounts_travel_exactly(gateway, client, submission):
    gateway.script(SUBMIT, ok(identifiantFactureCPP=8431777, statutFacture="DEPOSEE"))
    client.submit_invoice(submission)
    body = gateway.calls(SUBMIT)[0].body
    assert b'"montantHtTotal": 1000.10,' in body
    assert b'"montantAPayer": 1200.12}' in body
    assert gateway.calls(SUBMIT)[0].json["pieceJointePrincipale"] == [
        {
            "pieceJointePrincipaleDesignation": "Facture FA2026-00042",
            "pieceJointePrincipaleId": 35417001,
        }
    ]


def test_a_deposit_that_says_yes_without_identifier_is_delivered_and_to_be_looked_up(
    gateway, client, submission
):
    gateway.script(SUBMIT, ok(numeroFacture="FA2026-00042"))
    with pytest.raises(UnknownOutcomeError) as caught:
        client.submit_invoice(submission)
    assert caught.value.code == errors.INCOMPLETE_ANSWER
    assert caught.value.delivery is Delivery.YES
    assert caught.value.label == "identifiantFactureCPP"


def test_a_deposit_answered_by_something_else_in_json_is_an_unknown_outcome(
    gateway, client, submission
):
    gateway.script(SUBMIT, Reply(body={"message": "maintenance"}))
    with pytest.raises(UnknownOutcomeError) as caught:
        client.submit_invoice(submission)
    assert caught.value.delivery is Delivery.UNKNOWN


def test_a_message_that_breaks_the_contract_is_not_sent(gateway, client):
    with pytest.raises(MessageError):
        client.deposit_pdf(PdfDeposit(content=b"no pdf", file_name="F.pdf"))
    with pytest.raises(MessageError):
        client.add_file(FileUpload(content=b"x", file_name="x.exe", mime_type="a/b"))
    with pytest.raises(MessageError):
        client.read_invoice("12; DROP")
    assert gateway.connections == 0


def test_a_search_asks_for_sorted_pages_and_for_more_than_200_results(gateway, client):
    gateway.script(SEARCH, page([1]))
    client.search_invoices(SupplierInvoiceSearch(number="F1"))
    assert gateway.calls(SEARCH)[0].json == {
        "numeroFacture": "F1",
        "rechercheFactureParFournisseur": {
            "pageResultatDemandee": 1,
            "nbResultatsParPage": 100,
            "nbResultatsMaximum": 10000,
            "triSens": "Ascendant",
            "triColonne": "NumeroFacture",
        },
    }


def test_all_pages_of_a_search_are_read_and_repetitions_dropped(gateway, client):
    gateway.script(
        SEARCH, page([1, 2], 1, 3, 5, 2), page([2, 3], 2, 3, 5, 2), page([4], 3, 3, 5, 2)
    )
    found = client.search_invoices(SupplierInvoiceSearch(), page_size=2, maximum=50)
    assert identifiers(found) == ["1", "2", "3", "4"]
    asked = [
        call.json["rechercheFactureParFournisseur"]["pageResultatDemandee"]
        for call in gateway.calls(SEARCH)
    ]
    assert asked == [1, 2, 3]


@pytest.mark.parametrize(
    "nothing",
    [
        ok(listeFactures=[], parametresRetour={"pages": 0, "total": 0}),
        ok(listeFactures=None),
        ok(),
        Reply(body={"codeRetour": 20000, "libelle": "TRA_MSG_00.015"}),
        Reply(400, {"codeRetour": 20000, "libelle": "TRA_MSG_00.015"}),
    ],
)
def test_nothing_found_is_an_empty_result(gateway, client, nothing):
    gateway.script(SEARCH, nothing)
    assert client.search_invoices(SupplierInvoiceSearch()) == ()


def test_a_page_that_is_missing_is_an_error_not_an_end(gateway, client):
    gateway.script(SEARCH, page([1, 2], 1, 2, 4, 2), page([], 2, 2, 4, 2))
    with pytest.raises(ProtocolError) as caught:
        client.search_invoices(SupplierInvoiceSearch(), page_size=2)
    assert caught.value.code == errors.PAGE_MISSING
    assert caught.value.operation == "rechercher_fournisseur"


def test_a_full_page_that_nobody_counts_is_not_taken_for_everything(gateway, client):
    rows = [{"identifiantFactureCPP": 1}, {"identifiantFactureCPP": 2}]
    gateway.script(SEARCH, ok(listeFactures=rows), ok(listeFactures=rows))
    with pytest.raises(ProtocolError) as caught:
        client.search_invoices(SupplierInvoiceSearch(), page_size=2)
    assert caught.value.code == errors.INCOMPLETE_ANSWER
    assert identifiers(client.search_invoices(SupplierInvoiceSearch(), page_size=3)) == ["1", "2"]


@pytest.mark.parametrize("broken", [b"<html>maintenance</html>", b'{"codeRetour": 0, "liste', b""])
def test_an_unreadable_answer_of_a_query_is_asked_for_once_more(gateway, client, broken):
    gateway.script(SEARCH, Reply(200, broken), page([1]))
    assert identifiers(client.search_invoices(SupplierInvoiceSearch())) == ["1"]
    gateway.script(SEARCH, Reply(200, broken), Reply(200, broken))
    with pytest.raises(ProtocolError) as caught:
        client.search_invoices(SupplierInvoiceSearch())
    assert caught.value.code == errors.UNREADABLE_ANSWER
    assert caught.value.retryable
    assert len(gateway.calls(SEARCH)) == 4


def test_rows_without_identifier_are_a_protocol_error(gateway, client):
    gateway.script(SEARCH, ok(listeFactures=[{"numeroFacture": "F1"}]))
    with pytest.raises(ProtocolError) as caught:
        client.search_invoices(SupplierInvoiceSearch())
    assert caught.value.code == errors.INCOMPLETE_ANSWER
    assert caught.value.label == "identifiantFactureCPP"


def history(events, number, pages):
    return ok(
        idFacture=8431777,
        numeroFacture="F1",
        statutCourantCode="SUSPENDUE",
        historiquesDesStatuts={
            "histoStatut": [
                {
                    "histoStatutId": identifier,
                    "histoStatutCode": code,
                    "histoStatutDatePassage": moment,
                }
                for identifier, code, moment in events
            ],
            "pageCouranteHistoStatut": number,
            "pagesHistoStatut": pages,
        },
    )


def test_a_history_is_read_whole_and_comes_oldest_first(gateway, client):
    gateway.script(
        HISTORY,
        history(
            [
                (9, "SUSPENDUE", None),
                (10, "MISE_A_DISPOSITION", "2026-07-01 10:00"),
                (2, "EN_COURS_ACHEMINEMENT", "2026-07-01 10:00"),
            ],
            1,
            2,
        ),
        history(
            [(1, "DEPOSEE", "2026-07-01 09:59"), (10, "MISE_A_DISPOSITION", "2026-07-01 10:00")],
            2,
            2,
        ),
    )
    found = client.read_history("8431777")
    assert [event.code for event in found.events] == [
        "DEPOSEE",
        "EN_COURS_ACHEMINEMENT",
        "MISE_A_DISPOSITION",
        "SUSPENDUE",
    ]
    assert found.events[0].date == datetime(2026, 7, 1, 7, 59, tzinfo=timezone.utc)
    assert (found.invoice_id, found.current_status) == ("8431777", "SUSPENDUE")
    asked = [call.json["paramRechercheHistoStatuts"] for call in gateway.calls(HISTORY)]
    assert [part["pageResultatDemandeeListeHistoStatut"] for part in asked] == [1, 2]


def services(count, number, pages):
    return ok(
        listeServices=[{"idService": number * 1000 + i, "codeService": "S"} for i in range(count)],
        parametresRetour={"pages": pages, "pageCourante": number},
    )


def test_all_services_of_a_structure_are_read(gateway, client):
    gateway.script(SERVICES, services(100, 1, 3), services(100, 2, 3), services(4, 3, 3))
    assert len(client.search_services("25784301")) == 204


def test_pages_that_nobody_counts_are_read_until_one_is_not_full(gateway, client):
    gateway.script(SERVICES, services(100, 1, None), services(3, 2, None))
    assert len(client.search_services("25784301")) == 103


def test_a_missing_page_of_services_is_an_error(gateway, client):
    gateway.script(SERVICES, services(100, 1, 2), services(0, 2, 2))
    with pytest.raises(ProtocolError) as caught:
        client.search_services("25784301")
    assert caught.value.code == errors.PAGE_MISSING


def test_pages_without_end_are_an_error_not_a_loop(gateway, client, monkeypatch):
    monkeypatch.setattr("choruspro.calls.MOST_PAGES", 3)
    gateway.script(SERVICES, *[services(2, number, 10**9) for number in (1, 2, 3)])
    with pytest.raises(ProtocolError) as caught:
        client.search_services("25784301")
    assert caught.value.code == errors.WINDOW_OVERFLOW


def test_an_unknown_structure_is_an_empty_result(gateway, client):
    gateway.script(STRUCTURES, Reply(body={"codeRetour": 20000}))
    assert client.search_structures("12345678200051") == ()
    assert gateway.calls(STRUCTURES)[0].json["structure"] == {
        "identifiantStructure": "12345678200051",
        "typeIdentifiantStructure": "SIRET",
    }


def test_a_client_closes_its_connections(gateway, make_client):
    gateway.script(STRUCTURES, ok(), Drop(), ok())
    with make_client(gateway.url) as client:
        client.search_structures("12345678200051")
        assert client.search_structures("12345678200051") == ()
    pools = [
        session.get_adapter(gateway.url).poolmanager.pools
        for session in client._transport._sessions.values()
    ]
    assert all(len(pool) == 0 for pool in pools)
