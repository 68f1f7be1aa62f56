# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import pytest

from choruspro.environment import (
    CERTIFICATE_PRODUCTION,
    CERTIFICATE_QUALIFICATION,
    PRODUCTION,
    QUALIFICATION,
    Environment,
    custom,
    custom_certificate,
    is_loopback,
)
from choruspro.errors import (
    CLOSED_URL,
    INSECURE_URL,
    INVALID_URL,
    LOOPBACK_URL,
    URL_OF_OPERATION,
    URL_WITH_CREDENTIALS,
    ConfigurationError,
    Delivery,
)
from choruspro.operations import OPERATIONS


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
def test_plain_http_is_accepted_towards_this_machine_where_that_is_allowed(url):
    assert custom(url, url, allow_loopback=True).token_url == url


SPELLINGS = [
    "127.0.0.1", "127.0.0.1.", "127.8.9.1", "127.255.255.255", "127.1", "127.0.1", "2130706433",
    "0x7f000001", "0x7f.1", "0177.0.0.1", "0177.1", "017700000001", "0", "0.0.0.0", "0.1.2.3",
    "localhost", "LOCALHOST", "localhost.", "localhost..", "me.localhost", "localhost.localdomain",
    "ip6-localhost", "ip6-loopback", "[::1]", "[0:0:0:0:0:0:0:1]", "[::]", "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]", "[::127.0.0.1]", "[::ffff:0.0.0.0]",
]  # fmt: skip


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("host", SPELLINGS)
def test_this_machine_is_refused_in_all_its_spellings_unless_it_is_allowed(scheme, host):
    url = f"{scheme}://{host}:8069/cpro/"
    elsewhere = "https://a.example.org/"
    for addresses in ((url, elsewhere), (elsewhere, url), (elsewhere, elsewhere, url)):
        with pytest.raises(ConfigurationError) as caught:
            custom(*addresses)
        assert caught.value.code == LOOPBACK_URL
        assert "CHORUS_PRO_ALLOW_LOOPBACK=1" in str(caught.value)
    with pytest.raises(ConfigurationError) as caught:
        custom_certificate(url)
    assert caught.value.code == LOOPBACK_URL


@pytest.mark.parametrize("host", ["128.0.0.1", "10.0.0.1", "[::2.3.4.5]", "localhost.example.org",
                                  "mylocalhost", "127.0.0.1.example.org", "[2001:db8::1]"])
def test_what_resembles_this_machine_is_not_refused_for_it(host):
    assert custom(f"https://{host}/", f"https://{host}/").name == "custom"


@pytest.mark.parametrize(
    "host", ["api.aife.economie.gouv.fr", "sandbox-oauth.aife.economie.gouv.fr",
             "API.AIFE.economie.gouv.fr.", "aife.economie.gouv.fr"]
)
def test_the_former_hosts_of_the_gateway_are_refused(host):
    url, elsewhere = f"https://{host}:443/cpro/", "https://a.example.org/"
    for make in (
        lambda: custom(url, elsewhere), lambda: custom(elsewhere, url),
        lambda: custom_certificate(url),
    ):
        with pytest.raises(ConfigurationError) as caught:
            make()
        assert (caught.value.code, caught.value.label) == (CLOSED_URL, url)
    # The web site for people is another matter
    assert custom(elsewhere, elsewhere, url).portal_url == url


@pytest.mark.parametrize("host", ["xaife.economie.gouv.fr", "aife.economie.gouv.fr.example.org",
                                  "economie.gouv.fr", "api.piste.gouv.fr"])
def test_what_resembles_the_former_hosts_is_not_refused(host):
    assert custom(f"https://{host}/", f"https://{host}/").name == "custom"


@pytest.mark.parametrize("url", ["https://127%2e0.0.1/", "https://a\\b.example.org/"])
def test_a_host_that_every_program_reads_differently_is_refused(url):
    with pytest.raises(ConfigurationError) as caught:
        custom(url, url)
    assert caught.value.code == INVALID_URL


