# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""consulter/fournisseur and consulter/historique."""

import re

import pytest

from simulator.world.recipients import DAY, WALK

DETAILS = "factures/v1/consulter/fournisseur"
HISTORY = "factures/v1/consulter/historique"


def details(caller, invoice_id, **body):
    return caller.ok(DETAILS, {"identifiantFactureCPP": invoice_id, **body})["facture"]


def test_details_repeat_what_was_deposited(caller):
    file_id = caller.file_id("bon.pdf")
    body = caller.submission(
        commentaire="Merci",
        references__numeroBonCommande="BC-1",
        pieceJointeComplementaire=[
            {
                "pieceJointeComplementaireDesignation": "Bon",
                "pieceJointeComplementaireType": "DIVERS",
                "pieceJointeComplementaireId": file_id,
            }
        ],
    )
    invoice_id = caller.submit(body).json()["identifiantFactureCPP"]
    invoice = details(caller, invoice_id)
    assert invoice["identifiantFactureCPP"] == invoice_id
    assert invoice["statutFacture"] == "DEPOSEE"
    assert invoice["commentaire"] == "Merci"
    assert invoice["destinataire"]["codeDestinataire"] == "12345678200051"
    assert invoice["fournisseur"]["coordBancairesFournisseurId"] == 88_231_000_001
    assert invoice["references"]["numeroBonCommande"] == "BC-1"
    assert invoice["references"]["dateFacture"] == "2026-11-20"
    assert invoice["montantTotal"]["montantTtcTotal"] == 1200.12
    assert invoice["montantTotal"]["montantTtcAvantRemiseGlobalTTC"] == 1200.12
    assert invoice["rejetTraite"] is False
    (line,) = invoice["recapitulatifDeTva"]["ligneTva"]
    assert (line["ligneTvaTauxRefCode"], line["ligneTvaTauxRefValeur"]) == ("TVA4", 20.0)
    given = body["pieceJointePrincipale"][0]["pieceJointePrincipaleId"]
    assert invoice["pieceJointePrincipale"]["idPieceJointePrincipale"] == given
    (attachment,) = invoice["listeDesPiecesJointes"]["pieceJointe"]
    assert (attachment["pieceJointeId"], attachment["pieceJointeExtension"]) == (file_id, "pdf")
    assert invoice["lignesDePoste"]["totalLignesPoste"] == 0


def test_details_name_the_validator(caller):
    invoice_id = caller.invoice(
        cadreDeFacturation={
            "codeCadreFacturation": "A9_FACTURE_SOUSTRAITANT",
            "codeStructureValideur": "12345678200119",
        }
    )
    framework = details(caller, invoice_id)["cadreDeFacturation"]
    assert framework["codeValideur1"] == "12345678200119"


def test_the_history_is_oldest_first_in_minutes_of_paris(sim, caller):
    invoice_id = caller.invoice()
    sim.control.advance(8 * DAY)
    caller.renew()
    answer = caller.history(invoice_id)
    assert answer["statutCourantCode"] == "MISE_EN_PAIEMENT"
    events = answer["historiquesDesStatuts"]["histoStatut"]
    assert [event["histoStatutCode"] for event in events] == [code for code, _delay in WALK]
    for event in events:
        assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", event["histoStatutDatePassage"])
    ids = [event["histoStatutId"] for event in events]
    assert ids == sorted(ids) and ids[0] > 2**31
    assert events[-1]["histoStatutUtilisateurNom"] == "Comptable"
    assert "histoStatutUtilisateurNom" not in events[0]


def test_a_long_history_has_pages(sim, caller):
    invoice_id = caller.invoice()
    for _round in range(6):
        sim.control.set_status("FA2026-00042", "SUSPENDUE", "encore")
        sim.control.set_status("FA2026-00042", "MISE_A_DISPOSITION")
    first = caller.history(invoice_id)["historiquesDesStatuts"]
    assert (first["totalHistoStatut"], first["pagesHistoStatut"]) == (13, 2)
    assert (first["nbResultatsParPageHistoStatut"], len(first["histoStatut"])) == (10, 10)
    page = {"pageResultatDemandeeListeHistoStatut": 2}
    second = caller.history(invoice_id, paramRechercheHistoStatuts=page)["historiquesDesStatuts"]
    assert second["pageCouranteHistoStatut"] == 2
    ids = [row["histoStatutId"] for row in first["histoStatut"] + second["histoStatut"]]
    assert len(ids) == len(set(ids)) == 13


def test_the_history_can_be_newest_first_and_capped(sim, caller):
    invoice_id = caller.invoice()
    sim.control.advance(400)
    order = {
        "triColonneListeHistoStatut": "HistoStatutDatePassage",
        "triSensListeHistoStatut": "Descendant",
    }
    answer = caller.history(invoice_id, nbResultatsMaximum=2, paramRechercheHistoStatuts=order)
    events = answer["historiquesDesStatuts"]
    assert events["totalHistoStatut"] == 2
    assert [row["histoStatutCode"] for row in events["histoStatut"]] == [
        "MISE_A_DISPOSITION",
        "EN_COURS_ACHEMINEMENT",
    ]


@pytest.mark.parametrize("path, key", [(DETAILS, "identifiantFactureCPP"), (HISTORY, "idFacture")])
def test_unknown_and_foreign_invoices_are_refused_alike(caller, other_caller, path, key):
    foreign = other_caller.invoice()
    answers = [caller.post(path, {key: wanted}).json() for wanted in (1, foreign)]
    assert answers[0] == answers[1] == {"codeRetour": 20000, "libelle": "GDP_MSG_11.008"}
