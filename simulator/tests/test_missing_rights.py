# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What an administrator may have forgotten: each one shows where the platform would show it."""

import pytest
import requests

from simulator.control.plane import ControlError
from simulator.world.missing_rights import MISSING_RIGHTS
from simulator.world.refusals import REFUSALS

SPACES = "structures/v1/rechercher/espaces"
ACCOUNTS = "transverses/v1/recuperer/coordbanc/valides"
RATES = "transverses/v1/recuperer/tauxtva"


def _code(response):
    return response.status_code, response.json()["codeRetour"]


def _own(caller):
    return {"structure": {"idStructure": caller.supplier["structure_id"]}}


@pytest.mark.parametrize(
    "lack, path, others",
    [
        ("api_factures", "factures/v1/rechercher/fournisseur", [RATES]),
        ("api_structures", "structures/v1/rechercher", [RATES]),
        ("api_transverses", RATES, ["structures/v1/rechercher"]),
        ("api_engagements", "engagementsJuridiques/v1/rechercher", [RATES]),
    ],
)
def test_an_api_without_subscription_is_403_and_the_others_answer(sim, caller, lack, path, others):
    sim.control.lack(**{lack: True})
    assert caller.post(path, {}).status_code == 403
    assert all(caller.post(other, {}).status_code == 200 for other in others)
    sim.control.lack(**{lack: False})
    assert caller.post(path, {}).status_code != 403


def test_an_unknown_application_gets_no_token_and_its_tokens_are_void(sim, caller):
    sim.control.lack(application=True)
    assert caller.token().json() == {"error": "invalid_client"}
    assert caller.post(RATES, {}).status_code == 401
    sim.control.lack(application=False)
    assert caller.post(RATES, {}).status_code == 200


def test_a_technical_account_whose_password_has_expired_is_refused(sim, caller):
    sim.control.lack(technical_account=True)
    response = caller.post(RATES, {})
    assert (response.status_code, response.json()["ErrorCode"]) == (401, "401")


def test_a_technical_account_that_is_not_attached_does_not_see_its_structure(sim, caller):
    search = {"structure": {"identifiantStructure": caller.supplier["siret"]}}
    assert len(caller.ok("structures/v1/rechercher", search)["listeStructures"]) == 1
    sim.control.lack(attachment=True)
    assert caller.ok("structures/v1/rechercher", search)["listeStructures"] == []
    own = caller.supplier["structure_id"]
    ours = REFUSALS["structure_not_ours"][0]
    assert _code(caller.post(ACCOUNTS, {"idStructure": own})) == (200, ours)
    assert _code(caller.post(SPACES, _own(caller))) == (200, ours)
    assert _code(caller.post("factures/v1/rechercher/fournisseur", {})) == (200, ours)


@pytest.mark.parametrize(
    "lack, right", [(None, "MODIFICATION"), ("deposit_right", "CONSULTATION_UNIQUEMENT")]
)
def test_the_right_to_deposit_shows_in_the_spaces(sim, caller, lack, right):
    if lack:
        sim.control.lack(**{lack: True})
    spaces = caller.ok(SPACES, _own(caller))["listeEspace"]
    rights = {row["libelleEspace"]: row["typeHabilitation"] for row in spaces}
    assert rights["Factures émises"] == right
    deposit = caller.deposit().json()
    assert deposit.get("codeRetour", 0) == (REFUSALS["deposit_not_allowed"][0] if lack else 0)


def test_without_the_space_nothing_is_deposited(sim, caller):
    sim.control.lack(invoice_space=True)
    spaces = caller.ok(SPACES, _own(caller))["listeEspace"]
    assert [row["libelleEspace"] for row in spaces] == ["Sollicitations émises"]
    assert caller.deposit().json()["codeRetour"] == REFUSALS["deposit_not_allowed"][0]


def test_spaces_are_those_of_ones_own_structure(caller, sim):
    other = sim.control.credentials()["suppliers"][1]
    for structure in ({"idStructure": other["structure_id"]}, {}):
        answer = caller.post(SPACES, {"structure": structure}).json()
        assert answer["codeRetour"] == REFUSALS["structure_not_ours"][0]
    by_siret = {
        "identifiantStructure": caller.supplier["siret"],
        "typeIdentifiantStructure": "SIRET",
    }
    assert len(caller.ok(SPACES, {"structure": by_siret})["listeEspace"]) == 2


def test_bank_accounts_may_be_missing(sim, caller):
    body = {"idStructure": caller.supplier["structure_id"]}
    assert caller.ok(ACCOUNTS, body)["listeCoordonneeBancaire"]
    sim.control.lack(bank_accounts=True)
    assert caller.ok(ACCOUNTS, body)["listeCoordonneeBancaire"] == []


def test_the_end_of_the_technical_password_may_be_near_or_unknown(sim, caller):
    body = {"idStructureCPP": caller.supplier["structure_id"]}

    def expiry():
        answer = caller.ok("structures/v1/consulter", body)
        return answer["informationGenerales"].get("dateExpirationMotPasseCompteTech")

    far = expiry()
    sim.control.lack(password_days=True)
    assert expiry() < far
    sim.control.lack(password_date=True)
    assert expiry() is None


def test_missing_rights_are_set_and_seen_over_http_until_a_reset(sim):
    url = f"{sim.url}/_sim/missing_rights"
    answer = requests.post(url, json={"bank_accounts": True}).json()
    assert [name for name, row in answer.items() if row["lacking"]] == ["bank_accounts"]
    assert requests.get(url).json() == answer
    assert set(answer) == set(MISSING_RIGHTS)
    sim.control.reset()
    assert not any(row["lacking"] for row in sim.control.missing_rights().values())


@pytest.mark.parametrize("order", [{"unknown": True}, {"bank_accounts": 1}])
def test_a_wrong_order_changes_nothing(sim, order):
    with pytest.raises(ControlError):
        sim.control.lack(attachment=True, **order)
    assert not any(row["lacking"] for row in sim.control.missing_rights().values())
    assert requests.post(f"{sim.url}/_sim/missing_rights", json=order).status_code == 400
