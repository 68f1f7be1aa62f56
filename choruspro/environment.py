# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Where Chorus Pro is: the addresses for qualification, production or a copy.

Since 2021 the national platform is reached through the gateway PISTE only (AIFE notice). The older
access, by client certificate, has addresses without tokens; gateways in front of it still want it.
"""

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from .errors import (
    INSECURE_URL,
    INVALID_URL,
    URL_OF_OPERATION,
    URL_WITH_CREDENTIALS,
    ConfigurationError,
)

# What a text editor or a web page leaves around a copied address, beside blanks
_INVISIBLE = "\u200b\u2060\ufeff"
# How the path of an operation begins, below the address of the API
_OPERATION = re.compile(r"/(factures|structures|transverses|utilisateurs|engagementsJuridiques)/")


@dataclass(frozen=True)
class Environment:
    """The addresses of one Chorus Pro.

    ``name`` is "qualification", "production" or "custom"; ``token_url`` gives OAuth 2 tokens, None
    is the access by client certificate; ``api_url`` is the base of the operations and ends with
    "/"; ``portal_url`` is the web site for people, or "". Raises ConfigurationError when an address
    is not a URL (`invalid_url`), holds a password (`url_with_credentials`), is that of an operation
    (`url_of_operation`) or is plain HTTP (`insecure_url`): with tokens, to another machine.
    """

    name: str
    token_url: str | None
    api_url: str
    portal_url: str = ""

    def __post_init__(self):
        if self.token_url is not None:
            require_safe_url(self.token_url)
        require_safe_url(self.api_url)
        if self.token_url is None and urlsplit(self.api_url).scheme != "https":
            # Nobody shows a certificate in plain HTTP
            raise ConfigurationError(INSECURE_URL, label=self.api_url)
        if self.portal_url:
            require_safe_url(self.portal_url)
        if not self.api_url.endswith("/"):
            object.__setattr__(self, "api_url", self.api_url + "/")
        if _OPERATION.search(urlsplit(self.api_url).path):
            raise ConfigurationError(URL_OF_OPERATION, label=self.api_url)

    def address(self, operation):
        """The URL of an Operation. The older access knows the same paths without their version."""
        path = operation.path if self.token_url else operation.path.replace("/v1/", "/", 1)
        return self.api_url + path


def custom(token_url, api_url, portal_url=""):
    """An environment of one's own: a gateway in front of Chorus Pro, or a simulator.

    Plain HTTP is accepted towards this machine only (127.0.0.0/8, ::1, localhost).
    """
    return Environment("custom", tidied(token_url), tidied(api_url), tidied(portal_url))


def custom_certificate(api_url, portal_url=""):
    """An environment of one's own for the access by client certificate; https only."""
    return Environment("custom", None, tidied(api_url), tidied(portal_url))


def tidied(address):
    """The address without the blanks and invisible characters that copying leaves around it."""
    return address.strip().strip(_INVISIBLE).strip()


def require_safe_url(url):
    """Raise ConfigurationError unless ``url`` is https, or http to this very machine.

    User names, passwords, queries and fragments are refused: the addresses are shown and logged.
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
    if parts.scheme not in ("https", "http") or parts.query or parts.fragment:
        raise ConfigurationError(INVALID_URL, label=_without_user(url))
    if parts.scheme == "http" and not is_loopback(host):
        raise ConfigurationError(INSECURE_URL, label=url)


def is_loopback(host):
    """True when ``host`` (name or address, without brackets) names this very machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


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
