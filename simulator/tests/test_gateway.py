# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What the gateway answers before the platform is reached, as users of the real one saw it."""

import pytest
import requests

SEARCH = "factures/v1/rechercher/fournisseur"


def test_token_lives_an_hour(caller):
    answer = caller.token().json()
    assert answer["token_type"] == "Bearer"
    assert answer["expires_in"] == 3600
    assert answer["scope"] == "openid"


def test_scope_may_be_absent(caller):
    assert caller.token(scope=None).status_code == 200


@pytest.mark.parametrize("wrong", [{"client_id": "unknown"}, {"client_secret": "wrong"}])
def test_wrong_client_id_and_wrong_secret_look_the_same(caller, wrong):
    response = caller.token(**wrong)
    assert response.status_code == 400
    assert response.json() == {"error": "invalid_client"}


def test_other_grant_types_are_refused(caller):
    response = caller.token(grant_type="password")
    assert (response.status_code, response.json()["error"]) == (400, "unsupported_grant_type")


def test_unknown_scope_is_refused(caller):
    assert caller.token(scope="everything").json() == {"error": "invalid_scope"}


def test_token_request_must_be_a_form_post(caller):
    url = caller.known["token_url"]
    assert caller.http.get(url).status_code == 405
    assert caller.http.post(url, json={"grant_type": "client_credentials"}).status_code == 415


def test_no_token_is_400_with_a_header_and_no_json(caller):
    del caller.http.headers["Authorization"]
    response = caller.post(SEARCH, {})
    assert response.status_code == 400
    assert response.content == b""
    assert response.headers["WWW-Authenticate"] == (
        'Bearer realm="DefaultRealm", error="invalid_request", '
        'error_description="Unable to find token in the message"'
    )


def test_unknown_token_is_401(caller):
    caller.http.headers["Authorization"] = "Bearer unknown"
    assert caller.post(SEARCH, {}).status_code == 401


def test_token_expires_on_the_simulated_clock(sim, caller):
    sim.control.advance(3599)
    assert caller.post(SEARCH, {}).status_code == 200
    sim.control.advance(2)
    assert caller.post(SEARCH, {}).status_code == 401
    caller.renew()
    assert caller.post(SEARCH, {}).status_code == 200


def test_two_tokens_live_side_by_side(caller):
    first = caller.http.headers["Authorization"]
    caller.renew()
    assert caller.http.headers["Authorization"] != first
    caller.http.headers["Authorization"] = first
    assert caller.post(SEARCH, {}).status_code == 200


@pytest.mark.parametrize(
    "header", [None, "", "not base64 !", "VEVDSF8xOndyb25n", "VEVDSF8xXzEwMDIwMDMwMEBjcHJvLmZyOng="]
)
def test_wrong_technical_account_is_401_invalid_field(caller, header):
    caller.http.headers["cpro-account"] = header
    response = caller.post(SEARCH, {})
    assert response.status_code == 401
    assert response.json() == {"ErrorCode": "401", "Description": "[invalid field]"}


def test_undeclared_route_is_403_even_with_a_wrong_account(caller):
    caller.http.headers["cpro-account"] = "x"
    assert caller.post("factures/v1/consulter/cr", {}).status_code == 403


def test_other_families_are_404(sim, caller):
    assert caller.http.post(sim.url + "/other/v1/x", json={}).status_code == 404


def test_get_on_a_post_route_is_405(caller):
    response = caller.http.get(caller.known["api_url"] + SEARCH)
    assert (response.status_code, response.headers["Allow"]) == (405, "POST")


def test_content_type_must_be_json(caller):
    url = caller.known["api_url"] + SEARCH
    assert caller.http.post(url, data="{}").status_code == 415
    typed = {"Content-Type": "application/json;charset=utf-8"}
    assert caller.http.post(url, data="{}", headers=typed).status_code == 200


@pytest.mark.parametrize("raw", ["", "{", "[]", "null", '{"montantHTMin": NaN}', b"\xff"])
def test_a_body_that_is_not_a_json_object_is_400(caller, raw):
    response = caller.http.post(
        caller.known["api_url"] + SEARCH, data=raw, headers={"Content-Type": "application/json"}
    )
    assert response.status_code == 400
    assert response.json()["codeRetour"] == 20100


def test_oversized_body_is_413_and_the_connection_serves_on(caller):
    response = caller.http.post(
        caller.known["api_url"] + SEARCH,
        data=b" " * 42_000_001,
        headers={"Content-Type": "application/json"},
    )
    assert response.status_code == 413
    assert caller.post(SEARCH, {}).status_code == 200


def test_health_check_is_a_get(caller):
    url = caller.known["api_url"] + "transverses/v1/health-check"
    assert caller.http.get(url).json()["statusCodeValue"] == 200
    assert caller.http.post(url, json={}).status_code == 405


def test_each_supplier_has_its_own_account(caller, other_caller):
    caller.invoice("SHARED-1")
    other_caller.invoice("SHARED-1")
    assert caller.numbers() == other_caller.numbers() == ["SHARED-1"]
    assert caller.search()["listeFactures"] != other_caller.search()["listeFactures"]


def test_nothing_is_served_without_the_gateway(sim):
    response = requests.post(f"{sim.url}/cpro/{SEARCH}", json={}, timeout=5)
    assert response.status_code == 400
