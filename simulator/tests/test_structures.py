# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Structures, services, bank accounts and VAT rates of the data set."""

from datetime import date

import pytest

from simulator.world.directory_data import RECIPIENTS, SUPPLIERS

SEARCH = "structures/v1/rechercher"
READ = "structures/v1/consulter"
SERVICES = "structures/v1/rechercher/services"
ACCOUNTS = "transverses/v1/recuperer/coordbanc/valides"


def sirets(caller, **body):
    answer = caller.ok(SEARCH, {**body, "parametres": {"nbResultatsParPage": 100}})
    return [row["identifiantStructure"] for row in answer["listeStructures"]]


def test_a_siret_finds_one_structure(caller):
    answer = caller.ok(
        SEARCH,
        {
            "structure": {
                "identifiantStructure": "12345678200028",
                "typeIdentifiantStructure": "SIRET",
            }
        },
    )
    (row,) = answer["listeStructures"]
    assert row["idStructureCPP"] > 2**31
    assert row["statut"] == "ACTIVE"
    assert answer["parametresRetour"]["total"] == 1


def test_an_inactive_structure_says_so(caller):
    (row,) = caller.ok(SEARCH, {"structure": {"statutStructure": "INACTIF"}})["listeStructures"]
    assert (row["identifiantStructure"], row["statut"]) == ("12345678200069", "INACTIVE")


@pytest.mark.parametrize("code", [0, 20000])
def test_an_unknown_siret_finds_nothing(sim, caller, code):
    sim.control.switch(empty_search=code)
    answer = caller.post(SEARCH, {"structure": {"identifiantStructure": "12345678299999"}}).json()
    assert answer["codeRetour"] == code
    assert answer.get("listeStructures", []) == []


def test_other_private_structures_are_hidden_unless_asked(caller, other_caller):
    own, other = caller.supplier["siret"], other_caller.supplier["siret"]
    assert own in sirets(caller) and other not in sirets(caller)
    assert other in sirets(other_caller) and own not in sirets(other_caller)
    assert {own, other} <= set(sirets(caller, restreindreStructuresPrivees=False))


@pytest.mark.parametrize(
    "criterion, count",
    [
        ({"typeStructure": "PUBLIQUE"}, len(RECIPIENTS)),
        ({"typeStructure": "PRIVEE"}, 1),
        ({"raisonSocialeStructure": "inactif"}, 1),
        ({"typeIdentifiantStructure": "RIDET"}, 0),
        ({"estMOA": True}, 0),
        ({"adresseVille": "Paris"}, 0),
        ({"identifiantStructure": None}, len(RECIPIENTS) + 1),
    ],
)
def test_structure_criteria(caller, criterion, count):
    assert len(sirets(caller, structure=criterion)) == count


def test_structures_are_sorted_and_paged(caller):
    page = {"nbResultatsParPage": 4, "triColonne": "DesignationStructure", "triSens": "Descendant"}
    names = []
    for number in (1, 2, 3):
        rows = caller.ok(SEARCH, {"parametres": {**page, "pageResultatDemandee": number}})
        names += [row["designationStructure"] for row in rows["listeStructures"]]
    assert len(names) == len(RECIPIENTS) + 1
    assert names == sorted(names, reverse=True)


@pytest.mark.parametrize("side, kind", [("text", str), ("number", int)])
def test_switch_identifier_type(sim, caller, side, kind):
    sim.control.switch(identifier_type=side)
    (row,) = caller.ok(SEARCH, {"structure": {"identifiantStructure": "12345678200028"}})[
        "listeStructures"
    ]
    assert type(row["identifiantStructure"]) is kind


@pytest.mark.parametrize("recipient", RECIPIENTS, ids=lambda row: row.siret)
def test_each_recipient_tells_its_requirements(caller, recipient):
    answer = caller.ok(READ, {"idStructureCPP": recipient.structure_id, "codeLangue": "FR"})
    assert answer["informationGenerales"]["identifiantStructure"] == recipient.siret
    flags = answer["parametres"]
    assert flags["codeServiceDoitEtreRenseigne"] is recipient.service_required
    assert flags["numeroEJDoitEtreRenseigne"] is recipient.engagement_required
    assert flags["gestionNumeroEJOuCodeService"] is recipient.service_or_engagement_required
    assert flags["statutMiseEnPaiementNestPasRemonte"] is not recipient.payment_reported
    assert "dateExpirationMotPasseCompteTech" not in answer["informationGenerales"]


def test_the_data_set_has_every_combination_of_requirements():
    combinations = {
        (r.service_required, r.engagement_required, r.service_or_engagement_required)
        for r in RECIPIENTS
    }
    assert combinations == {
        (False, False, False),
        (True, False, False),
        (False, True, False),
        (True, True, False),
        (False, False, True),
    }
    assert [r.siret for r in RECIPIENTS if not r.active] == ["12345678200069"]
    assert [r.siret for r in RECIPIENTS if not r.payment_reported] == ["12345678200085"]


