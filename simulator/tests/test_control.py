# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The control plane: credentials, orders over HTTP, and a request log without secrets."""

import base64
import hashlib
import json
from pathlib import Path

import pytest
import requests
from invoice_files import cii

from simulator.api.operations import OPERATIONS
from simulator.control.plane import ControlError
from simulator.world.faults import FAULTS
from simulator.world.switches import SWITCHES


def look(sim, name, **query):
    return requests.get(f"{sim.url}/_sim/{name}", params=query, timeout=5)


def order(sim, name, body=None):
    return requests.post(f"{sim.url}/_sim/{name}", json=body, timeout=5)


def test_credentials_are_enough_to_connect_and_to_invoice(sim, caller):
    known = look(sim, "credentials").json()
    assert known == sim.control.credentials()
    assert known["token_url"] == f"{sim.url}/api/oauth/token"
    assert known["api_url"] == f"{sim.url}/cpro/"
    assert known["supplier"] == known["suppliers"][0]
    assert (known["login"], known["password"]) == (
        known["supplier"]["login"],
        known["supplier"]["password"],
    )
    assert known["supplier"]["siret"] == "12345678200077"
    assert len({row["login"] for row in known["suppliers"]}) == 2
    for row in known["recipients"]:
        found = caller.ok("structures/v1/consulter", {"idStructureCPP": row["structure_id"]})
        assert found["informationGenerales"]["identifiantStructure"] == row["siret"]


def test_status_over_http_takes_numbers_with_slashes(sim, caller):
    caller.invoice("FAC/2026/1")
    for path in ("invoices/FAC/2026/1/status", "invoices/FAC%2F2026%2F1/status"):
        body = {"code": "SUSPENDUE", "comment": path}
        assert order(sim, path, body).status_code == 200
        (invoice,) = look(sim, "invoices").json()
        assert (invoice["status"], invoice["comment"]) == ("SUSPENDUE", path)


def test_clock_over_http_ages_the_world(sim, caller):
    caller.invoice()
    assert order(sim, "clock", {"advance_s": 300}).json() == {}
    (invoice,) = look(sim, "invoices").json()
    assert invoice["status"] == "MISE_A_DISPOSITION"


@pytest.mark.parametrize("seconds", [-1, "60", None, True, 1e300])
def test_the_clock_only_advances(sim, seconds):
    assert order(sim, "clock", {"advance_s": seconds}).status_code == 400


def test_seeded_invoices_look_like_earlier_deposits(sim, caller):
    numbers = order(
        sim, "invoices", {"count": 3, "prefix": "OLD-", "status": "MANDATEE", "age_s": 3600}
    ).json()
    assert numbers == ["OLD-00001", "OLD-00002", "OLD-00003"]
    rows = caller.search()["listeFactures"]
    assert {row["statut"] for row in rows} == {"MANDATEE"}
    history = caller.history(rows[0]["identifiantFactureCPP"])["historiquesDesStatuts"]
    assert history["totalHistoStatut"] == 5


def test_seeded_invoices_carry_the_day_of_their_deposit(sim):
    [number] = order(sim, "invoices", {"age_s": 85 * 86400}).json()
    (invoice,) = look(sim, "invoices").json()
    assert invoice["number"] == number
    assert invoice["request"]["dateFacture"] == invoice["deposited"][:10] < "2026-11-20"
    given = {"number": "FAC/1", "invoice_date": "2026-08-31", "age_s": 60}
    assert order(sim, "invoices", given).json() == ["FAC/1"]
    (invoice,) = look(sim, "invoices?prefix=FAC").json()
    assert invoice["request"]["dateFacture"] == "2026-08-31"


def test_a_service_closed_after_the_deposit_is_refused_at_the_judgement(sim, caller):
    change = ("SERVICE_DEST_TOUT_OBL", "SERVICE_DEST_SERV_OBL")
    recipient = "12345678200044", "12345678200028"
    answer = caller.deposit_flow(cii("F", change, recipient))
    body = {"recipient": recipient[1], "code": change[1], "active": False}
    assert order(sim, "services", body).json() == {}
    sim.control.advance(180)
    report = caller.report(answer["numeroFluxDepot"])
    assert [row["libelleErreurDP"] for row in report["listeErreurDP"]] == [
        "Le code service est inconnu ou inactif pour la structure destinataire."
    ]
    order(sim, "reset")
    services = {
        row["code"]: row["active"]
        for known in sim.control.credentials()["recipients"]
        for row in known["services"]
    }
    assert services[change[1]]


