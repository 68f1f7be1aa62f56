# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""rechercher/fournisseur: filters, order, pages, the cap, and rows that move."""

from datetime import datetime, timedelta, timezone

import pytest

from simulator.world.recipients import DAY

SEARCH = "factures/v1/rechercher/fournisseur"


def iso(date):
    return date.isoformat(timespec="milliseconds")


def ascending(**page):
    return {"triColonne": "NumeroFacture", "triSens": "Ascendant", **page}


def test_default_page_has_ten_rows_newest_deposit_first(sim, caller):
    sim.control.seed(12, age_s=7200)
    sim.control.seed(1, prefix="NEW", age_s=60)
    answer = caller.search()
    assert answer["parametresRetour"] == {
        "pageCourante": 1,
        "pages": 2,
        "nbResultatsParPage": 10,
        "total": 13,
    }
    assert len(answer["listeFactures"]) == 10
    assert answer["listeFactures"][0]["numeroFacture"] == "NEW00013"
    assert len(caller.search(page={"pageResultatDemandee": 2})["listeFactures"]) == 3
    assert caller.search(page={"pageResultatDemandee": 3})["listeFactures"] == []


def test_results_are_capped_at_200_unless_asked(sim, caller):
    sim.control.seed(250)
    capped = caller.search(page=ascending(nbResultatsParPage=100))
    assert (capped["parametresRetour"]["total"], capped["parametresRetour"]["pages"]) == (200, 2)
    beyond = caller.search(page=ascending(nbResultatsParPage=100, pageResultatDemandee=3))
    assert beyond["listeFactures"] == []
    asked = caller.search(page=ascending(nbResultatsParPage=100, nbResultatsMaximum=1000))
    assert (asked["parametresRetour"]["total"], asked["parametresRetour"]["pages"]) == (250, 3)


def test_the_largest_page_is_a_switch(sim, caller):
    sim.control.seed(30)
    sim.control.switch(largest_page=20)
    answer = caller.search(page={"nbResultatsParPage": 500})
    assert len(answer["listeFactures"]) == 20
    assert answer["parametresRetour"]["nbResultatsParPage"] == 20
    assert answer["parametresRetour"]["pages"] == 2


def test_a_page_that_is_too_large_may_be_refused(sim, caller):
    sim.control.seed(30)
    sim.control.switch(largest_page=20, larger_page="refused")
    body = {"rechercheFactureParFournisseur": {"nbResultatsParPage": 21}}
    refused = caller.post("factures/v1/rechercher/fournisseur", body).json()
    assert "20" in refused["libelle"] and refused["codeRetour"]
    assert len(caller.search(page={"nbResultatsParPage": 20})["listeFactures"]) == 20


@pytest.mark.parametrize("column", ["NumeroFacture", "MontantTTC", "DateDepot", "Statut"])
def test_sorting_both_ways(sim, caller, column):
    for rank, (status, total) in enumerate(
        [("DEPOSEE", 300), ("MISE_A_DISPOSITION", 100), ("MANDATEE", 200)]
    ):
        sim.control.seed(1, prefix=f"S{2 - rank}-", status=status, total=total, age_s=rank)
    up = caller.search(page={"triColonne": column, "triSens": "Ascendant"})["listeFactures"]
    down = caller.search(page={"triColonne": column, "triSens": "Descendant"})["listeFactures"]
    assert up == down[::-1]
    key = {
        "NumeroFacture": "numeroFacture",
        "MontantTTC": "montantTTC",
        "DateDepot": "dateDepot",
        "Statut": "statut",
    }[column]
    values = [row[key] for row in up]
    assert values == sorted(values)
    assert len(values) == 3


def test_pages_tile_the_result(sim, caller):
    sim.control.seed(57)
    seen = []
    for page in range(1, 7):
        seen += caller.numbers(page=ascending(pageResultatDemandee=page))
    assert len(seen) == 57
    assert seen == sorted(set(seen))


