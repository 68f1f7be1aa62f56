# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import threading
from datetime import datetime, timedelta, timezone
from urllib.parse import parse_qs

import pytest
from scripted_gateway import CLIENT_SECRET, PASSWORD, TOKEN_PATH, Drop, Reply

from choruspro import errors
from choruspro.auth import (
    FRESH_MARGIN,
    TOKEN_RETRIES,
    MemoryTokenStore,
    PisteAuth,
    TechnicalAccount,
    Token,
)
from choruspro.errors import ChorusProError, Delivery

NOW = datetime(2026, 11, 22, 12, tzinfo=timezone.utc)
RATES = "/cpro/transverses/v1/recuperer/tauxtva"
SUBMIT = "/cpro/factures/v1/soumettre"
NO_RATES = Reply(body={"codeRetour": 0, "listeTauxTva": []})
EXPIRED = Reply(401, b"")
NO_TOKEN_FOUND = Reply(
    400, b"", {"WWW-Authenticate": 'Bearer realm="DefaultRealm", error="invalid_request"'}
)
INVALID_CLIENT = Reply(400, {"error": "invalid_client"})


def _token(name="a", seconds=3600):
    return Token(name, datetime.now(timezone.utc) + timedelta(seconds=seconds))


def test_a_token_is_fresh_until_the_margin_before_its_end():
    token = Token("t", NOW)
    assert token.is_fresh(NOW - timedelta(seconds=FRESH_MARGIN + 1))
    assert not token.is_fresh(NOW - timedelta(seconds=FRESH_MARGIN))
    assert token.is_fresh(NOW - timedelta(seconds=1), margin=0)


def test_the_token_is_asked_for_as_a_form_and_sent_with_the_technical_account(gateway, client):
    gateway.script(RATES, NO_RATES)
    client.vat_rates()
    asked = gateway.calls(TOKEN_PATH)[0]
    assert parse_qs(asked.body.decode()) == {
        "grant_type": ["client_credentials"],
        "client_id": ["client-id-of-ours"],
        "client_secret": [CLIENT_SECRET],
        "scope": ["openid"],
    }
    assert asked.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert "Authorization" not in asked.headers
    headers = gateway.calls(RATES)[0].headers
    assert headers["Authorization"] == "Bearer token-number-1"
    assert headers["cpro-account"] == TechnicalAccount("TECH_1_123456@cpro.fr", PASSWORD).header
    assert headers["Content-Type"] == "application/json;charset=utf-8"


def test_one_token_serves_many_calls(gateway, client):
    gateway.script(RATES, *[NO_RATES] * 5)
    for _ in range(5):
        client.vat_rates()
    assert gateway.tokens_given == 1


def test_a_token_near_its_end_is_replaced_before_it_is_used(gateway, make_client):
    store = MemoryTokenStore()
    store.renew(None, lambda: _token("old", FRESH_MARGIN - 5))
    gateway.script(RATES, NO_RATES)
    make_client(gateway.url, store).vat_rates()
    assert gateway.calls(RATES)[0].headers["Authorization"] == "Bearer token-number-1"


@pytest.mark.parametrize("refusal", [EXPIRED, NO_TOKEN_FOUND])
def test_a_call_that_was_not_let_in_is_sent_again_once_with_a_new_token(
    gateway, client, submission, refusal
):
    created = Reply(body={"codeRetour": 0, "identifiantFactureCPP": 8431777})
    gateway.script(SUBMIT, refusal, created)
    assert client.submit_invoice(submission).invoice_id == "8431777"
    first, second = gateway.calls(SUBMIT)
    assert first.headers["Authorization"] == "Bearer token-number-1"
    assert second.headers["Authorization"] == "Bearer token-number-2"
    assert first.body == second.body


def test_a_second_refusal_to_let_in_means_the_technical_account(gateway, client, submission):
    refusal = Reply(401, {"ErrorCode": "401", "Description": "[invalid field]"})
    gateway.script(SUBMIT, refusal, refusal)
    with pytest.raises(errors.CredentialsError) as caught:
        client.submit_invoice(submission)
    assert caught.value.code == errors.TECHNICAL_ACCOUNT
    assert caught.value.label == "[invalid field]"
    assert caught.value.delivery is Delivery.NO


def test_a_call_without_rights_is_not_repeated(gateway, client):
    gateway.script(RATES, Reply(403, b"<html>Forbidden</html>"))
    with pytest.raises(errors.CredentialsError) as caught:
        client.vat_rates()
    assert caught.value.code == errors.API_NOT_AUTHORISED


@pytest.mark.parametrize(
    "status, calls, code",
    [(401, 2, errors.TECHNICAL_ACCOUNT), (403, 1, errors.API_NOT_AUTHORISED)],
)
def test_an_empty_refusal_with_a_good_token_is_told_by_its_status(
    gateway, client, status, calls, code
):
    """Clients met both although "nothing was changed": a colleague had changed the technical
    account, or the application was not subscribed to the API."""
    gateway.script(RATES, *[Reply(status, b"")] * calls)
    with pytest.raises(errors.CredentialsError) as caught:
        client.vat_rates()
    assert (caught.value.code, caught.value.label) == (code, "")
    assert gateway.tokens_given == calls


