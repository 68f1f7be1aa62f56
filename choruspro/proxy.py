# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The proxy between us and Chorus Pro, as an administrator gives it."""

from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

from .environment import tidied
from .errors import INVALID_PROXY, ConfigurationError


@dataclass(frozen=True, repr=False)
class Proxy:
    """address: like http://proxy.example.org:3128, without a password; login and password may be
    empty. Its text never shows the password."""

    address: str
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
    """The Proxy that was typed: ``address`` may lack http://, and may hold login and password,
    which give way to those typed apart.

    Raises ConfigurationError (`invalid_proxy`): no host, a port that is none, a path, a scheme
    other than http and https.
    """
    text = tidied(address)
    if "://" not in text:
        text = f"http://{text}"
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ConfigurationError(INVALID_PROXY) from None
    user, has_user, place = parts.netloc.rpartition("@")
    beyond = parts.path.strip("/") or parts.query or parts.fragment
    is_plain = all(0x20 < ord(character) < 0x7F for character in place)
    if parts.scheme not in ("http", "https") or not host or beyond or not is_plain or port == 0:
        raise ConfigurationError(INVALID_PROXY, label="" if "@" in text else place)
    if has_user and not login:
        login, _, given = user.partition(":")
        login, password = unquote(login), password or unquote(given)
    return Proxy(f"{parts.scheme}://{place}", login.strip(), password)


def _quoted(text):
    """So that the proxy gets UTF-8, as from other programs: the library sends Latin-1."""
    return quote(text.encode().decode("latin-1"), safe="")
