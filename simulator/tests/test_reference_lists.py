# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The lists and look-ups of the API Transverses that other clients ask for."""

import base64
import csv
import io

import pytest

from simulator.world.code_lists import DEPOSIT_MODES, FRAMEWORKS, PAYMENT_MEANS
from simulator.world.refusals import REFUSALS

LISTS = "transverses/v1/recuperer/"


def names(caller, path, many, one, **body):
    return [row[one] for row in caller.ok(LISTS + path, body)[many]]


@pytest.mark.parametrize(
    "path, many, one, values",
    [
        ("modereglements", "listeModePaiement", "modePaiement", PAYMENT_MEANS),
        ("modedepot", "listeModeDepot", "modeDepot", DEPOSIT_MODES),
        (
            "formatflux",
            "listeFormatFlux",
            "formatFlux",
            ("IN_DP_E1_STRUCT", "IN_DP_E2_MIXTE", "IN_DP_E2_FACTURX"),
        ),
        ("cadrefacturation", "listeCadreFacturation", "codeCadreFacturation", FRAMEWORKS),
    ],
)
def test_a_list_has_the_values_that_requests_take(caller, path, many, one, values):
    assert names(caller, path, many, one) == list(values)


def test_frameworks_are_those_of_a_kind_of_payment_request(caller):
    def frameworks(wanted):
        body = {"typeDemandePaiement": wanted}
        return names(
            caller, "cadrefacturation", "listeCadreFacturation", "codeCadreFacturation", **body
        )

    assert [code.partition("_")[0] for code in frameworks("FACTURE")] == ["A1", "A2", "A9", "A12"]
    assert frameworks("MEMOIRE_JUSTICE") == []


@pytest.mark.parametrize(
    "path, many, code, label",
    [
        ("pays", "listePays", "codePays", "libellePays"),
        (
            "motifs/exonerationtva",
            "listeMotifsExonerationTva",
            "codeMotifExonerationTva",
            "libelleMotifExonerationTva",
        ),
    ],
)
def test_a_list_has_codes_and_labels(caller, path, many, code, label):
    rows = caller.ok(LISTS + path, {"codeLangue": "FR"})[many]
    assert len({row[code] for row in rows}) == len(rows) > 2
    assert all(row[label] for row in rows)


def test_an_account_sees_its_own_structure_as_supplier(sim, caller, other_caller):
    for one in (caller, other_caller):
        (row,) = one.ok(LISTS + "structures/actives/fournisseur", {})["listeStructures"]
        assert row["idStructureCPP"] == one.supplier["structure_id"]
        assert row["identifiant"] == one.supplier["siret"]
        (row,) = one.ok(LISTS + "structuresPourUtilisateur", {"espaceFo": 7})["listeStructures"]
        assert row["idStructure"] == one.supplier["structure_id"]
        assert row["identifiantStructure"] == one.supplier["siret"]
    sim.control.lack(attachment=True)
    for path in ("structures/actives/fournisseur", "structuresPourUtilisateur"):
        assert caller.ok(LISTS + path, {})["listeStructures"] == []


def test_a_company_is_read_by_its_siret(caller):
    path = "transverses/v1/consulter/information/siret"
    found = caller.ok(path, {"siretStructure": "12345678200069"})
    assert found["siren"] == "123456782"
    assert found["raisonSociale"] == "DESTINATAIRE INACTIF"
    assert found["estActif"] is False
    unknown = caller.post(path, {"siretStructure": "99999999999999"}).json()
    assert unknown["codeRetour"] == REFUSALS["structure_unknown"][0]


def test_the_directory_lists_what_can_be_invoiced_today(sim, caller):
    def rows():
        answer = caller.ok("transverses/v1/telecharger/annuaire/destinataire", {})
        text = base64.b64decode(answer["fichierResultat"]).decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text), delimiter=";"))

    before = rows()
    by_siret = {row["siret"]: row for row in before}
    assert "12345678200069" not in by_siret  # inactive
    assert by_siret["12345678200036"]["engagementObligatoire"] == "OUI"
    assert by_siret["12345678200051"]["serviceObligatoire"] == "NON"
    services = {row["codeService"] for row in before}
    assert "SERVICE_DEST_SERV_OBL" in services and "SERVICE_FERME" not in services
    sim.control.set_service("12345678200028", "SERVICE_FERME", True)
    assert len(rows()) == len(before) + 1
