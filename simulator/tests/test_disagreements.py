# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Where sources disagree about the shape of a request, a switch lets the other side in.

The default is the stricter side.
"""

import pytest

from simulator.world.refusals import REFUSALS

WITH_TIME = "2026-11-19T23:30:00Z"
TYPES = "transverses/v1/recuperer/typespj"
SEARCH = "factures/v1/rechercher/fournisseur"
REJECT = "factures/v1/traiterRejet"


def refused(response, name):
    assert response.status_code == 400
    assert response.json()["codeRetour"] == REFUSALS[name][0], response.text
    return response.json()["libelle"]


def accepted(response):
    assert response.json()["codeRetour"] == 0, response.text
    return response.json()


def test_the_date_of_an_invoice_has_no_time(caller):
    label = refused(caller.submit(caller.submission(dateFacture=WITH_TIME)), "wrong_type")
    assert "dateFacture" in label


def test_a_date_with_time_is_the_day_in_paris_when_switched(sim, caller):
    sim.control.switch(invoice_date="both")
    caller.invoice("FA-1", dateFacture=WITH_TIME)
    caller.invoice("FA-2", dateFacture="2026-11-20")
    rows = caller.search()["listeFactures"]
    assert [row["dateFacture"] for row in rows] == ["2026-11-20", "2026-11-20"]
    day = "2026-11-20T00:00:00+01:00"
    found = caller.numbers(periodeDateFactureDu=day, periodeDateFactureAu=day)
    assert sorted(found) == ["FA-1", "FA-2"]


@pytest.mark.parametrize("value", ["2026-11-20T10:00:00", "20/11/2026", "2026-13-01T00:00:00Z"])
def test_what_is_no_date_at_all_stays_refused(sim, caller, value):
    sim.control.switch(invoice_date="both")
    refused(caller.submit(caller.submission(dateFacture=value)), "wrong_type")


@pytest.mark.parametrize(
    "side, without, zero",
    [
        ("optional", None, "service_of_supplier"),
        ("zero", None, None),
        ("mandatory", "missing", None),
    ],
)
def test_no_service_of_the_supplier_is_left_out_or_zero(sim, caller, side, without, zero):
    sim.control.switch(supplier_service=side)
    for number, value, refusal in (("FA-1", None, without), ("FA-2", 0, zero)):
        body = caller.submission(number, fournisseur__idServiceFournisseur=value)
        code = caller.submit(body).json()["codeRetour"]
        assert code == (REFUSALS[refusal][0] if refusal else 0)
    invoices = sim.control.invoices()
    assert len(invoices) == [without, zero].count(None)
    assert {row["supplier_service"] for row in invoices} == {None}
    own = caller.supplier["services"][0]["id"]
    caller.invoice("FA-3", fournisseur__idServiceFournisseur=own)


@pytest.mark.parametrize("value", ["20", 20])
def test_a_type_of_object_is_a_name_unless_numbers_are_read(sim, caller, value):
    refused(caller.post(TYPES, {"typeObjet": value}), "not_in_list")
    everything = caller.ok(TYPES, {})
    sim.control.switch(attachment_object="both")
    assert caller.ok(TYPES, {"typeObjet": value}) == everything
    assert caller.ok(TYPES, {"typeObjet": "FACTURE"}) != everything
    refused(caller.post(TYPES, {"typeObjet": "AUTRE"}), "not_in_list")
    refused(caller.post(TYPES, {"typeObjet": True}), "wrong_type")


@pytest.mark.parametrize(
    "path, body, refusal",
    [
        (SEARCH, {"typeFacture": ""}, "not_in_list"),
        (SEARCH, {"periodeDateDepotDu": ""}, "wrong_type"),
        (SEARCH, {"rechercheFactureParFournisseur": {"triSens": ""}}, "not_in_list"),
        ("structures/v1/rechercher", {"structure": {"statutStructure": ""}}, "not_in_list"),
        (TYPES, {"typeObjet": ""}, "not_in_list"),
    ],
)
def test_an_empty_text_is_no_value_of_a_list_unless_it_reads_as_absent(
    sim, caller, path, body, refusal
):
    refused(caller.post(path, body), refusal)
    sim.control.switch(empty_values="absent")
    assert accepted(caller.post(path, body)) == accepted(caller.post(path, {}))


def test_a_mandatory_value_is_missing_when_empty_on_either_side(sim, caller):
    for side in ("refused", "absent"):
        sim.control.switch(empty_values=side)
        for path in ("modeDepot", "references__typeTva"):
            refused(caller.submit(caller.submission(**{path: ""})), "missing")


def test_rows_are_read_without_their_empty_values_too(sim, caller):
    sim.control.switch(empty_values="absent")
    body = caller.submission(ligneTva__0__ligneTvaMontantBaseHtParTaux="")
    refused(caller.submit(body), "missing")
    # A text may be empty, and an unknown field stays one
    caller.invoice("FA-1", commentaire="")
    refused(caller.post(SEARCH, {"autre": ""}), "unknown_field")


@pytest.mark.parametrize("name", ["motifRejet", "cpltInfos"])
def test_a_reason_to_acknowledge_a_rejection_is_an_unknown_field_unless_ignored(sim, caller, name):
    invoice = caller.invoice()
    sim.control.set_status("FA2026-00042", "REJETEE", "Doublon")
    body = {"listeDemandePaiement": [{"idDemandePaiement": invoice}], name: "Vu"}
    assert name in refused(caller.post(REJECT, body), "unknown_field")
    assert sim.control.invoices()[0]["rejection_acknowledged"] is False
    sim.control.switch(rejection_reason="ignored")
    accepted(caller.post(REJECT, body))
    assert sim.control.invoices()[0]["rejection_acknowledged"] is True
