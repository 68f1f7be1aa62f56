# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Each fault does what its description says, as many times as it was armed."""

import json
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
import requests
from invoice_files import cii

from simulator.api.operations import OPERATIONS
from simulator.control.plane import ControlError
from simulator.world.faults import FAULTS
from simulator.world.refusals import REFUSALS

SEARCH = "factures/v1/rechercher/fournisseur"
SOUMETTRE = "factures/v1/soumettre"
DEPOSIT = "factures/v1/deposer/pdf"
LOST = requests.exceptions.ConnectionError


def statuses(sim):
    return [row["status"] for row in sim.control.requests("soumettre")]


@pytest.mark.parametrize(
    "name, done",
    [
        ("connection_refused_like", False),
        ("lost_answer", True),
    ],
)
def test_faults_that_close_the_connection(sim, caller, name, done):
    body = caller.submission()
    sim.control.fault(name, "soumettre")
    with pytest.raises(LOST):
        caller.submit(body)
    assert len(sim.control.invoices()) == done
    assert statuses(sim) == [None]
    answer = caller.submit(body).json()
    assert (answer["codeRetour"] == 0) is not done


@pytest.mark.parametrize(
    "name, status, done",
    [
        ("unauthorized_once", 401, False),
        ("rate_limited", 429, False),
        ("bad_gateway", 502, False),
        ("maintenance_page", 200, False),
        ("bad_gateway_after", 502, True),
        ("truncated_json", 200, True),
        ("half_answer", 200, True),
        ("slow", 200, True),
    ],
)
def test_faults_that_answer(sim, caller, name, status, done):
    body = caller.submission()
    options = {"seconds": 0.01} if name == "slow" else {}
    sim.control.fault(name, "soumettre", **options)
    assert caller.submit(body).status_code == status
    assert len(sim.control.invoices()) == done
    assert statuses(sim) == [status]
    # Consumed: the next answer is correct
    answer = caller.submit(body)
    assert (answer.status_code, answer.json()["codeRetour"] == 0) == (200, not done)


def test_unauthorized_once_is_a_bearer_401(sim, caller):
    sim.control.fault("unauthorized_once", "rechercher_fournisseur")
    response = caller.post(SEARCH, {})
    assert "invalid_token" in response.headers["WWW-Authenticate"]


def test_rate_limited_says_when_to_come_back(sim, caller):
    sim.control.fault("rate_limited", times=2, retry_after=42)
    for _call in range(2):
        assert caller.post(SEARCH, {}).headers["Retry-After"] == "42"
    assert caller.post(SEARCH, {}).status_code == 200


@pytest.mark.parametrize("name", ["bad_gateway", "bad_gateway_after", "maintenance_page"])
def test_pages_are_html(sim, caller, name):
    sim.control.fault(name)
    response = caller.post(SEARCH, {})
    assert response.headers["Content-Type"].startswith("text/html")
    assert response.text.rstrip().endswith("</html>")


def test_truncated_json_is_whole_for_http_and_cut_for_json(sim, caller):
    caller.invoice()
    whole = caller.post(SEARCH, {}).content
    sim.control.fault("truncated_json")
    response = caller.post(SEARCH, {})
    assert int(response.headers["Content-Length"]) == len(response.content) == len(whole) // 2
    assert whole.startswith(response.content)
    with pytest.raises(json.JSONDecodeError):
        json.loads(response.content)


def test_slow_waits_after_the_work_and_lets_others_pass(sim, caller, other_caller):
    body = caller.submission()
    sim.control.fault("slow", "soumettre", seconds=30)
    with pytest.raises(requests.exceptions.ReadTimeout):
        caller.post(SOUMETTRE, body, timeout=0.3)
    assert len(sim.control.invoices()) == 1
    assert other_caller.numbers() == []


def test_slow_really_waits(sim, caller):
    sim.control.fault("slow", seconds=0.2)
    start = time.monotonic()
    caller.post(SEARCH, {})
    assert time.monotonic() - start >= 0.2


def test_duplicate_deposit_refuses_a_free_number(sim, caller):
    sim.control.fault("duplicate_deposit")
    body = caller.submission()
    assert caller.submit(body).json()["codeRetour"] == 20310
    assert caller.submit(body).json()["codeRetour"] == 0