def test_only_the_own_structure_tells_when_its_password_expires(caller, other_caller):
    own = caller.ok(READ, {"idStructureCPP": caller.supplier["structure_id"]})
    expiry = date.fromisoformat(own["informationGenerales"]["dateExpirationMotPasseCompteTech"])
    assert 398 <= (expiry - date.today()).days <= 401
    foreign = caller.post(READ, {"idStructureCPP": other_caller.supplier["structure_id"]})
    assert foreign.json()["codeRetour"] == 20111


def test_the_password_ages_with_the_clock(sim, caller):
    body = {"idStructureCPP": caller.supplier["structure_id"]}
    key = "dateExpirationMotPasseCompteTech"
    before = caller.ok(READ, body)["informationGenerales"][key]
    sim.control.advance(30 * 86400)
    caller.renew()
    assert caller.ok(READ, body)["informationGenerales"][key] < before


def test_services_are_paged_and_say_which_are_active(caller):
    state = next(row for row in RECIPIENTS if row.siret == "11000201100044")
    first = caller.ok(SERVICES, {"idStructure": state.structure_id})
    assert first["parametresRetour"] == {
        "pageCourante": 1,
        "pages": 3,
        "nbResultatsParPage": 10,
        "total": 25,
    }
    page = {"parametresRechercherServicesStructure": {"nbResultatsParPage": 100}}
    rows = caller.ok(SERVICES, {"idStructure": state.structure_id, **page})["listeServices"]
    assert "SFACETAT" in {row["codeService"] for row in rows}
    required = next(row for row in RECIPIENTS if row.siret == "12345678200028")
    rows = caller.ok(SERVICES, {"idStructure": required.structure_id})["listeServices"]
    assert {row["codeService"]: row["estActif"] for row in rows} == {
        "SERVICE_DEST_SERV_OBL": True,
        "SERVICE_FERME": False,
        "FACTURES_PUBLIQUES": True,
    }


def test_bank_accounts_are_those_of_the_own_structure(caller, other_caller):
    answer = caller.ok(ACCOUNTS, {"idStructure": caller.supplier["structure_id"]})
    assert [row["idCoordonneeBancaire"] for row in answer["listeCoordonneeBancaire"]] == [
        row["id"] for row in caller.supplier["bank_accounts"]
    ]
    foreign = caller.post(ACCOUNTS, {"idStructure": other_caller.supplier["structure_id"]})
    assert foreign.json()["codeRetour"] == 20110


def test_bank_accounts_are_recognised_by_their_last_digits():
    for supplier in SUPPLIERS:
        for account in supplier.bank_accounts:
            assert account.name.endswith(account.iban[-4:])
            moved = account.iban[4:] + account.iban[:4]
            assert int("".join(str(int(char, 36)) for char in moved)) % 97 == 1


def test_vat_rates_have_a_code_and_a_value(caller):
    rows = caller.ok("transverses/v1/recuperer/tauxtva", {"codeLangue": "FR"})["listeTauxTva"]
    assert {20, 10, 5.5, 2.1, 8.5, 0} <= {row["valeurTauxTva"] for row in rows}
    assert len({row["codeTauxTva"] for row in rows}) == len(rows)


def test_currencies_have_a_code_and_a_label(caller):
    rows = caller.ok("transverses/v1/recuperer/devises", {"codeLangue": "FR"})["listeDevises"]
    codes = [row["codeDevise"] for row in rows]
    assert {"EUR", "USD", "CHF", "GBP", "XPF"} <= set(codes)
    assert len(set(codes)) == len(codes)
    assert all(row["libelleDevise"] for row in rows)


def test_types_of_attachments_are_those_of_an_object(caller):
    def types(**body):
        answer = caller.ok("transverses/v1/recuperer/typespj", body)
        return {
            row["codeTypePieceJointe"]: row["typeObjet"] for row in answer["listeTypePieceJointe"]
        }

    everything = types(codeLangue="FR")
    assert everything.items() >= {"DIVERS": "FACTURE", "RIB": "FACTURE", "ASF": "MEMOIRE"}.items()
    assert types(typeObjet="FACTURE").keys() == {"DIVERS", "RIB", "AAR"}
    assert types(typeObjet="EJ") == {}


def test_a_type_of_another_object_is_refused_for_an_invoice(caller):
    row = {
        "pieceJointeComplementaireDesignation": "Attestation",
        "pieceJointeComplementaireType": "ASF",
        "pieceJointeComplementaireId": caller.file_id(),
    }
    body = caller.submission(pieceJointeComplementaire=[row])
    assert caller.submit(body).json()["codeRetour"] == 20322