@pytest.mark.parametrize("refusal", [INVALID_CLIENT, Reply(401, b"")])
def test_a_good_client_that_piste_refuses_now_and_then_gets_its_token(gateway, client, refusal):
    good = Reply(body={"access_token": "late", "expires_in": 3600})
    gateway.script(TOKEN_PATH, *[refusal] * TOKEN_RETRIES, good)
    gateway.script(RATES, NO_RATES)
    client.vat_rates()
    assert gateway.calls(RATES)[0].headers["Authorization"] == "Bearer late"


def test_a_wrong_client_is_refused_after_some_tries_with_growing_pauses(gateway, client):
    gateway.script(TOKEN_PATH, *[INVALID_CLIENT] * (TOKEN_RETRIES + 1))
    pauses = []
    client._auth._pause = lambda attempt: attempt + 1
    client._auth._sleep = pauses.append
    with pytest.raises(errors.CredentialsError) as caught:
        client.vat_rates()
    assert caught.value.code == errors.INVALID_CLIENT
    assert caught.value.operation == "token"
    assert pauses == [1, 2]


def test_pauses_differ_from_worker_to_worker():
    auth = PisteAuth(None, None)
    assert all(0.7 <= auth._pause(0) <= 1.3 and 1.4 <= auth._pause(1) <= 2.6 for _ in range(50))
    assert len({auth._pause(0) for _ in range(50)}) > 1


@pytest.mark.parametrize(
    "answer, error, code",
    [
        (Reply(404, b"<html>"), errors.ConfigurationError, errors.ENDPOINT_NOT_FOUND),
        (Reply(405, b""), errors.ConfigurationError, errors.ENDPOINT_NOT_FOUND),
        (Reply(302, b"", {"Location": "/"}), errors.ConfigurationError, errors.REDIRECTED),
        (Reply(400, {"error": "invalid_scope"}), errors.ConfigurationError, errors.TOKEN_REFUSED),
        (Reply(403, b""), errors.ConfigurationError, errors.TOKEN_REFUSED),
        (Reply(429, b"", {"Retry-After": "9"}), errors.RateLimitedError, errors.RATE_LIMITED),
        (Reply(500, b""), errors.UnavailableError, errors.SERVER_ERROR),
        (Reply(200, b"<html>maintenance"), errors.UnavailableError, errors.UNREADABLE_ANSWER),
        (Reply(200, {}), errors.UnavailableError, errors.UNREADABLE_ANSWER),
        (
            Reply(200, {"access_token": "a b", "expires_in": 3600}),
            errors.UnavailableError,
            errors.UNREADABLE_ANSWER,
        ),
        (
            Reply(200, {"access_token": "a", "expires_in": 0}),
            errors.UnavailableError,
            errors.UNREADABLE_ANSWER,
        ),
        (
            Reply(200, {"access_token": None, "expires_in": 3600}),
            errors.UnavailableError,
            errors.UNREADABLE_ANSWER,
        ),
    ],
)
def test_a_token_that_does_not_come_is_never_an_unknown_outcome(
    gateway, client, submission, answer, error, code
):
    gateway.script(TOKEN_PATH, answer)
    with pytest.raises(error) as caught:
        client.submit_invoice(submission)
    assert caught.value.code == code
    assert caught.value.delivery is Delivery.NO
    assert caught.value.operation == "token"
    assert not gateway.calls(SUBMIT)


def test_a_lost_token_answer_is_asked_for_again(gateway, client):
    gateway.script(TOKEN_PATH, Drop(), Reply(body={"access_token": "t", "expires_in": "3600"}))
    gateway.script(RATES, NO_RATES)
    client.vat_rates()
    assert len(gateway.calls(TOKEN_PATH)) == 2


def test_a_store_renews_once_for_many_threads():
    store, stale, fetched = MemoryTokenStore(), _token("stale"), []
    store.renew(None, lambda: stale)
    barrier = threading.Barrier(8)

    def fetch():
        fetched.append(1)
        return _token(f"new-{len(fetched)}")

    given = []

    def work():
        barrier.wait()
        given.append(store.renew(stale, fetch))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(fetched) == 1
    assert {token.value for token in given} == {"new-1"}
    assert store.get().value == "new-1"


def test_a_store_keeps_its_token_when_the_new_one_does_not_come():
    store, kept = MemoryTokenStore(), _token("kept")
    store.renew(None, lambda: kept)

    def fail():
        raise errors.UnavailableError(errors.SERVER_ERROR)

    with pytest.raises(ChorusProError):
        store.renew(kept, fail)
    assert store.get() is kept


def test_a_store_replaces_a_token_that_has_ended_even_if_it_is_another_one():
    store = MemoryTokenStore()
    store.renew(None, lambda: _token("ended", 1))
    assert store.renew(_token("other"), lambda: _token("new")).value == "new"