@pytest.mark.parametrize("code, found", [(0, True), (20000, False)])
def test_switch_empty_search(sim, caller, code, found):
    sim.control.switch(empty_search=code)
    answer = caller.post(SEARCH, {"numeroFacture": "NONE"}).json()
    assert answer["codeRetour"] == code
    assert ("listeFactures" in answer) is found
    caller.invoice("THERE")
    assert caller.numbers(numeroFacture="THERE") == ["THERE"]


def test_an_empty_search_follows_the_status_of_refusals(sim, caller):
    sim.control.switch(empty_search=20000, refusal_status=400)
    response = caller.post(SEARCH, {})
    assert response.status_code == 400
    assert response.json() == {"codeRetour": 20000, "libelle": "TRA_MSG_00.015"}


def test_the_window_of_current_status_is_inclusive_at_both_ends(caller):
    caller.invoice()
    (row,) = caller.search()["listeFactures"]
    date = datetime.fromisoformat(row["dateHeureEtatCourant"])
    step = timedelta(milliseconds=1)
    windows = {
        (date, date): 1,
        (date - step, date + step): 1,
        (date + step, date + 2 * step): 0,
        (date - 2 * step, date - step): 0,
    }
    for (since, until), count in windows.items():
        found = caller.numbers(
            periodeDateHeureEtatCourantDu=iso(since), periodeDateHeureEtatCourantAu=iso(until)
        )
        assert len(found) == count


def test_a_window_is_the_same_in_any_offset(caller):
    caller.invoice()
    (row,) = caller.search()["listeFactures"]
    assert row["dateHeureEtatCourant"].endswith(("+01:00", "+02:00"))
    date = iso(datetime.fromisoformat(row["dateHeureEtatCourant"]).astimezone(timezone.utc))
    window = {"periodeDateHeureEtatCourantDu": date, "periodeDateHeureEtatCourantAu": date}
    assert caller.numbers(**window) == ["FA2026-00042"]


def test_a_status_set_now_is_outside_a_window_that_ended_a_minute_ago(sim, caller):
    caller.invoice()
    now = datetime.now(timezone.utc)
    window = {
        "periodeDateHeureEtatCourantDu": iso(now - timedelta(hours=1)),
        "periodeDateHeureEtatCourantAu": iso(now - timedelta(minutes=1)),
    }
    assert caller.numbers(**window) == []
    sim.control.advance(120)
    assert caller.numbers(**window) == ["FA2026-00042"]


def test_the_window_of_deposit_takes_days(sim, caller):
    caller.invoice()
    today = caller.search()["listeFactures"][0]["dateDepot"]
    assert caller.numbers(periodeDateDepotDu=today, periodeDateDepotAu=today)
    sim.control.advance(2 * DAY)
    caller.renew()
    assert not caller.numbers(periodeDateDepotDu=today)


@pytest.mark.parametrize(
    "name, match, miss",
    [
        ("numeroFacture", "FA2026-00042", "FA2026-0004"),
        ("typeFacture", "FACTURE", "AVOIR"),
        ("idFournisseur", 40_012_345_001, 40_012_345_002),
        ("cadreFacturation", "A1_FACTURE_FOURNISSEUR", "A9_FACTURE_SOUSTRAITANT"),
        ("coordonneeBancaire", 88_231_000_001, 88_231_000_002),
        ("numeroBonCommande", "BC-7781", "BC-7782"),
        ("numeroMarche", "M-1", "M-2"),
        ("numeroFactureOrigine", "FA1", "FA2"),
        ("modeDepot", "DEPOT_PDF_API", "EDI"),
        ("statutCourant", ["DEPOSEE", "REJETEE"], ["REJETEE"]),
        ("montantHTMin", 1000.10, 1000.11),
        ("montantHTMax", 1000.10, 1000.09),
        ("montantTTCMin", 1200.12, 1200.13),
        ("montantTTCMax", 1200.12, 1200.11),
        ("montantApayerMin", 1200.12, 1200.13),
        ("montantApayerMax", 1200.12, 1200.11),
        ("periodeDateFactureDu", "2026-11-20", "2026-11-21"),
        ("periodeDateFactureAu", "2026-11-20", "2026-11-19"),
        ("listeDestinataire", [{"idDestinataire": 41_000_000_003}], [{"idDestinataire": 1}]),
        (
            "listeDestinataire",
            [{"listeIdServiceExecutant": [60_700_000_001]}],
            [{"listeIdServiceExecutant": [60_700_000_002]}],
        ),
        (
            "listeDestinataire",
            [{"raisonSocialeStuctDmd": "service oblig"}],
            [{"raisonSocialeStuctDmd": "autre"}],
        ),
        ("rejetTraite", False, True),
        ("idStructureValideur", 40_012_345_002, 40_012_345_001),
        ("idUtilisateurCreateur", [], [1]),
    ],
)
def test_each_filter_matches_and_excludes(caller, name, match, miss):
    caller.invoice(
        destinataire={
            "codeDestinataire": "12345678200028",
            "codeServiceExecutant": "SERVICE_DEST_SERV_OBL",
        },
        cadreDeFacturation__codeStructureValideur="12345678200119",
        references__numeroBonCommande="BC-7781",
        references__numeroMarche="M-1",
        references__numeroFactureOrigine="FA1",
    )
    assert caller.numbers(**{name: match}) == ["FA2026-00042"]
    assert caller.numbers(**{name: miss}) == []