def test_a_service_that_opens_takes_invoices(sim, caller):
    sim.control.set_service("12345678200028", "SERVICE_FERME", True)
    structure = next(
        row for row in sim.control.credentials()["recipients"] if row["siret"] == "12345678200028"
    )
    found = caller.ok(
        "structures/v1/rechercher/services", {"idStructure": structure["structure_id"]}
    )
    assert {row["codeService"]: row["estActif"] for row in found["listeServices"]}["SERVICE_FERME"]


def test_seeding_another_supplier_and_recipient(sim, caller, other_caller):
    sim.control.seed(1, supplier="12345678200119", recipient="12345678200028", total=50)
    assert caller.numbers() == []
    (row,) = other_caller.search()["listeFactures"]
    assert (row["codeDestinataire"], row["montantTTC"]) == ("12345678200028", 50)
    assert row["codeServiceExecutant"] == "SERVICE_DEST_SERV_OBL"


@pytest.mark.parametrize(
    "name, body, status",
    [
        ("clock", {}, 400),
        ("clock", {"advance_s": 1, "other": 1}, 400),
        ("invoices", {"count": 0}, 400),
        ("invoices", {"count": 1, "status": "REJETEE"}, 400),
        ("invoices", {"count": 1, "supplier": "1"}, 400),
        ("invoices", {"count": 1, "flow_number": "CPP1"}, 404),
        ("invoices/NONE/status", {"code": "MANDATEE"}, 404),
        ("invoices/NONE/status", {"comment": "x"}, 400),
        ("services", {"recipient": "12345678200028", "code": "X", "active": False}, 404),
        ("services", {"recipient": "1", "code": "SERVICE_FERME", "active": True}, 404),
        ("services", {"recipient": "12345678200028", "code": "SERVICE_FERME"}, 400),
        ("services", {"recipient": "1", "code": "SERVICE_FERME", "active": 1}, 400),
        ("switches", {"refusal_status": 500}, 400),
        ("switches", {"unknown": 1}, 400),
        ("faults", {"operation": "soumettre"}, 400),
        ("nothing", {}, 404),
        ("reset", [], 400),
    ],
)
def test_wrong_orders_are_explained(sim, name, body, status):
    response = order(sim, name, body)
    assert response.status_code == status
    assert response.json()["error"]


def test_a_forbidden_transition_is_409(sim, caller):
    caller.invoice("FA1")
    order(sim, "invoices/FA1/status", {"code": "REJETEE", "comment": "non"})
    assert order(sim, "invoices/FA1/status", {"code": "MANDATEE"}).status_code == 409


def test_a_number_of_two_suppliers_needs_the_supplier(sim, caller, other_caller):
    caller.invoice("FA1")
    other_caller.invoice("FA1")
    with pytest.raises(ControlError, match="several suppliers"):
        sim.control.set_status("FA1", "MANDATEE")
    sim.control.set_status("FA1", "MANDATEE", supplier=other_caller.supplier["siret"])
    assert caller.search()["listeFactures"][0]["statut"] == "DEPOSEE"
    assert other_caller.search()["listeFactures"][0]["statut"] == "MANDATEE"


def test_unknown_files_are_404(sim):
    assert look(sim, "files/1").status_code == 404
    assert look(sim, "files/x").status_code == 404


def test_switches_change_together_or_not_at_all(sim):
    with pytest.raises(ControlError):
        sim.control.switch(refusal_status=400, empty_search=1)
    assert sim.control.switches()["refusal_status"]["value"] == 200
    order(sim, "switches", {"refusal_status": 400, "empty_search": 20000})
    values = {name: row["value"] for name, row in look(sim, "switches").json().items()}
    assert (values["refusal_status"], values["empty_search"]) == (400, 20000)


