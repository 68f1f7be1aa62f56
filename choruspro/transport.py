# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""HTTP: time-outs, repetitions, proxies, and the record of each exchange.

Queries and token requests are repeated at once, a few times, when the connection breaks or a
gateway in between answers 502, 503 or 504. Uploads, deposits and actions are repeated only when
no connection could be made, so nothing reached anyone. Longer waits belong to the caller.

Nothing comes from the process' environment except, when no proxies are given, its proxy variables
(HTTPS_PROXY, NO_PROXY…): a .netrc file would replace our Authorization header. Redirections are not
followed. A transport belongs to one thread.
"""

import logging
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies, select_proxy
from urllib3 import exceptions as urllib3_errors
from urllib3.util.retry import Retry

from . import errors, verdict
from .environment import is_loopback
from .exchange import record
from .http_answer import ENCODINGS, POOLS, AnswerTooLarge, HttpAnswer, read_body
from .operations import Kind
from .verdict import broken, lost

_logger = logging.getLogger(__name__)

GATEWAY_FAILURES = (502, 503, 504)
QUERY_RETRIES = 3
CONNECT_RETRIES = 2


@dataclass(frozen=True)
class Timeouts:
    """Seconds to wait for a connection, and for the answer to a query or to a file: for each part
    of it, and twice as long for the whole."""

    connect: float = 10
    query: float = 30
    deposit: float = 120
    # For the answer to some operations, by their key, instead of these
    operations: Mapping[str, float] = field(default_factory=dict)

    def of(self, operation):
        """Seconds for the connection and for the answer of an Operation."""
        usual = self.query if operation.kind is Kind.QUERY else self.deposit
        return self.connect, self.operations.get(operation.key, usual)


class _TimedAdapter(HTTPAdapter):
    """Sets the time-outs itself: given to the session, a pair of them trips Odoo's test guard. Its
    answers are bounded: see http_answer.py."""

    timeout = None  # those of the next request

    def __init__(self, retries):
        super().__init__(max_retries=retries)

    def send(self, request, stream=False, timeout=None, verify=True, cert=None, proxies=None):
        return super().send(request, stream, self.timeout, verify, cert, proxies)

    def init_poolmanager(self, *sizes, **options):
        super().init_poolmanager(*sizes, **options)
        self.poolmanager.pool_classes_by_scheme = POOLS

    def proxy_manager_for(self, proxy, **options):
        manager = super().proxy_manager_for(proxy, **options)
        if not proxy.lower().startswith("socks"):  # it has other pools
            manager.pool_classes_by_scheme = POOLS
        return manager


class _CertificateAdapter(_TimedAdapter):
    """Connects with a given ssl.SSLContext, also through a proxy; it alone decides who is trusted.

    requests 2.32.0 to 2.32.2 use another context instead: the server gets no certificate.
    """

    def __init__(self, retries, ssl_context):
        self._ssl_context = ssl_context
        if urllib3.__version__.startswith("1."):
            # It gives OpenSSL no server name that is an IP address, so OpenSSL cannot check names:
            # without this urllib3 checks all names itself.
            ssl_context.check_hostname = False
        super().__init__(retries)

    def init_poolmanager(self, *sizes, **options):
        super().init_poolmanager(*sizes, ssl_context=self._ssl_context, **options)

    def proxy_manager_for(self, proxy, **options):
        return super().proxy_manager_for(proxy, ssl_context=self._ssl_context, **options)

    def cert_verify(self, conn, url, verify, cert):
        """Adds no authority to those of the context, which always verifies."""


class HttpTransport:
    """Sends requests and returns their answers, whatever the status. This machine is always called
    directly, servers are always verified.

    :param proxies: like {"https": "http://proxy:3128"}; None for the environment's, {} for none
    :param ssl_context: an ssl.SSLContext with the trusted authorities, instead of those of certifi,
        and perhaps a client certificate: see tls.py
    :param backoff: seconds, doubled at each repetition of a query
    :param on_exchange: called after each exchange, answered or not, with its Exchange, in which
        nothing is secret. Its errors are only logged: a received answer counts, even when it could
        not be recorded
    :param gate: the rate limit that all calls by a connection share: ``enter(operation)`` returns
        when a call may be made, or raises RateLimitedError or UnavailableError before anything is
        sent; ``limited(retry_after)`` takes note of HTTP 429, and raises nothing
    """

    def __init__(self, user_agent, *, proxies=None, ssl_context=None, timeouts=None, backoff=0.3,
                 on_exchange=None, gate=None):
        self._proxies = proxies
        self._timeouts = timeouts or Timeouts()
        self._on_exchange = on_exchange
        self._gate = gate
        usual = {
            "redirect": 0, "other": 0, "backoff_factor": backoff,
            "allowed_methods": None,  # any method: our queries are POST too
            "raise_on_status": False, "respect_retry_after_header": False,
        }
        query = Retry(total=QUERY_RETRIES, read=1, status_forcelist=GATEWAY_FAILURES, **usual)
        careful = Retry(total=CONNECT_RETRIES, connect=CONNECT_RETRIES, read=0, status=0, **usual)
        self._sessions = {Kind.QUERY: _session(query, user_agent, ssl_context)}
        once = _session(careful, user_agent, ssl_context)
        self._sessions.update(dict.fromkeys((Kind.UPLOAD, Kind.DEPOSIT, Kind.ACTION), once))

    def send(self, operation, url, headers, body, secrets=(), method="POST"):
        """Send a request and return its HttpAnswer.

        :param operation: an Operation, whose kind says what may be repeated
        :param body: bytes, or a binary file of the system, sent from its start with its length,
            never in chunks
        :param secrets: texts to hide in the Exchange, should the answer repeat them
        :raises ConfigurationError, UnavailableError, UnknownOutcomeError: no answer, or an endless
            one
        :raises RateLimitedError: the gate is closed
        """
        if self._gate is not None:
            self._gate.enter(operation)
        began, started = datetime.now(timezone.utc), time.monotonic()
        size = len(body) if isinstance(body, bytes) else _rewound(body)
        try:
            answer, error = self._call(operation, url, headers, body, method), None
        except errors.ChorusProError as failure:
            answer, error = None, failure
        spent = round((time.monotonic() - started) * 1000)
        _logger.debug("%s: %s, %d ms", operation, _outcome(size, answer, error), spent)
        if self._on_exchange is not None:
            facts = {"began": began, "milliseconds": spent, "sent_bytes": size}
            self._record(operation, headers, body, answer, error, secrets, facts)
        if error is not None:
            raise error
        if self._gate is not None and answer.status == 429:
            self._gate.limited(verdict.retry_after(answer))
        return answer

    def _call(self, operation, url, headers, body, method):
        proxies = self._proxies_for(url)
        session = self._sessions[operation.kind]
        try:
            session.get_adapter(url).timeout = self._timeouts.of(operation)
            response = session.request(
                method, url, data=body, headers=headers, proxies=proxies, allow_redirects=False,
                stream=True,
            )
            content = read_body(response)
        except AnswerTooLarge:
            raise lost(errors.ANSWER_TOO_LARGE, operation) from None
        except (requests.RequestException, urllib3_errors.HTTPError, OSError) as failure:
            # The cause is not chained: its text may hold the address with the proxy's password.
            raise broken(operation, failure, bool(proxies)) from None
        through_proxy = bool(select_proxy(url, proxies))
        return HttpAnswer(response.status_code, response.headers, content, through_proxy)

    def _record(self, operation, headers, body, answer, error, secrets, facts):
        try:
            self._on_exchange(record(operation, headers, body, answer, error, secrets, **facts))
        except Exception:
            _logger.exception("%s: its exchange could not be recorded", operation)

    def takes_proxy(self, url):
        """Whether calls to ``url`` go through a proxy."""
        return bool(select_proxy(url, self._proxies_for(url)))

    def close(self):
        for session in self._sessions.values():
            session.close()

    def _proxies_for(self, url):
        if is_loopback(urlsplit(url).hostname):
            return {}
        return get_environ_proxies(url) if self._proxies is None else self._proxies


def _rewound(file):
    """The size of a file, which is rewound: it may be sent a second time."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    return size


def _session(retries, user_agent, ssl_context):
    session = requests.Session()
    session.trust_env = False
    session.headers["User-Agent"] = user_agent
    session.headers["Accept-Encoding"] = ENCODINGS
    # A gateway's cookies would identify the caller, whichever the account
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    plain = _TimedAdapter(retries)
    session.mount("http://", plain)
    session.mount("https://", _CertificateAdapter(retries, ssl_context) if ssl_context else plain)
    return session


def _outcome(size, answer, error):
    if answer is None:
        return f"no answer ({error.code}), {size} bytes sent"
    return (
        f"HTTP {answer.status}, codeRetour {answer.return_code}, {size} bytes sent, "
        f"{len(answer.body)} received"
    )
