# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Where Chorus Pro is: the addresses for qualification, production or a copy; and the proxy on the
way there.

Since 2021 the national platform is reached through the gateway PISTE only (AIFE notice). The older
access, by client certificate, has addresses without tokens; some gateways still require it.
"""

import ipaddress
import re
import socket
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

from . import errors
from .errors import ConfigurationError

# What a text editor or a web page adds around a copied address, besides blanks
_INVISIBLE = "\u200b\u2060\ufeff"
_NAMES_OF_THIS_MACHINE = frozenset(
    "localhost localhost.localdomain localhost4 localhost6 ip6-localhost ip6-loopback".split()
)
_FORMER_DOMAIN = "aife.economie.gouv.fr"
_THIS_NETWORK = ipaddress.ip_network("0.0.0.0/8")  # which Linux takes for this machine
# How the path of an operation begins, below the address of the API
_OPERATION = re.compile(r"/(factures|structures|transverses|utilisateurs|engagementsJuridiques)/")


@dataclass(frozen=True)
class Environment:
    """The addresses of one Chorus Pro.

    :raises ConfigurationError: an address is not a URL (`invalid_url`), holds a password
        (`url_with_credentials`), is that of an operation (`url_of_operation`), names this machine
        (`loopback_url`) unless it is allowed, or is plain HTTP (`insecure_url`): with tokens, to
        another machine; or operations are called at a host that is closed (`closed_url`)
    """

    name: str  # "qualification", "production" or "custom"
    token_url: str | None  # for OAuth 2 tokens; None for the access by client certificate
    api_url: str  # base of the operations, ends with "/"
    portal_url: str = ""  # the web site for people, or ""
    allow_loopback: bool = False

    def __post_init__(self):
        if self.token_url is not None:
            require_safe_url(self.token_url, self.allow_loopback)
        require_safe_url(self.api_url, self.allow_loopback)
        if self.portal_url:
            require_safe_url(self.portal_url, self.allow_loopback)
        if self.token_url is None and urlsplit(self.api_url).scheme != "https":
            # Plain HTTP presents no certificate
            raise ConfigurationError(errors.INSECURE_URL, label=self.api_url)
        if not self.api_url.endswith("/"):
            object.__setattr__(self, "api_url", self.api_url + "/")
        for url in filter(None, (self.token_url, self.api_url)):
            if _is_closed(urlsplit(url).hostname):
                raise ConfigurationError(errors.CLOSED_URL, label=url)
        if _OPERATION.search(urlsplit(self.api_url).path):
            raise ConfigurationError(errors.URL_OF_OPERATION, label=self.api_url)

    def address(self, operation):
        """The URL of an Operation. The older access has the same paths without their version."""
        path = operation.path if self.token_url else operation.path.replace("/v1/", "/", 1)
        return self.api_url + path


def custom(token_url, api_url, portal_url="", *, allow_loopback=False):
    """An environment with custom addresses, such as those of a gateway in front of Chorus Pro.

    :param allow_loopback: accept this machine, as a local gateway or a test requires; then plain
        HTTP too, as 127.0.0.0/8, ::1 or localhost. Otherwise nobody can make the server call itself
    """
    urls = map(normalised_url, (token_url, api_url, portal_url))
    return Environment("custom", *urls, allow_loopback)


def custom_certificate(api_url, portal_url="", *, allow_loopback=False):
    """The same for the access by client certificate; https only."""
    urls = map(normalised_url, (api_url, portal_url))
    return Environment("custom", None, *urls, allow_loopback)


def normalised_url(address):
    """The address without the blanks and invisible characters that copying adds around it."""
    return address.strip().strip(_INVISIBLE).strip()


def require_safe_url(url, allow_loopback=False):
    """Check that a URL is https to another machine. User names, passwords, queries and fragments
    are refused: the addresses are shown and logged.

    :param allow_loopback: https and http to this machine are accepted too
    :raises ConfigurationError: see Environment
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname
        parts.port  # noqa: B018 (reading it checks it)
    except ValueError:
        host = None
    if not host or any(not 0x20 < ord(character) < 0x7F for character in url):
        raise ConfigurationError(errors.INVALID_URL, label=_without_user(url))
    if "@" in parts.netloc:
        raise ConfigurationError(errors.URL_WITH_CREDENTIALS, label=_without_user(url))
    is_web = parts.scheme in ("https", "http")
    if not is_web or parts.query or parts.fragment or "%" in host or "\\" in url:
        raise ConfigurationError(errors.INVALID_URL, label=_without_user(url))
    if not allow_loopback and _leads_here(host):
        raise ConfigurationError(errors.LOOPBACK_URL, label=url)
    if parts.scheme == "http" and not is_loopback(host):
        raise ConfigurationError(errors.INSECURE_URL, label=url)


