# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The gate before each call, and a query that is asked once more."""

import pytest
from scripted_gateway import TOKEN_PATH, Reply

from choruspro import errors
from choruspro.errors import RateLimitedError

RATES = "/cpro/transverses/v1/recuperer/tauxtva"
NO_RATES = Reply(body={"codeRetour": 0, "listeTauxTva": []})


class Gate:
    def __init__(self, is_open=True):
        self.is_open = is_open
        self.entered = []
        self.told = []

    def enter(self, operation):
        self.entered.append(operation.key)
        if not self.is_open:
            raise RateLimitedError(errors.PACE_REACHED, retry_after=30)

    def limited(self, retry_after):
        self.told.append(retry_after)


def test_each_call_goes_through_the_gate_the_one_for_a_token_too(gateway, make_client):
    gate = Gate()
    gateway.script(RATES, NO_RATES, NO_RATES)
    client = make_client(gateway.url, gate=gate)
    client.vat_rates()
    client.vat_rates()
    assert gate.entered == ["token", "tauxtva", "tauxtva"]
    assert gate.told == []


def test_closed_gate_lets_nothing_through(gateway, make_client):
    exchanges = []
    client = make_client(gateway.url, gate=Gate(is_open=False), on_exchange=exchanges.append)
    with pytest.raises(RateLimitedError) as caught:
        client.vat_rates()
    assert (caught.value.code, caught.value.retry_after) == (errors.PACE_REACHED, 30)
    assert not gateway.calls(TOKEN_PATH) and not gateway.calls(RATES)
    assert exchanges == []


@pytest.mark.parametrize(("headers", "seconds"), [({"Retry-After": "7"}, 7.0), ({}, None)])
def test_gate_is_told_how_long_the_platform_asks_to_wait(gateway, make_client, headers, seconds):
    gate = Gate()
    gateway.script(RATES, Reply(status=429, headers=headers))
    with pytest.raises(RateLimitedError):
        make_client(gateway.url, gate=gate).vat_rates()
    assert gate.told == [seconds]


def test_query_is_asked_again_as_it_was_kept(gateway, make_client):
    answer = {"codeRetour": 0, "listeTauxTva": [], "libelle": "x"}
    gateway.script(RATES, Reply(body=answer))
    assert make_client(gateway.url).ask_again("tauxtva", {"codeLangue": "FR"}) == answer
    assert gateway.calls(RATES)[0].json == {"codeLangue": "FR"}


@pytest.mark.parametrize("key", ["soumettre", "deposer_pdf", "recycler", "token", "knock", ""])
def test_only_a_query_of_the_api_is_asked_again(gateway, make_client, key):
    with pytest.raises(ValueError, match="no query"):
        make_client(gateway.url).ask_again(key, {})
    assert not gateway.calls(TOKEN_PATH)