@pytest.mark.parametrize(
    "path, body, key",
    [
        (SEARCH, {}, "identifiantFactureCPP"),
        ("structures/v1/rechercher", {}, "idStructureCPP"),
        ("factures/v1/consulter/historique", "idFacture", "idFacture"),
        ("factures/v1/consulter/fournisseur", "identifiantFactureCPP", "identifiantFactureCPP"),
        ("transverses/v1/recuperer/coordbanc/valides", "idStructure", "idCoordonneeBancaire"),
        ("structures/v1/rechercher/services", {"idStructure": 41_000_000_003}, "idService"),
    ],
)
def test_half_answer_has_no_id(sim, caller, path, body, key):
    invoice_id = caller.invoice()
    if body == "idStructure":
        body = {"idStructure": caller.supplier["structure_id"]}
    elif isinstance(body, str):
        body = {body: invoice_id}
    assert f'"{key}"' in caller.post(path, body).text
    sim.control.fault("half_answer")
    response = caller.post(path, body)
    assert response.json()["codeRetour"] == 0
    assert f'"{key}"' not in response.text


def test_half_answer_of_a_deposit_has_no_attachment_id(sim, caller):
    sim.control.fault("half_answer", "deposer_pdf")
    answer = caller.deposit().json()
    assert answer["codeRetour"] == 0
    assert "pieceJointeId" not in answer


def test_half_answer_of_a_flow_has_no_flow_number(sim, caller):
    sim.control.fault("half_answer")
    answer = caller.deposit_flow(cii())
    assert answer["codeRetour"] == 0
    assert "numeroFluxDepot" not in answer
    assert len(sim.control.flows()) == 1


def test_flow_incident_integrates_nothing_and_the_flow_can_be_sent_again(sim, caller):
    sim.control.fault("flow_incident")
    answer = caller.flow(cii())
    assert answer["etatCourantDepotFlux"] == "IN_INCIDENTE"
    assert answer["listeErreurDP"] == answer["listeErreurTechnique"] == []
    assert sim.control.invoices() == []
    assert caller.flow(cii())["etatCourantDepotFlux"] == "IN_INTEGRE"


def test_unknown_status_is_shown_everywhere_and_in_the_window(sim, caller):
    invoice_id = caller.invoice()
    sim.control.advance(200)
    sim.control.fault("unknown_status", "rechercher_fournisseur")
    (row,) = caller.search()["listeFactures"]
    assert row["statut"] == "NOUVEAU_STATUT_2027"
    date = datetime.fromisoformat(row["dateHeureEtatCourant"])
    assert datetime.now(timezone.utc) - date > timedelta(seconds=60)
    history = caller.history(invoice_id)
    assert history["statutCourantCode"] == "NOUVEAU_STATUT_2027"


def test_status_going_back_repeats_the_status_before(sim, caller):
    invoice_id = caller.invoice()
    sim.control.advance(300)
    sim.control.fault("status_going_back", "consulter_historique")
    events = caller.history(invoice_id)["historiquesDesStatuts"]["histoStatut"]
    assert [event["histoStatutCode"] for event in events] == [
        "DEPOSEE",
        "EN_COURS_ACHEMINEMENT",
        "MISE_A_DISPOSITION",
        "EN_COURS_ACHEMINEMENT",
    ]


def test_missing_page_empties_a_later_page_only(sim, caller):
    sim.control.seed(25)
    sim.control.fault("missing_page")
    assert len(caller.numbers()) == 10
    page = {"pageResultatDemandee": 2}
    hurt = caller.search(page=page)
    assert hurt["listeFactures"] == []
    assert hurt["parametresRetour"]["pages"] == 3
    assert len(caller.numbers(page=page)) == 10


def test_spurious_invalid_client_refuses_a_good_client_once(sim, caller):
    sim.control.fault("spurious_invalid_client")
    assert caller.token().json() == {"error": "invalid_client"}
    assert caller.token().status_code == 200


def test_a_fault_waits_for_its_operation(sim, caller):
    sim.control.fault("bad_gateway", "deposer_pdf")
    assert caller.post(SEARCH, {}).status_code == 200
    assert caller.token().status_code == 200
    assert caller.deposit().status_code == 502


def test_faults_after_the_work_wait_for_work_that_is_done(sim, caller):
    sim.control.fault("lost_answer", "soumettre")
    refused = caller.submit(caller.submission(montantTotal__montantTtcTotal=1))
    assert refused.json()["codeRetour"] == 20323
    with pytest.raises(LOST):
        caller.submit(caller.submission())


