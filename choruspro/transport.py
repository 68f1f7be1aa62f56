# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""HTTP: who is called how long, what is tried again, and what a broken exchange means.

Queries and token requests are repeated at once, a few times, when the connection breaks or a
gateway in between answers 502, 503 or 504. Uploads, deposits and actions are repeated only when
no connection could be made, so nothing reached anyone. Longer waits belong to the caller.

Nothing is taken from the process' environment except, when no proxies are given, its proxy
variables (HTTPS_PROXY, NO_PROXY…): a .netrc file would replace our Authorization header.
Redirections are not followed. A transport belongs to one thread.
"""

import logging
import os
import re
import ssl
import time
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies
from urllib3 import exceptions as urllib3_errors
from urllib3.connection import CertificateError as WrongName
from urllib3.util.retry import Retry

from . import errors, wire
from .environment import is_loopback
from .operations import Kind

_logger = logging.getLogger(__name__)

GATEWAY_FAILURES = (502, 503, 504)
# What OpenSSL says when it receives one of these alerts
_CERTIFICATE_ALERT = re.compile(
    r"alert ((?:bad|unsupported) certificate|certificate [a-z]+|unknown ca|access denied)\b"
)
QUERY_RETRIES = 3
CONNECT_RETRIES = 2


@dataclass(frozen=True)
class Timeouts:
    """Seconds to wait for a connection, and for the answer to a query or to a file."""

    connect: float = 10
    query: float = 30
    deposit: float = 120


@dataclass(frozen=True)
class HttpAnswer:
    """An HTTP answer as received: status, headers (names without regard to case), body."""

    status: int
    headers: requests.structures.CaseInsensitiveDict
    body: bytes

    @cached_property
    def data(self):
        """The JSON object in the body, or None when it holds no such thing."""
        try:
            data = wire.decode(self.body)
        except ValueError:
            return None
        return data if isinstance(data, dict) else None

    @cached_property
    def return_code(self):
        """``codeRetour`` as an int, or None when absent or not a whole number."""
        value = (self.data or {}).get("codeRetour")
        if isinstance(value, bool) or not isinstance(value, (int, Decimal, str)):
            return None
        digits = re.fullmatch(r"(-?\d{1,10})(\.0*)?", str(value).strip())
        return int(digits[1]) if digits else None


class _TimedAdapter(HTTPAdapter):
    """Sets the time-outs itself: given to the session, a pair of them trips Odoo's test guard."""

    def __init__(self, retries, timeout):
        self._timeout = timeout
        super().__init__(max_retries=retries)

    def send(self, request, stream=False, timeout=None, verify=True, cert=None, proxies=None):
        return super().send(request, stream, self._timeout, verify, cert, proxies)


class _CertificateAdapter(_TimedAdapter):
    """Connects with a given ssl.SSLContext, through a proxy too; it alone says who is trusted.

    requests 2.32.0 to 2.32.2 use a context of their own instead: the server misses the certificate.
    """

    def __init__(self, retries, timeout, ssl_context):
        self._ssl_context = ssl_context
        if urllib3.__version__.startswith("1."):
            # It does not tell OpenSSL a server's name that is an IP address, so it cannot leave the
            # check of names to it: without this it makes the check itself, for all names.
            ssl_context.check_hostname = False
        super().__init__(retries, timeout)

    def init_poolmanager(self, *sizes, **options):
        super().init_poolmanager(*sizes, ssl_context=self._ssl_context, **options)

    def proxy_manager_for(self, proxy, **options):
        return super().proxy_manager_for(proxy, ssl_context=self._ssl_context, **options)

    def cert_verify(self, conn, url, verify, cert):
        """Adds no authority to those of the context, which always verifies."""


