# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import pytest

from choruspro.environment import PRODUCTION, QUALIFICATION, Environment, custom, is_loopback
from choruspro.errors import INSECURE_URL, INVALID_URL, ConfigurationError, Delivery


@pytest.mark.parametrize("environment", [QUALIFICATION, PRODUCTION])
def test_the_two_environments_are_https_and_their_api_ends_with_a_slash(environment):
    assert environment.token_url.startswith("https://")
    assert environment.api_url.startswith("https://")
    assert environment.api_url.endswith("/cpro/")


def test_a_custom_environment_gets_its_slash_and_loses_blanks():
    made = custom(" https://gw.example.org/token ", "https://gw.example.org/cpro")
    assert made == Environment(
        "custom", "https://gw.example.org/token", "https://gw.example.org/cpro/", ""
    )


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8080/", "http://127.8.9.1/", "http://[::1]:80/", "http://localhost/"]
)
def test_plain_http_is_accepted_towards_this_machine(url):
    assert custom(url, url).token_url == url


@pytest.mark.parametrize(
    "url",
    [
        "http://chorus.example.org/",
        "http://127.0.0.1.example.org/",
        "http://localhost.example.org/",
        "http://10.0.0.1/",
        "http://0.0.0.0/",
        "http://[::2]/",
    ],
)
def test_plain_http_to_another_machine_is_refused(url):
    for addresses in ((url, "https://a.example.org/"), ("https://a.example.org/", url)):
        with pytest.raises(ConfigurationError) as caught:
            custom(*addresses)
        assert caught.value.code == INSECURE_URL
        assert caught.value.delivery is Delivery.NO
        assert not caught.value.retryable


@pytest.mark.parametrize(
    "url",
    [
        "",
        "chorus.example.org",
        "ftp://chorus.example.org/",
        "https://",
        "https://host:99999/",
        "https://[::1/",
        "https://a b.example.org/",
        "https://chorus.example.org/?key=1",
        "https://chorus.example.org/#part",
        "https://chorus.example.org/\nx",
        "https://hôte.example.org/",
    ],
)
def test_what_is_no_address_is_refused(url):
    with pytest.raises(ConfigurationError) as caught:
        Environment("custom", url, "https://a.example.org/")
    assert caught.value.code == INVALID_URL


@pytest.mark.parametrize(
    "url", ["https://me:hunter22@chorus.example.org/", "https://chorus.example.org/?p=hunter22"]
)
def test_a_password_in_an_address_is_refused_and_not_repeated(url):
    with pytest.raises(ConfigurationError) as caught:
        custom(url, url)
    assert "hunter22" not in str(caught.value)


def test_a_name_is_not_this_machine_because_it_resembles_it():
    assert is_loopback("127.255.0.1")
    assert not is_loopback("127.1")
    assert not is_loopback("localhost.")
