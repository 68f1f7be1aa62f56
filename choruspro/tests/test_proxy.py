# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The proxy: how it is typed, that its password stays hidden, and what it answers itself."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted_gateway import TOKEN_PATH, Reply

from choruspro import errors
from choruspro.environment import Proxy, read_proxy
from choruspro.errors import (
    ConfigurationError,
    Delivery,
    ProtocolError,
    UnavailableError,
    UnknownOutcomeError,
)
from choruspro.operations import VAT_RATES
from choruspro.transport import HttpTransport, Timeouts

PAGE = b"<html><head><title>Portail captif</title></head><body>Identifiez-vous</body></html>"
HTML = {"Content-Type": "text/html; charset=utf-8"}


@pytest.mark.parametrize(
    "typed, address",
    [
        ("http://proxy.example.org:3128", "http://proxy.example.org:3128"),
        (" http://proxy.example.org:3128/ ", "http://proxy.example.org:3128"),
        ("proxy.example.org:3128", "http://proxy.example.org:3128"),
        ("https://proxy.example.org", "https://proxy.example.org"),
        ("10.0.0.1:8080", "http://10.0.0.1:8080"),
        ("[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_a_proxy_is_read_as_it_is_typed(typed, address):
    proxy = read_proxy(typed)
    assert proxy == Proxy(address)
    assert proxy.proxies == {"http": address, "https": address}


def test_login_and_password_in_the_address_are_set_apart():
    proxy = read_proxy("http://DOM%5Cjane:p%40ss@proxy.example.org:3128")
    assert proxy == Proxy("http://proxy.example.org:3128", "DOM\\jane", "p@ss")
    assert read_proxy("http://a:b@p:1", "c", "d") == Proxy("http://p:1", "c", "d")
    assert read_proxy("http://a@p:1", password="d") == Proxy("http://p:1", "a", "d")


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "http://",
        "socks5://proxy.example.org",
        "http://proxy.example.org:99999",
        "http://proxy.example.org:0",
        "http://proxy.example.org:port",
        "http://proxy.example.org/wpad.dat",
        "http://proxy.example.org/?x=1",
        "http://pro xy",
        "http://hunter22:12/34@proxy.example.org",
        "http://me:hunter22/x@proxy.example.org",
        "http://me:hunter22#x@proxy.example.org",
        "http://[::1",
    ],
)
def test_what_is_no_proxy_is_refused_without_showing_a_password(typed):
    with pytest.raises(ConfigurationError) as caught:
        read_proxy(typed)
    assert caught.value.code == errors.INVALID_PROXY
    assert "hunter22" not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


@given(login=st.text(min_size=1), password=st.text("aZ0é:@/#?%& ", min_size=8))
def test_the_text_of_a_proxy_hides_its_password(login, password):
    shown = repr(read_proxy("proxy:3128", login, password))
    assert password not in shown.replace(repr(login), "").replace(login, "")


def test_the_proxy_gets_login_and_password_whatever_their_characters(gateway):
    proxy = read_proxy(gateway.url, "DOM\\jane", "p@ss:w/rd#%é€")
    gateway.script("CONNECT", Reply(407, b""))
    transport = HttpTransport(
        "tests", proxies=proxy.proxies, backoff=0, timeouts=Timeouts(2, 2, 2)
    )
    with pytest.raises(ConfigurationError) as caught:
        transport.send(VAT_RATES, "https://chorus.invalid/cpro/", {}, b"{}")
    transport.close()
    assert caught.value.code == errors.PROXY_REFUSED
    (call,) = gateway.calls("CONNECT")
    scheme, _, given = call.headers["Proxy-Authorization"].partition(" ")
    assert scheme == "Basic"
    assert base64.b64decode(given).decode("utf-8") == "DOM\\jane:p@ss:w/rd#%é€"


@pytest.fixture
def proxied(gateway, make_client, closed_port, monkeypatch):
    """A client of a server that only the gateway, as a proxy, could reach; and its address."""
    # Calls to this machine never take a proxy: for once they are to
    monkeypatch.setattr("choruspro.transport.is_loopback", lambda host: False)
    url = f"http://127.0.0.1:{closed_port}"
    gateway.script(
        url + TOKEN_PATH, Reply(body={"access_token": "token-of-ours", "expires_in": 3600})
    )
    return make_client(url, proxies=read_proxy(gateway.url).proxies), url


QUERY = "/cpro/transverses/v1/recuperer/tauxtva"
DEPOSIT = "/cpro/factures/v1/soumettre"


@pytest.mark.parametrize(
    "status, headers, error, times",
    [
        (200, HTML, ProtocolError, 2),
        (200, {}, ProtocolError, 2),
        (401, HTML, ConfigurationError, 1),
        (403, HTML, ConfigurationError, 1),
        (404, HTML, ConfigurationError, 1),
    ],
)
def test_a_page_of_the_proxy_is_not_taken_for_an_answer(
    gateway, proxied, status, headers, error, times
):
    client, url = proxied
    gateway.script(url + QUERY, *[Reply(status, PAGE, headers)] * times)
    with pytest.raises(error) as caught:
        client.vat_rates()
    assert caught.value.code == errors.PROXY_PAGE
    assert caught.value.delivery is Delivery.NO


def test_a_page_of_the_proxy_after_a_deposit_leaves_the_doubt(gateway, proxied, submission):
    client, url = proxied
    gateway.script(url + DEPOSIT, Reply(200, PAGE, HTML))
    with pytest.raises(UnknownOutcomeError) as caught:
        client.submit_invoice(submission)
    assert (caught.value.code, caught.value.delivery) == (errors.PROXY_PAGE, Delivery.UNKNOWN)


def test_a_deposit_that_the_proxy_refused_was_not_delivered(gateway, proxied, submission):
    client, url = proxied
    for status, code in ((403, errors.PROXY_PAGE), (407, errors.PROXY_REFUSED)):
        gateway.script(url + DEPOSIT, Reply(status, PAGE, HTML))
        with pytest.raises(ConfigurationError) as caught:
            client.submit_invoice(submission)
        assert (caught.value.code, caught.value.delivery) == (code, Delivery.NO)


@pytest.mark.parametrize(
    "status, error", [(200, UnavailableError), (401, ConfigurationError), (403, ConfigurationError)]
)
def test_a_page_instead_of_a_token_is_said(gateway, proxied, status, error):
    client, url = proxied
    gateway.script(url + TOKEN_PATH, Reply(status, PAGE, HTML))
    with pytest.raises(error) as caught:
        client.authenticate()
    assert caught.value.code == errors.PROXY_PAGE


def test_a_refusal_of_chorus_pro_through_a_proxy_stays_one(gateway, proxied):
    client, url = proxied
    gateway.script(url + QUERY, Reply(403, {"error": "not subscribed"}))
    with pytest.raises(errors.CredentialsError) as caught:
        client.vat_rates()
    assert caught.value.code == errors.API_NOT_AUTHORISED


def test_a_page_without_proxy_is_that_of_the_platform(gateway, client):
    gateway.script(QUERY, *[Reply(200, PAGE, HTML)] * 2)
    with pytest.raises(ProtocolError) as caught:
        client.vat_rates()
    assert caught.value.code == errors.UNREADABLE_ANSWER
