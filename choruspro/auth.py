# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Who calls, and the right to call: a PISTE token (OAuth 2, client credentials) and the technical
account; in the older access, the account with a client certificate.

A token lives one hour and is shared: its store lets only one of many workers renew it.
"""

import base64
import logging
import random
import re
import threading
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from urllib.parse import urlencode

from . import errors, verdict
from .operations import Kind, Operation
from .redaction import secret_forms

_logger = logging.getLogger(__name__)

FRESH_MARGIN = 120.0
TOKEN_RETRIES = 2
TOKEN = Operation("token", "", Kind.QUERY)
_FORM_HEADERS = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}


@dataclass(frozen=True, repr=False)
class PisteCredentials:
    """The application declared on PISTE: the *client id* and *client secret* of its OAuth tab."""

    client_id: str
    client_secret: str

    def __repr__(self):
        return f"PisteCredentials(client_id={self.client_id[:4]}…, client_secret=***)"


@dataclass(frozen=True, repr=False)
class TechnicalAccount:
    """The technical account of a structure on Chorus Pro, like TECH_1_123456@cpro.fr."""

    login: str
    password: str

    @property
    def header(self):
        """Value of the header `cpro-account`, and of HTTP Basic in the older access: base64 of
        UTF-8 "login:password", on one line."""
        return base64.b64encode(f"{self.login}:{self.password}".encode()).decode("ascii")

    @property
    def secrets(self):
        """What of it must never be shown."""
        return self.password, f"{self.login}:{self.password}", self.header

    def __repr__(self):
        return f"TechnicalAccount(login={self.login}, password=***)"


@dataclass(frozen=True)
class Token:
    """A bearer token, and when it ends (aware, UTC)."""

    value: str = field(repr=False)
    expires_at: datetime

    def is_fresh(self, now, margin=FRESH_MARGIN):
        """Whether it is valid for ``margin`` seconds after ``now`` (aware)."""
        return now + timedelta(seconds=margin) < self.expires_at


class MemoryTokenStore:
    """A store for one process: threads share the token."""

    def __init__(self):
        self._lock = threading.Lock()
        self._token = None

    def get(self):
        return self._token

    def renew(self, stale, fetch):
        with self._lock:
            token = self._token
            if token is None or token == stale or not token.is_fresh(_now()):
                self._token = token = fetch()
            return token


class PisteAuth:
    """Gives the headers of a call, with a token from the store or a new one.

    :param credentials: PisteCredentials
    :param account: TechnicalAccount
    :param store: where the token is kept between calls and workers, by default in memory: ``get()``
        gives a Token or None; ``renew(stale, fetch)`` a Token other than ``stale``, that of
        ``fetch()`` unless the stored one is fresh, for one caller at a time
    """

    def __init__(self, credentials, account, store=None):
        self._credentials = credentials
        self._account = account
        self._store = store or MemoryTokenStore()

    def token(self, transport, token_url):
        """A fresh Token, fetched from ``token_url`` when the store has none.

        :raises CredentialsError: PISTE does not know the application
        :raises ConfigurationError: the address, the proxy or the request is wrong
        :raises RateLimitedError: too many calls
        :raises UnavailableError: no usable answer
        """
        token = self._store.get()
        if token is not None and token.is_fresh(_now()):
            return token
        return self.renewed(transport, token_url, token)

    def renewed(self, transport, token_url, stale):
        """A Token to use instead of ``stale``, which the gateway refused or which has ended."""
        return self._store.renew(stale, lambda: self._fetch(transport, token_url))

    def proven(self, transport, token_url):
        """A new Token from the present credentials, although the store may hold a good one."""
        return self.renewed(transport, token_url, self._store.get())

    def headers(self, token):
        return {"Authorization": f"Bearer {token.value}", "cpro-account": self._account.header}

    def secrets(self, token=None):
        """All texts that must never be shown, in all their forms."""
        return secret_forms(
            self._credentials.client_secret, *self._account.secrets, token.value if token else ""
        )

    def _fetch(self, transport, token_url):
        """A new token. PISTE refuses good credentials now and then (observed by clients): a
        refusal counts only when it is repeated."""
        form = {
            "grant_type": "client_credentials",
            "client_id": self._credentials.client_id,
            "client_secret": self._credentials.client_secret,
            "scope": "openid",
        }
        body = urlencode(form).encode("ascii")
        for attempt in range(TOKEN_RETRIES + 1):
            answer = transport.send(TOKEN, token_url, _FORM_HEADERS, body, self.secrets())
            if not _refuses_client(answer) or attempt == TOKEN_RETRIES:
                return self._read(answer)
            _logger.info("%s: refused, asking again", TOKEN)
            self._sleep(self._pause(attempt))

    def _read(self, answer):
        data = answer.data or {}
        if answer.status == 200 and answer.data is not None:
            seconds = data.get("expires_in")
            value = data.get("access_token")
            if _is_token(value) and _is_lifetime(seconds):
                return Token(value, _now() + timedelta(seconds=int(seconds)))
        facts = {
            "operation": TOKEN,
            "http_status": answer.status,
            "label": verdict.reason(answer, self.secrets()) if answer.status != 200 else "",
        }
        if answer.is_proxy_page and 400 <= answer.status < 500:
            raise errors.ConfigurationError(errors.PROXY_PAGE, **facts)
        if answer.status == 200:
            code = errors.PROXY_PAGE if answer.is_proxy_page else errors.UNREADABLE_ANSWER
            raise errors.UnavailableError(code, **facts)
        if _refuses_client(answer):
            raise errors.CredentialsError(errors.INVALID_CLIENT, **facts)
        if answer.status in (404, 405):
            raise errors.ConfigurationError(errors.ENDPOINT_NOT_FOUND, **facts)
        if 300 <= answer.status < 400:
            raise errors.ConfigurationError(errors.REDIRECTED, **facts)
        wait = verdict.retry_after(answer)
        if answer.status == 429:
            raise errors.RateLimitedError(errors.RATE_LIMITED, retry_after=wait, **facts)
        if 400 <= answer.status < 500 and answer.status != 408:
            raise errors.ConfigurationError(errors.TOKEN_REFUSED, **facts)
        raise errors.UnavailableError(errors.SERVER_ERROR, retry_after=wait, **facts)

    def _pause(self, attempt):
        """Seconds before the next try: about 1, then about 2, so that workers do not coincide."""
        return (attempt + 1) * random.uniform(0.7, 1.3)

    def _sleep(self, seconds):
        time.sleep(seconds)


class CertificateAuth:
    """The right to call by the older access, in place of PisteAuth: TLS shows the certificate, HTTP
    Basic the account. The certificate itself belongs to the connection: see tls.py.

    The national platform closed it in 2021 (AIFE notice); gateways in front of it still require it.

    :param account: TechnicalAccount
    """

    def __init__(self, account):
        self._account = account

    def token(self, _transport, _token_url):
        """None: there is no token, and none to renew."""

    def proven(self, _transport, _token_url):
        """None: only a call can prove the certificate and the account."""

    def headers(self, _token):
        return {"Authorization": f"Basic {self._account.header}"}

    def secrets(self, _token=None):
        """See PisteAuth."""
        return secret_forms(*self._account.secrets)


def _refuses_client(answer):
    """An unknown client id and a wrong secret give the same HTTP 400 (observed by clients)."""
    if answer.status == 401:
        return not answer.is_proxy_page
    return answer.status == 400 and (answer.data or {}).get("error") in (
        "invalid_client",
        "unauthorized_client",
    )


def _is_token(value):
    return isinstance(value, str) and re.fullmatch(r"[\x21-\x7e]{1,8192}", value) is not None


def _is_lifetime(seconds):
    return re.fullmatch(r"\d{1,7}", str(seconds)) is not None and int(seconds) > 0


def _now():
    return datetime.now(timezone.utc)
