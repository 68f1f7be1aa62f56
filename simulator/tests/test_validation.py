# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Subcontractors and co-contractors deposit; the contractor whom they name decides."""

import pytest

from simulator.world.recipients import DAY
from simulator.world.refusals import REFUSALS

TO_VALIDATE = "factures/v1/rechercher/aTraiter/valideur"
AS_VALIDATOR = "factures/v1/rechercher/valideur"
READ = "factures/v1/consulter/valideur"
DECIDE = "factures/v1/traiter/factureAValider"
TO_HANDLE = "factures/v1/rechercher/atraiter/fournisseur"
NUMBER = "ST2026-7"
FRAMEWORKS = ["A9_FACTURE_SOUSTRAITANT", "A12_FACTURE_COTRAITANT"]


@pytest.fixture
def contractor(other_caller):
    """The second supplier, whom the first one names."""
    return other_caller


@pytest.fixture
def deposit(sim, caller, contractor):
    """Deposits an invoice that waits for the contractor: its id."""

    def make(number=NUMBER, framework=FRAMEWORKS[0]):
        named = {
            "codeCadreFacturation": framework,
            "codeStructureValideur": contractor.supplier["siret"],
        }
        invoice_id = caller.invoice(number, cadreDeFacturation=named)
        sim.control.advance(60)
        return invoice_id

    return make


def refused(response, name):
    assert response.json()["codeRetour"] == REFUSALS[name][0], response.text


def codes(sim, number=NUMBER):
    (found,) = sim.control.invoices(number)
    return [event["code"] for event in found["events"]]


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_an_accepted_invoice_goes_on_its_way(sim, caller, contractor, deposit, framework):
    invoice_id = deposit(framework=framework)
    mine = {"idStructure": contractor.supplier["structure_id"]}
    (row,) = contractor.ok(TO_VALIDATE, mine)["listeFactures"]
    assert (row["idFacture"], row["numeroFacture"], row["statut"]) == (
        invoice_id,
        NUMBER,
        "A_VALIDER_1",
    )
    assert row["identifiantFournisseur"] == caller.supplier["siret"]
    assert row["montantTTC"] == 1200.12
    details = contractor.ok(READ, {"identifiantFactureCPP": invoice_id})["facture"]
    assert details["cadreDeFacturation"]["codeCadreFacturation"] == framework
    done = contractor.ok(DECIDE, {"idFacture": invoice_id, "action": "VALIDATION"})
    assert (done["numeroFacture"], done["statutFacture"]) == (NUMBER, "VALIDEE_1")
    assert contractor.ok(TO_VALIDATE, mine)["listeFactures"] == []
    (row,) = contractor.ok(AS_VALIDATOR, {"statutCourant": ["VALIDEE_1"]})["listeFactures"]
    assert row["numeroFacture"] == NUMBER
    sim.control.advance(300)
    assert codes(sim) == [
        "DEPOSEE",
        "A_VALIDER_1",
        "VALIDEE_1",
        "EN_COURS_ACHEMINEMENT",
        "MISE_A_DISPOSITION",
    ]


@pytest.mark.parametrize(
    "reason, status",
    [("AUTRE", "REFUSEE_1"), ("MAUVAIS_VALIDEUR", "ERREUR_FOURNISSEUR_SUR_VALIDEUR")],
)
def test_a_refused_invoice_waits_for_its_supplier(
    sim, caller, contractor, deposit, reason, status
):
    invoice_id = deposit()
    body = {"idFacture": invoice_id, "action": "REFUS", "motifRefus": reason}
    contractor.ok(DECIDE, {**body, "complementInfo": "Voir la situation 3"})
    sim.control.advance(30 * DAY)
    caller.renew()
    contractor.renew()
    (found,) = sim.control.invoices(NUMBER)
    assert (found["status"], found["comment"]) == (status, "Voir la situation 3")
    (row,) = caller.ok(TO_HANDLE, {})["listeFactures"]
    assert (row["numeroFacture"], row["statut"]) == (NUMBER, status)
    refused(contractor.post(DECIDE, body), "state_forbids")


def test_silence_is_an_agreement_after_fifteen_days(sim, deposit):
    deposit()
    sim.control.advance(15 * DAY - 1)
    assert codes(sim)[-1] == "A_VALIDER_1"
    sim.control.advance(361)
    assert codes(sim)[2:] == [
        "ABSENCE_VALIDATION_1_HORS_DELAI",
        "EN_COURS_ACHEMINEMENT",
        "MISE_A_DISPOSITION",
    ]


def test_the_second_validation_has_its_own_statuses(sim, contractor, deposit):
    invoice_id = deposit()
    sim.control.set_status(NUMBER, "A_VALIDER_2")
    contractor.ok(DECIDE, {"idFacture": invoice_id, "action": "VALIDATION"})
    assert codes(sim)[-1] == "VALIDEE_2"


@pytest.mark.parametrize(
    "changes, name",
    [
        ({"idFacture": None}, "missing"),
        ({"idFacture": 1}, "invoice_unknown"),
        ({"action": "ACCEPTER"}, "not_in_list"),
        ({"action": "REFUS"}, "refusal_reason_missing"),
        ({"action": "REFUS", "motifRefus": "PARCE_QUE"}, "not_in_list"),
        ({"idValideur": 1}, "structure_not_ours"),
    ],
)
def test_a_decision_that_makes_no_sense_changes_nothing(sim, contractor, deposit, changes, name):
    body = {"idFacture": deposit(), "action": "VALIDATION", **changes}
    refused(contractor.post(DECIDE, body), name)
    assert codes(sim) == ["DEPOSEE", "A_VALIDER_1"]


def test_nobody_else_sees_or_decides(caller, deposit):
    invoice_id = deposit()
    assert caller.ok(TO_VALIDATE, {})["listeFactures"] == []
    assert caller.ok(AS_VALIDATOR, {})["listeFactures"] == []
    refused(caller.post(READ, {"identifiantFactureCPP": invoice_id}), "invoice_unknown")
    body = {"idFacture": invoice_id, "action": "VALIDATION"}
    refused(caller.post(DECIDE, body), "invoice_foreign")


def test_the_validator_downloads_the_invoice(contractor, deposit):
    body = {"format": "PDF", "listeFacture": [{"idFacture": deposit()}]}
    assert contractor.ok("factures/v1/telecharger/groupe", body)["fichierResultat"]


def test_a_validator_learns_which_statuses_it_may_search(contractor):
    path = "factures/v1/recuperer/statutsFactureVisibles/valideur"
    found = [row["codeStatutFacture"] for row in contractor.ok(path, {})["listeStatutFacture"]]
    assert {"A_VALIDER_1", "VALIDEE_1", "REFUSEE_1"} <= set(found)


def test_what_waits_for_a_supplier_comes_in_pages_without_rejections_when_asked(sim, caller):
    sim.control.seed(3, prefix="AT")
    sim.control.seed(1, prefix="RJ")
    sim.control.set_status("RJ00004", "REJETEE", "Non")
    found = caller.ok(TO_HANDLE, {})["listeFactures"]
    assert len(found) == 4
    page = {"pageResultatDemandee": 2, "nbResultatsParPage": 2, "triColonne": "NumeroFacture"}
    answer = caller.ok(
        TO_HANDLE,
        {
            "masquerRejetee": True,
            "rechercheFactureATraiterParFournisseur": {**page, "triSens": "Ascendant"},
        },
    )
    assert [row["numeroFacture"] for row in answer["listeFactures"]] == ["AT00003"]
    assert answer["parametresRetour"]["total"] == 3