class HttpTransport:
    """Sends requests and gives back answers, whatever their status.

    user_agent: how to call ourselves. proxies: like {"https": "http://proxy:3128"}; None takes the
    environment's, {} none. This machine is always called directly. ca_bundle: path of the trusted
    authorities in PEM, instead of those of the package certifi; certificates are always verified.
    ssl_context: an ssl.SSLContext with a client certificate and the trusted authorities, instead of
    ca_bundle: see tls.client_ssl_context.
    backoff: seconds, doubled at each repetition of a query.
    """

    def __init__(
        self,
        user_agent,
        *,
        proxies=None,
        ca_bundle=None,
        ssl_context=None,
        timeouts=None,
        backoff=0.3,
    ):
        if ca_bundle and ssl_context:
            raise ValueError("ca_bundle and ssl_context both say who is trusted: give one")
        if ca_bundle:
            _require_authorities(ca_bundle)
        self._proxies = proxies
        timeouts = timeouts or Timeouts()
        query = Retry(
            total=QUERY_RETRIES,
            read=1,
            redirect=0,
            other=0,
            allowed_methods=None,  # any method: our queries are POST too
            status_forcelist=GATEWAY_FAILURES,
            backoff_factor=backoff,
            raise_on_status=False,
            respect_retry_after_header=False,
        )
        careful = Retry(
            total=CONNECT_RETRIES,
            connect=CONNECT_RETRIES,
            read=0,
            redirect=0,
            status=0,
            other=0,
            allowed_methods=None,
            backoff_factor=backoff,
            raise_on_status=False,
            respect_retry_after_header=False,
        )
        self._sessions = {
            Kind.QUERY: _session(
                query, (timeouts.connect, timeouts.query), user_agent, ca_bundle, ssl_context
            )
        }
        once = _session(
            careful, (timeouts.connect, timeouts.deposit), user_agent, ca_bundle, ssl_context
        )
        self._sessions.update(dict.fromkeys((Kind.UPLOAD, Kind.DEPOSIT, Kind.ACTION), once))

    def send(self, operation, url, headers, body):
        """POST ``body`` and give the HttpAnswer.

        operation: an Operation, which says what may be repeated. body: bytes, or a binary file of
        the system, sent from its start with its length, never in chunks. Raises ConfigurationError,
        UnavailableError, or UnknownOutcomeError for what leaves a doubt, when there is no answer.
        """
        started = time.monotonic()
        size = len(body) if isinstance(body, bytes) else _rewound(body)
        proxies = self._proxies_for(url)
        try:
            response = self._sessions[operation.kind].post(
                url,
                data=body,
                headers=headers,
                proxies=proxies,
                allow_redirects=False,
            )
        except (requests.RequestException, urllib3_errors.HTTPError, OSError) as failure:
            # The cause is not chained: its text may hold the address with the proxy's password.
            error = _broken(operation, failure, bool(proxies))
            _logger.debug(
                "%s: no answer (%s), %d bytes sent, %d ms",
                operation,
                error.code,
                size,
                _milliseconds(started),
            )
            raise error from None
        answer = HttpAnswer(response.status_code, response.headers, response.content)
        _logger.debug(
            "%s: HTTP %d, codeRetour %s, %d bytes sent, %d received, %d ms",
            operation,
            answer.status,
            answer.return_code,
            size,
            len(answer.body),
            _milliseconds(started),
        )
        return answer

    def close(self):
        for session in self._sessions.values():
            session.close()

    def _proxies_for(self, url):
        if is_loopback(urlsplit(url).hostname):
            return {}
        return get_environ_proxies(url) if self._proxies is None else self._proxies


def _rewound(file):
    """The size of a file, which is put back to its start: it may be sent a second time."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    return size


def _session(retries, timeout, user_agent, ca_bundle, ssl_context):
    session = requests.Session()
    session.trust_env = False
    session.headers["User-Agent"] = user_agent
    session.verify = ca_bundle or True
    if ssl_context is None:
        session.mount("https://", _TimedAdapter(retries, timeout))
    else:
        session.mount("https://", _CertificateAdapter(retries, timeout, ssl_context))
    session.mount("http://", _TimedAdapter(retries, timeout))
    return session


def _require_authorities(path):
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
    except OSError:
        raise errors.ConfigurationError(errors.CA_BUNDLE_UNREADABLE, label=path) from None


def _milliseconds(started):
    return round((time.monotonic() - started) * 1000)


def _broken(operation, failure, through_proxy):
    """What a failed exchange means for this operation."""
    causes = list(_causes(failure))
    if isinstance(failure, (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema)):
        # Our own address was checked before: with a proxy, it is the proxy's that is wrong.
        code = errors.INVALID_PROXY if through_proxy else errors.INVALID_URL
        return errors.ConfigurationError(code, operation=operation)
    if any(isinstance(cause, (ssl.SSLCertVerificationError, WrongName)) for cause in causes):
        return errors.ConfigurationError(errors.TLS_UNTRUSTED, operation=operation)
    alert = _certificate_alert(causes)
    if alert:
        return errors.CertificateError(errors.CERTIFICATE_REFUSED, operation=operation, label=alert)
    tunnel = next((str(cause) for cause in causes if "Tunnel connection failed" in str(cause)), "")
    if " 403 " in tunnel or " 407 " in tunnel:
        return errors.ConfigurationError(errors.PROXY_REFUSED, operation=operation)
    if tunnel or any(isinstance(cause, urllib3_errors.ConnectTimeoutError) for cause in causes):
        return errors.UnavailableError(errors.CONNECTION_FAILED, operation=operation)
    timed_out = (requests.exceptions.ReadTimeout, urllib3_errors.ReadTimeoutError)
    code = (
        errors.ANSWER_TIMEOUT
        if any(isinstance(cause, timed_out) for cause in causes)
        else errors.ANSWER_LOST
    )
    if operation.kind.leaves_doubt:
        return errors.UnknownOutcomeError(code, operation=operation)
    return errors.UnavailableError(code, operation=operation)


def _certificate_alert(causes):
    """The words of a TLS alert about our certificate, or "".

    With TLS 1.3 it is read where the answer should be, after the request was sent. Still nothing
    was delivered, not even by a deposit: a server sends these alerts only instead of finishing the
    handshake, and hands no request on before (RFC 8446, 4.4.2 and 6.2). Any other end of the
    connection proves nothing.
    """
    for cause in causes:
        if isinstance(cause, ssl.SSLError):
            found = _CERTIFICATE_ALERT.search(str(cause))
            if found:
                return found[1]
    return ""


def _causes(failure):
    """The failure and what it wraps, through requests and urllib3.

    Not __context__: that of a repetition could be the failure of the attempt before it.
    """
    waiting, seen = [failure], set()
    while waiting:
        cause = waiting.pop()
        if not isinstance(cause, BaseException) or id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        waiting += [
            *cause.args,
            getattr(cause, "reason", None),
            getattr(cause, "original_error", None),
        ]