def test_recipients_of_one_company_are_found_by_siren(caller):
    caller.invoice()
    other = [{"idDestinataire": 41_000_000_003}]
    assert caller.numbers(listeDestinataire=other) == []
    assert caller.numbers(listeDestinataire=other, rechercheSirenDestinataire=True)


def test_invoices_of_a_flow(sim, caller):
    flow = caller.ok(
        "factures/v1/deposer/flux",
        {
            "fichierFlux": "JVBERi0x",
            "nomFichier": "f.pdf",
            "syntaxeFlux": "IN_DP_E2_CII_FACTURX",
        },
    )["numeroFluxDepot"]
    assert sim.control.invoices() == []
    sim.control.seed(2, prefix="FLOW", flow_number=flow)
    caller.invoice()
    found = caller.search(numeroFluxDepot=flow)["listeFactures"]
    assert {row["numeroFluxDepot"] for row in found} == {flow}
    assert {row["modeDepot"] for row in found} == {"UPLOAD_API"}
    assert len(found) == 2


def test_a_row_tells_what_was_deposited(caller):
    caller.invoice(references__numeroBonCommande="BC-1")
    (row,) = caller.search(recupererTaille=True)["listeFactures"]
    assert row["identifiantFactureCPP"] > 2**31
    assert row["codeDestinataire"] == "12345678200051"
    assert row["montantHT"] == 1000.10
    assert row["montantTTC"] == row["montantAPayer"] == 1200.12
    assert (row["devise"], row["numeroBonCommande"]) == ("EUR", "BC-1")
    assert row["dateFacture"] == "2026-11-20"
    assert row["taille"] > 0
    assert "commentaireEtatCourant" not in row


def test_moving_rows_leave_a_window_of_the_past_while_it_is_paged(sim, caller):
    sim.control.seed(25, age_s=7200)
    sim.control.switch(moving_rows=3)
    until = iso(datetime.now(timezone.utc) - timedelta(minutes=1))
    window = {"periodeDateHeureEtatCourantAu": until}
    totals = []
    seen = set()
    for page in (1, 2, 3):
        answer = caller.search(**window, page=ascending(pageResultatDemandee=page))
        totals.append(answer["parametresRetour"]["total"])
        seen |= {row["numeroFacture"] for row in answer["listeFactures"]}
    assert totals == [25, 22, 19]
    # The naive way, first page to last, misses rows: this is what the switch is for
    moved = [row for row in sim.control.invoices() if row["status"] == "SERVICE_FAIT"]
    assert len(moved) == 9
    missed = {row["number"] for row in sim.control.invoices()} - seen
    assert missed and missed.isdisjoint(row["number"] for row in moved[:3])


def test_moving_rows_are_dated_now(sim, caller):
    sim.control.seed(1)
    sim.control.switch(moving_rows=1)
    caller.search()
    (invoice,) = sim.control.invoices()
    date = datetime.fromisoformat(invoice["status_date"])
    assert abs((datetime.now(timezone.utc) - date).total_seconds()) < 5