def test_the_list_tells_what_is_armed(sim, caller):
    sim.control.fault("slow", "soumettre", times=3, seconds=2)
    known = {row["name"]: row for row in sim.control.faults()}
    assert set(known) == set(FAULTS)
    assert known["slow"]["armed"] == [{"operation": "soumettre", "times": 3, "seconds": 2}]
    assert known["lost_answer"]["armed"] == []
    assert all(row["about"] and row["operations"] for row in known.values())
    assert set(known["slow"]["operations"]) == set(OPERATIONS)


@pytest.mark.parametrize(
    "order, message",
    [
        ({"name": "flood"}, "unknown fault"),
        ({"name": "duplicate_deposit", "operation": "tauxtva"}, "exists for"),
        ({"name": "slow", "operation": "nothing"}, "exists for"),
        ({"name": "slow", "times": 0}, "times"),
        ({"name": "slow", "times": True}, "times"),
        ({"name": "slow", "seconds": "2"}, "seconds"),
        ({"name": "slow", "retry_after": 2}, "no option"),
    ],
)
def test_wrong_faults_are_refused(sim, order, message):
    with pytest.raises(ControlError, match=message):
        sim.control.fault(**order)
    assert not any(row["armed"] for row in sim.control.faults())


def test_every_fault_is_tested_here_or_among_those_of_edi():
    files = Path(__file__), Path(__file__).with_name("test_edi.py")
    text = "".join(file.read_text(encoding="utf-8") for file in files)
    assert [name for name in FAULTS if f'"{name}"' not in text] == []


def test_odd_text_is_in_one_answer_only_and_crosses_http_as_json(sim, caller):
    caller.invoice("F1")
    caller.invoice("F2")
    sim.control.fault("odd_text", "rechercher_fournisseur", field="statut", of="F2")
    response = caller.post(SEARCH, {})
    assert b'"\\ud83d\\u0000"' in response.content
    rows = {row["numeroFacture"]: row["statut"] for row in response.json()["listeFactures"]}
    assert rows == {"F1": "DEPOSEE", "F2": "\ud83d\x00"}
    again = caller.search()["listeFactures"]
    assert {row["statut"] for row in again} == {"DEPOSEE"}


def test_odd_text_waits_for_an_answer_that_holds_its_field(sim, caller):
    invoice_id = caller.invoice()
    sim.control.fault("odd_text", field="histoStatutCode", text="\u202e<b>")
    assert caller.search()["listeFactures"][0]["statut"] == "DEPOSEE"
    history = caller.history(invoice_id)
    assert history["historiquesDesStatuts"]["histoStatut"][0]["histoStatutCode"] == "\u202e<b>"


@pytest.mark.parametrize("options", [{"text": 1}, {"field": None}, {"letters": "x"}])
def test_odd_text_takes_texts_only(sim, options):
    with pytest.raises(ControlError):
        sim.control.fault("odd_text", **options)


def test_faults_that_were_cleared_do_not_happen(sim, caller):
    sim.control.fault("rate_limited")
    assert requests.delete(f"{sim.url}/_sim/faults", timeout=10).json() == {}
    assert caller.post(SEARCH, {}).status_code == 200
    assert not any(fault["armed"] for fault in sim.control.faults())


def test_an_attachment_may_be_gone_when_its_invoice_comes(sim, caller):
    sim.control.fault("attachment_gone", "deposer_pdf")
    body = caller.submission()
    lost = body["pieceJointePrincipale"][0]["pieceJointePrincipaleId"]
    assert caller.submit(body).json() == {
        "codeRetour": REFUSALS["main_attachment_unknown"][0],
        "libelle": f"La pièce jointe {lost} de type inconnu n'existe pas.",
    }
    assert sim.control.invoices() == []
    # Another deposit of the same PDF has another id, and goes well
    again = caller.submission()
    assert again["pieceJointePrincipale"][0]["pieceJointePrincipaleId"] > lost
    assert caller.submit(again).json()["codeRetour"] == 0


def test_a_complementary_attachment_may_be_gone_too(sim, caller):
    sim.control.fault("attachment_gone", "ajouter_fichier")
    lost = caller.file_id()
    row = {
        "pieceJointeComplementaireDesignation": "Bon",
        "pieceJointeComplementaireType": "DIVERS",
        "pieceJointeComplementaireId": lost,
    }
    answer = caller.submit(caller.submission(pieceJointeComplementaire=[row])).json()
    assert answer["codeRetour"] == REFUSALS["attachment_unknown"][0]
    assert str(lost) in answer["libelle"]
    row["pieceJointeComplementaireId"] = caller.file_id()
    answer = caller.submit(caller.submission(pieceJointeComplementaire=[row])).json()
    assert answer["codeRetour"] == 0
