# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Where Chorus Pro is: the addresses for qualification, production or a copy.

Since 2021 the national platform is reached through the gateway PISTE only (AIFE notice). The older
access, by client certificate, has addresses without tokens; gateways in front of it still want it.
"""

import ipaddress
import re
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from .errors import (
    INSECURE_URL,
    INVALID_URL,
    LOOPBACK_URL,
    URL_OF_OPERATION,
    URL_WITH_CREDENTIALS,
    ConfigurationError,
)

# What a text editor or a web page leaves around a copied address, beside blanks
_INVISIBLE = "\u200b\u2060\ufeff"
_NAMES_OF_THIS_MACHINE = frozenset(
    "localhost localhost.localdomain localhost4 localhost6 ip6-localhost ip6-loopback".split()
)
_THIS_NETWORK = ipaddress.ip_network("0.0.0.0/8")  # which Linux takes for this machine
# How the path of an operation begins, below the address of the API
_OPERATION = re.compile(r"/(factures|structures|transverses|utilisateurs|engagementsJuridiques)/")


@dataclass(frozen=True)
class Environment:
    """The addresses of one Chorus Pro.

    ``name`` is "qualification", "production" or "custom"; ``token_url`` gives OAuth 2 tokens, None
    is the access by client certificate; ``api_url`` is the base of the operations and ends with
    "/"; ``portal_url`` is the web site for people, or "". Raises ConfigurationError when an address
    is not a URL (`invalid_url`), holds a password (`url_with_credentials`), is that of an operation
    (`url_of_operation`), names this machine (`loopback_url`) unless ``allow_loopback``, or is plain
    HTTP (`insecure_url`): with tokens, to another machine.
    """

    name: str
    token_url: str | None
    api_url: str
    portal_url: str = ""
    allow_loopback: bool = False

    def __post_init__(self):
        if self.token_url is not None:
            require_safe_url(self.token_url, self.allow_loopback)
        require_safe_url(self.api_url, self.allow_loopback)
        if self.portal_url:
            require_safe_url(self.portal_url, self.allow_loopback)
        if self.token_url is None and urlsplit(self.api_url).scheme != "https":
            # Nobody shows a certificate in plain HTTP
            raise ConfigurationError(INSECURE_URL, label=self.api_url)
        if not self.api_url.endswith("/"):
            object.__setattr__(self, "api_url", self.api_url + "/")
        if _OPERATION.search(urlsplit(self.api_url).path):
            raise ConfigurationError(URL_OF_OPERATION, label=self.api_url)

    def address(self, operation):
        """The URL of an Operation. The older access knows the same paths without their version."""
        path = operation.path if self.token_url else operation.path.replace("/v1/", "/", 1)
        return self.api_url + path


def custom(token_url, api_url, portal_url="", *, allow_loopback=False):
    """An environment of one's own: a gateway in front of Chorus Pro, or a simulator.

    allow_loopback: this machine is accepted, as a gateway of its own or a test needs; then plain
    HTTP too, as 127.0.0.0/8, ::1 or localhost. Otherwise nobody makes the server call itself.
    """
    urls = map(tidied, (token_url, api_url, portal_url))
    return Environment("custom", *urls, allow_loopback)


def custom_certificate(api_url, portal_url="", *, allow_loopback=False):
    """An environment of one's own for the access by client certificate; https only."""
    return Environment("custom", None, tidied(api_url), tidied(portal_url), allow_loopback)


def tidied(address):
    """The address without the blanks and invisible characters that copying leaves around it."""
    return address.strip().strip(_INVISIBLE).strip()


def require_safe_url(url, allow_loopback=False):
    """Raise ConfigurationError unless ``url`` is https to another machine.

    allow_loopback: https and http to this very machine are accepted too. User names, passwords,
    queries and fragments are refused: the addresses are shown and logged.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname
        parts.port  # noqa: B018 (reading it checks it)
    except ValueError:
        host = None
    if not host or any(not 0x20 < ord(character) < 0x7F for character in url):
        raise ConfigurationError(INVALID_URL, label=_without_user(url))
    if "@" in parts.netloc:
        raise ConfigurationError(URL_WITH_CREDENTIALS, label=_without_user(url))
    is_web = parts.scheme in ("https", "http")
    if not is_web or parts.query or parts.fragment or "%" in host or "\\" in url:
        raise ConfigurationError(INVALID_URL, label=_without_user(url))
    if not allow_loopback and _leads_here(host):
        raise ConfigurationError(LOOPBACK_URL, label=url)
    if parts.scheme == "http" and not is_loopback(host):
        raise ConfigurationError(INSECURE_URL, label=url)


def is_loopback(host):
    """True when ``host`` (name or address, without brackets) names this very machine, as people
    write it."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _leads_here(host):
    """Whether a call would reach this very machine, in whatever way it is written: 127.1,
    2130706433, 0x7f.1, 0.0.0.0, ::ffff:127.0.0.1, localhost."""
    name = host.rstrip(".")
    if name in _NAMES_OF_THIS_MACHINE or name.endswith(".localhost"):
        return True
    address = _address(name)
    if address is None:
        return False
    if address.version == 6 and int(address) >> 32 in (0, 0xFFFF) and int(address) > 1:
        address = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)  # which stands in the other
    return address.is_loopback or address.is_unspecified or address in _THIS_NETWORK


def _address(name):
    """The IP address that a name is, in whatever way it is written, or None."""
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


# Hosts as clients use them today; the older ones in aife.economie.gouv.fr no longer resolve.
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
    "production",
    None,
    "https://chorus-pro.gouv.fr:5443/service/",
    PRODUCTION.portal_url,
)