@pytest.mark.parametrize(
    "url",
    [
        "http://chorus.example.org/",
        "http://127.0.0.1.example.org/",
        "http://localhost.example.org/",
        "http://10.0.0.1/",
        "http://[::2]/",
    ],
)
def test_plain_http_to_another_machine_is_refused(url):
    for addresses in ((url, "https://a.example.org/"), ("https://a.example.org/", url)):
        with pytest.raises(ConfigurationError) as caught:
            custom(*addresses, allow_loopback=True)
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


@pytest.mark.parametrize(
    "url", ["https://me:hunter22@gw.example.org/", "https://me@gw.example.org/", "https://@gw/"]
)
def test_an_address_with_a_user_says_what_is_wrong(url):
    with pytest.raises(ConfigurationError) as caught:
        custom("https://gw.example.org/token", url)
    assert caught.value.code == URL_WITH_CREDENTIALS
    assert "hunter22" not in caught.value.label and "me" not in caught.value.label


@pytest.mark.parametrize(
    "path",
    ["cpro/factures/v1/soumettre", "cpro/structures/v1/", "cpro/transverses", "x/factures/deposer"],
)
def test_the_address_of_an_operation_is_not_that_of_the_api(path):
    for make in (lambda url: custom("https://gw.example.org/token", url), custom_certificate):
        with pytest.raises(ConfigurationError) as caught:
            make(f"https://gw.example.org/{path}")
        assert caught.value.code == URL_OF_OPERATION


@pytest.mark.parametrize("path", ["cpro/", "gateway/v1/chorus", "mes-factures/cpro", ""])
def test_a_gateway_may_have_a_path_of_its_own(path):
    made = custom("https://gw.example.org/token", f"https://gw.example.org/{path}")
    assert made.api_url.startswith("https://gw.example.org/") and made.api_url.endswith("/")


@pytest.mark.parametrize("around", [" ", "\t\r\n", "\u00a0", "\u200b", " \ufeff\u2060 "])
def test_what_copying_leaves_around_an_address_is_taken_away(around):
    made = custom(f"{around}https://gw.example.org/token{around}", f"https://gw/{around}")
    assert (made.token_url, made.api_url) == ("https://gw.example.org/token", "https://gw/")


def test_a_name_is_not_this_machine_because_it_resembles_it():
    assert is_loopback("127.255.0.1")
    assert not is_loopback("127.1")
    assert not is_loopback("localhost.")


@pytest.mark.parametrize(
    "older, newer, base",
    [
        (CERTIFICATE_QUALIFICATION, QUALIFICATION, "service-qualif"),
        (CERTIFICATE_PRODUCTION, PRODUCTION, "service"),
    ],
)
def test_the_older_access_has_the_same_names_and_no_tokens(older, newer, base):
    assert (older.name, older.portal_url) == (newer.name, newer.portal_url)
    assert older.token_url is None
    assert older.api_url == f"https://chorus-pro.gouv.fr:5443/{base}/"


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_the_older_access_has_the_same_paths_without_their_version(operation):
    family, version, rest = operation.path.split("/", 2)
    assert version == "v1"
    assert QUALIFICATION.address(operation) == QUALIFICATION.api_url + operation.path
    assert CERTIFICATE_QUALIFICATION.address(operation) == (
        f"https://chorus-pro.gouv.fr:5443/service-qualif/{family}/{rest}"
    )


def test_an_older_access_of_ones_own_gets_its_slash_and_loses_blanks():
    made = custom_certificate(" https://gw.example.org/service ", "https://gw.example.org/")
    assert made == Environment(
        "custom", None, "https://gw.example.org/service/", "https://gw.example.org/"
    )


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "gw.example.org"])
def test_a_certificate_is_never_promised_over_plain_http(host):
    with pytest.raises(ConfigurationError) as caught:
        custom_certificate(f"http://{host}/service/", allow_loopback=True)
    assert caught.value.code == INSECURE_URL