@pytest.mark.parametrize("name", SWITCHES)
def test_every_switch_takes_its_sides_and_nothing_else(sim, name):
    switch = SWITCHES[name]
    for side in switch.choices or (switch.least, 5):
        sim.control.switch(**{name: side})
        assert sim.control.switches()[name]["value"] == side
    for wrong in ("other", None, -1, True, 0.5):
        with pytest.raises(ControlError):
            sim.control.switch(**{name: wrong})


def test_reset_forgets_everything_but_the_credentials(sim, caller):
    before = sim.control.credentials()
    caller.invoice()
    sim.control.switch(refusal_status=400)
    sim.control.fault("slow")
    assert order(sim, "reset").json() == {}
    assert sim.control.invoices() == sim.control.flows() == sim.control.requests() == []
    assert sim.control.switches()["refusal_status"]["value"] == 200
    assert not any(row["armed"] for row in sim.control.faults())
    assert sim.control.credentials() == before
    assert caller.post("factures/v1/rechercher/fournisseur", {}).status_code == 401


def test_the_request_log_tells_what_was_received(sim, caller):
    sim.control.clear_requests()
    content = b"%PDF-1.7 journal"
    caller.deposit(content)
    caller.post("factures/v1/consulter/cr", {})
    first, last = sim.control.requests()
    assert (first["method"], first["operation"], first["status"]) == ("POST", "deposer_pdf", 200)
    assert first["path"] == "/cpro/factures/v1/deposer/pdf"
    assert first["body"]["nomFichier"] == "facture.pdf"
    assert first["body"]["fichierFacture"] == {
        "sha256": hashlib.sha256(content).hexdigest(),
        "size": len(content),
    }
    assert (last["operation"], last["status"]) == (None, 403)


def test_the_request_log_is_filtered_and_cleared(sim, caller):
    caller.token()
    caller.token()
    caller.deposit()
    # One more token: the caller's own
    assert len(look(sim, "requests", operation="token").json()) == 3
    assert len(look(sim, "requests").json()) == 4
    assert requests.delete(f"{sim.url}/_sim/requests", timeout=5).status_code == 200
    assert look(sim, "requests").json() == []


def test_the_request_log_shows_no_secret(sim, caller):
    caller.invoice()
    caller.http.cookies.set("session", "cookie-secret")
    caller.post("factures/v1/rechercher/fournisseur", {})
    caller.token(client_secret="another-wrong-secret")
    text = look(sim, "requests").text
    known = caller.known
    account = caller.http.headers["cpro-account"]
    token = caller.http.headers["Authorization"].partition(" ")[2]
    password = base64.b64decode(account).decode().partition(":")[2]
    for secret in (
        token,
        account,
        password,
        known["client_id"],
        known["client_secret"],
        "another-wrong-secret",
        "cookie-secret",
    ):
        assert secret not in text
    assert "(hidden)" in text
    assert base64.b64encode(b"%PDF-1.7").decode()[:8] not in text


def test_requests_are_counted_by_operation(sim, caller):
    sim.control.clear_requests()
    assert sim.control.request_counts() == {}
    for _time in range(3):
        caller.search()
    caller.deposit()
    caller.post("nowhere", {})
    expected = {"rechercher_fournisseur": 3, "deposer_pdf": 1, "": 1}
    assert sim.control.request_counts() == expected
    assert caller.http.get(f"{sim.url}/_sim/request_counts").json() == expected


def test_requests_that_cannot_be_read_are_noted_without_their_text(sim, caller):
    sim.control.clear_requests()
    caller.http.post(
        caller.known["api_url"] + "factures/v1/deposer/pdf",
        data='{"fichierFacture": "SECRET',
        headers={"Content-Type": "application/json"},
    )
    (entry,) = sim.control.requests()
    assert entry["body"] == {"size": 26}
    assert "SECRET" not in json.dumps(entry)


def test_the_readme_names_every_operation_switch_and_fault(sim):
    text = (Path(__file__).resolve().parents[1] / "README.md").read_text(encoding="utf-8")
    for name in [*OPERATIONS, *SWITCHES, *FAULTS]:
        assert f"`{name}`" in text, name
    for row in sim.control.credentials()["recipients"]:
        assert row["siret"] in text
