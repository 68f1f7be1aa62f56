# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""engagementsJuridiques/rechercher: the orders for a supplier."""

import pytest

PATH = "engagementsJuridiques/v1/rechercher"


def numbers(caller, **body):
    return [row["numeroEngagementJuridique"] for row in orders(caller, **body)]


def orders(caller, **body):
    return caller.ok(PATH, body)["listeEngagementJuridique"]


def test_a_supplier_sees_its_own_orders_the_newest_first(caller, other_caller):
    assert numbers(caller) == ["EJ-990011", "EJ-CLOS", "BC-7781"]
    assert numbers(other_caller) == ["EJ-EDITIONS"]


def test_an_order_tells_its_service_and_its_amounts(caller):
    own = str(caller.supplier["structure_id"])
    (row,) = orders(
        caller,
        structureReceptriceEngagementJuridique=own,
        numeroEngagementJuridique="BC-7781",
        etatCourantEngagementJuridique="COMMANDE",
    )
    assert (row["libelleEtatCourantEJ"], row["codeServiceExecutant"]) == (
        "COMMANDE",
        "SERVICE_DEST_TOUT_OBL",
    )
    assert (row["montantTotalHt"], row["montantTotalTtc"]) == (4166.67, 5000)
    assert row["dateCreationEJ"] == "2026-09-01T00:00:00+02:00"


@pytest.mark.parametrize(
    "filters, expected",
    [
        ({"numeroEngagementJuridique": "EJ-CLOS"}, ["EJ-CLOS"]),
        ({"numeroEngagementJuridique": "AUTRE"}, []),
        (
            {
                "numeroEngagementJuridique": "EJ-CLOS",
                "etatCourantEngagementJuridique": "COMMANDE",
            },
            [],
        ),
        ({"numeroMarcheEngagementJuridique": "MARCHE-1"}, ["BC-7781"]),
        ({"codeEngagementJuridique": "75000000002"}, ["EJ-990011"]),
        ({"montantTTCMin": 1200}, ["EJ-990011", "BC-7781"]),
        ({"montantTTCMax": 1200}, ["EJ-990011", "EJ-CLOS"]),
        ({"periodeDateNotificationEJDu": "2026-10-01"}, ["EJ-990011"]),
        ({"periodeDateNotificationEJAu": "2026-09-30"}, ["EJ-CLOS", "BC-7781"]),
    ],
)
def test_orders_are_filtered(caller, filters, expected):
    assert numbers(caller, **filters) == expected


def test_orders_have_pages(caller):
    page = {"pageResultatDemandee": 2, "nbResultatsParPage": 2, "triSens": "Ascendant"}
    answer = caller.ok(PATH, {"parametresRecherche": {**page, "triColonne": "DateCreationEJ"}})
    assert answer["parametresRetour"] == {
        "pageCourante": 2,
        "pages": 2,
        "nbResultatsParPage": 2,
        "total": 3,
    }
    (row,) = answer["listeEngagementJuridique"]
    assert row["numeroEngagementJuridique"] == "EJ-990011"


def test_orders_for_somebody_else_are_refused(caller, other_caller):
    foreign = str(other_caller.supplier["structure_id"])
    body = {"structureReceptriceEngagementJuridique": foreign}
    assert caller.post(PATH, body).json()["codeRetour"] == 20110


def test_the_structure_of_an_order_is_a_text(caller):
    body = {"structureReceptriceEngagementJuridique": caller.supplier["structure_id"]}
    assert caller.post(PATH, body).json()["codeRetour"] == 20102


def test_nothing_found_may_be_a_code(sim, caller):
    sim.control.switch(empty_search=20000)
    body = {"numeroEngagementJuridique": "AUTRE"}
    assert caller.post(PATH, body).json() == {"codeRetour": 20000, "libelle": "TRA_MSG_00.015"}
