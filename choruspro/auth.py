# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The right to call: a PISTE token (OAuth 2, client credentials) and the technical account.

A token lives one hour and is shared: ask a TokenStore for it, and let the store see to it that only
one of many workers renews it.
"""

import logging
import random
import re
import threading
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Protocol
from urllib.parse import urlencode

from . import errors, verdict
from .operations import Kind, Operation
from .secret_forms import secret_forms

_logger = logging.getLogger(__name__)

FRESH_MARGIN = 120.0
TOKEN_RETRIES = 2
TOKEN = Operation("token", "", Kind.QUERY)


@dataclass(frozen=True)
class Token:
    """A bearer token, and when it ends (aware, UTC)."""

    value: str = field(repr=False)
    expires_at: datetime

    def is_fresh(self, now, margin=FRESH_MARGIN):
        """True when it is still good for ``margin`` seconds after ``now`` (aware)."""
        return now + timedelta(seconds=margin) < self.expires_at


class TokenStore(Protocol):
    """Where the token is kept between calls, and between workers."""

    def get(self):
        """The stored Token, or None."""

    def renew(self, stale, fetch):
        """A Token other than ``stale`` (a Token or None): the stored one when it is fresh and not
        ``stale``, else what ``fetch()`` gives, stored. One caller at a time; what ``fetch`` raises
        goes through and changes nothing."""


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
    """Gives the headers of a call, from a token taken from ``store`` or fetched.

    credentials: PisteCredentials; account: TechnicalAccount; store: TokenStore, by default one in
    memory.
    """

    def __init__(self, credentials, account, store=None):
        self._credentials = credentials
        self._account = account
        self._store = store or MemoryTokenStore()

    def token(self, transport, token_url):
        """A fresh Token, fetched from ``token_url`` when the store has none.

        Raises CredentialsError, ConfigurationError, RateLimitedError or UnavailableError.
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
        return {
            "Authorization": f"Bearer {token.value}",
            "cpro-account": self._account.header,
        }

    def secrets(self, token=None):
        """All texts that must never be shown, in the forms in which an answer may repeat them."""
        return secret_forms(
            self._credentials.client_secret,
            *self._account.secrets,
            token.value if token else "",
        )

    def _fetch(self, transport, token_url):
        """A new token. PISTE refuses good credentials now and then (observed by clients): a
        refusal counts only when it is repeated."""
        for attempt in range(TOKEN_RETRIES + 1):
            answer = transport.send(
                TOKEN,
                token_url,
                {
                    "Content-Type": "application/x-www-form-urlencoded",
                    "Accept": "application/json",
                },
                urlencode(
                    {
                        "grant_type": "client_credentials",
                        "client_id": self._credentials.client_id,
                        "client_secret": self._credentials.client_secret,
                        "scope": "openid",
                    }
                ).encode("ascii"),
                self.secrets(),
            )
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
        if answer.status == 429:
            raise errors.RateLimitedError(
                errors.RATE_LIMITED, retry_after=verdict.retry_after(answer), **facts
            )
        if 400 <= answer.status < 500 and answer.status != 408:
            raise errors.ConfigurationError(errors.TOKEN_REFUSED, **facts)
        raise errors.UnavailableError(
            errors.SERVER_ERROR, retry_after=verdict.retry_after(answer), **facts
        )

    def _pause(self, attempt):
        """Seconds before the next try: about 1, then about 2; workers must not fall in step."""
        return (attempt + 1) * random.uniform(0.7, 1.3)

    def _sleep(self, seconds):
        time.sleep(seconds)


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