def _is_closed(host):
    """Whether this is one of the gateway's former hosts, which redirect nowhere (notice of PISTE,
    reported by clients in May 2024)."""
    name = host.rstrip(".")
    return name == _FORMER_DOMAIN or name.endswith(f".{_FORMER_DOMAIN}")


def is_loopback(host):
    """Whether ``host`` (name or address, without brackets) is a usual name of this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _leads_here(host):
    """Whether a call would reach this machine, however it is written: 127.1, 2130706433, 0x7f.1,
    0.0.0.0, ::ffff:127.0.0.1, localhost."""
    name = host.rstrip(".")
    if name in _NAMES_OF_THIS_MACHINE or name.endswith(".localhost"):
        return True
    address = _address(name)
    if address is None:
        return False
    if address.version == 6 and int(address) >> 32 in (0, 0xFFFF) and int(address) > 1:
        address = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)  # the one inside
    return address.is_loopback or address.is_unspecified or address in _THIS_NETWORK


def _address(name):
    """The IP address that a name is, however it is written, or None."""
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        try:
            return ipaddress.IPv4Address(socket.inet_aton(name))
        except OSError:
            return None


def _without_user(url):
    """The address without what may be a password in front of an @ or after a ?."""
    return url.rpartition("@")[2].partition("?")[0]


# Hosts as clients use them today.
QUALIFICATION = Environment(
    "qualification",
    "https://sandbox-oauth.piste.gouv.fr/api/oauth/token",
    "https://sandbox-api.piste.gouv.fr/cpro/",
    "https://qualif.chorus-pro.gouv.fr/",
)
PRODUCTION = Environment(
    "production",
    "https://oauth.piste.gouv.fr/api/oauth/token",
    "https://api.piste.gouv.fr/cpro/",
    "https://portail.chorus-pro.gouv.fr/",
)
# The older access, as clients used it until 2021.
CERTIFICATE_QUALIFICATION = Environment(
    "qualification",
    None,
    "https://chorus-pro.gouv.fr:5443/service-qualif/",
    QUALIFICATION.portal_url,
)
CERTIFICATE_PRODUCTION = Environment(
    "production", None, "https://chorus-pro.gouv.fr:5443/service/", PRODUCTION.portal_url
)


@dataclass(frozen=True, repr=False)
class Proxy:
    """The proxy between us and Chorus Pro. Its text never shows the password."""

    address: str  # like http://proxy.example.org:3128, without a password
    login: str = ""
    password: str = ""

    @property
    def proxies(self):
        """What HttpTransport takes; it holds the password."""
        scheme, _, host = self.address.partition("://")
        user = _quoted(self.login) + (f":{_quoted(self.password)}" if self.password else "")
        url = f"{scheme}://{user}@{host}" if user else self.address
        return {"http": url, "https": url}

    def __repr__(self):
        return f"Proxy({self.address}, login={self.login}, password={'***' * bool(self.password)})"


def read_proxy(address, login="", password=""):
    """The Proxy that was typed: the address may lack http://, and may hold login and password, to
    which those typed separately are preferred.

    :raises ConfigurationError: `invalid_proxy`, it has no host, an invalid port, a path, or another
        scheme than http and https
    """
    text = normalised_url(address)
    if "://" not in text:
        text = f"http://{text}"
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ConfigurationError(errors.INVALID_PROXY) from None
    user, has_user, place = parts.netloc.rpartition("@")
    beyond = parts.path.strip("/") or parts.query or parts.fragment
    is_plain = all(0x20 < ord(character) < 0x7F for character in place)
    if parts.scheme not in ("http", "https") or not host or beyond or not is_plain or port == 0:
        raise ConfigurationError(errors.INVALID_PROXY, label="" if "@" in text else place)
    if has_user and not login:
        login, _, given = user.partition(":")
        login, password = unquote(login), password or unquote(given)
    return Proxy(f"{parts.scheme}://{place}", login.strip(), password)


def _quoted(text):
    """For UTF-8, as other programs send it: the library sends Latin-1."""
    return quote(text.encode().decode("latin-1"), safe="")
