# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Whether an HTTP answer is a success, or which error it, or the lack of one, means.

Success is ``codeRetour`` 0, never the label: three labels stand for success (AIFE documentation). A
refusal comes with HTTP 200 or with HTTP 400: clients observed both, so both bodies are read.
"""

import re
import ssl
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

import requests
from urllib3 import exceptions as urllib3_errors
from urllib3.connection import CertificateError as WrongName

from . import errors, operations
from .errors import clean_label
from .operations import Kind
from .refusal_wordings import meaning

# The same codeRetour means different things: known ones are keyed by operation.
KNOWN_REFUSALS = {
    # also the answer just after a deposit, before the flow is known (observed by clients)
    (operations.READ_FLOW_REPORT.key, 20001): errors.FLOW_UNKNOWN,
    (operations.DEPOSIT_FLOW.key, 20001): errors.TOO_LARGE,
    (operations.ADD_FILE.key, 20003): errors.TOO_LARGE,
}

# An empty search is codeRetour 20000 (observed on the recipients' search), or 0 with no rows.
_SEARCHES = (
    operations.SEARCH_INVOICES, operations.SEARCH_STRUCTURES, operations.SEARCH_SERVICES,
    operations.SEARCH_SPACES, operations.SEARCH_COMMITMENTS, operations.SEARCH_TO_HANDLE,
    operations.SEARCH_TO_VALIDATE, operations.SEARCH_AS_VALIDATOR,
)
NOTHING_FOUND = {(operation.key, 20000) for operation in _SEARCHES}

# Which meanings of a refusal in words the caller has to tell apart, by operation. A wrong guess of
# a used number does no harm: it is looked up and compared first.
_TOLD_BY_WORDS = {
    operations.DEPOSIT_FLOW.key: {errors.DUPLICATE},
    operations.SUBMIT_INVOICE.key: {errors.DUPLICATE, errors.FILE_UNKNOWN},
    operations.COMPLETE_INVOICE.key: {errors.FILE_UNKNOWN},
}

_REASONS = ("libelle", "Description", "error_description", "message", "error", "title", "detail")
_LONGEST_WAIT = 86_400
# urllib3 1 does not tell it from other failures to connect.
_NOT_RESOLVED = getattr(urllib3_errors, "NameResolutionError", ())
# The text of OpenSSL when it receives one of these alerts
_CERTIFICATE_ALERT = re.compile(
    r"alert ((?:bad|unsupported) certificate|certificate [a-z]+|unknown ca|access denied)\b"
)


def is_unauthorised(answer):
    """Whether the gateway refused the caller: nothing was delivered.

    HTTP 401, or 400 with a Bearer challenge and no JSON, which is its answer to a missing token
    (observed by clients). Not when it is a page that a proxy wrote.
    """
    if answer.status == 401:
        return not answer.is_proxy_page
    challenge = answer.headers.get("WWW-Authenticate", "").lower()
    return answer.status == 400 and challenge.startswith("bearer") and answer.data is None


def require_success(operation, answer, secrets=()):
    """Check that an answer is successful, with a JSON object.

    :param secrets: texts to hide, should the platform repeat them
    :raises ChorusProError: what the answer means otherwise
    """
    data, return_code = answer.data, answer.return_code
    succeeded = 200 <= answer.status < 300
    if succeeded and data is not None and return_code == 0:
        return
    facts = {
        "operation": operation,
        "http_status": answer.status,
        "return_code": return_code,
        "label": reason(answer, secrets),
    }
    if (succeeded or answer.status == 400) and return_code:
        if (operation.key, return_code) in NOTHING_FOUND:
            return
        raise errors.RefusedError(_refusal(operation, return_code, facts["label"]), **facts)
    if succeeded and data is not None and operation.kind is not Kind.QUERY:
        return  # the Swagger forgets codeRetour for a PDF; the identifiers prove the success
    if succeeded:
        code = errors.INCOMPLETE_ANSWER
        if data is None:
            code = errors.PROXY_PAGE if answer.is_proxy_page else errors.UNREADABLE_ANSWER
        # An error page is not worth repeating, and a successful body is not for a log.
        raise unreadable(operation, code, answer.status)
    raise _failure(operation, answer, facts)


def unreadable(operation, code, http_status, label="", delivery=None):
    """The error for an unusable answer, by what the operation may have done."""
    facts = {"operation": operation, "http_status": http_status, "label": label}
    if operation.kind.leaves_doubt:
        return errors.UnknownOutcomeError(code, delivery=delivery, **facts)
    if operation.kind is Kind.UPLOAD:
        return errors.UnavailableError(code, **facts)
    return errors.ProtocolError(code, **facts)


def reason(answer, secrets=()):
    """The platform's own words in an answer: one clean line, or ""."""
    data = answer.data
    for source in (data or {}, (data or {}).get("fault")):
        if isinstance(source, dict):
            for key in (*_REASONS, "faultstring"):
                if isinstance(source.get(key), str) and source[key].strip():
                    return clean_label(source[key], secrets)
    if data is not None:
        return ""
    challenge = answer.headers.get("WWW-Authenticate", "")
    return clean_label(challenge or answer.body.decode("utf-8", "replace"), secrets)


def retry_after(answer):
    """Seconds of the header Retry-After (a number or a date), at most a day; None without it."""
    value = answer.headers.get("Retry-After", "").strip()
    if re.fullmatch(r"\d{1,9}", value):
        return float(min(int(value), _LONGEST_WAIT))
    try:
        moment = parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    seconds = (moment - datetime.now(timezone.utc)).total_seconds()
    return min(max(seconds, 0.0), float(_LONGEST_WAIT))


def _failure(operation, answer, facts):
    """The error of a status that is neither success nor a readable refusal."""
    status = answer.status
    if status == 407:
        return errors.ConfigurationError(errors.PROXY_REFUSED, **facts)
    if 400 <= status < 500 and answer.is_proxy_page:
        return errors.ConfigurationError(errors.PROXY_PAGE, **facts)
    if status == 403:
        return errors.CredentialsError(errors.API_NOT_AUTHORISED, **facts)
    if status in (404, 405):
        return errors.ConfigurationError(errors.ENDPOINT_NOT_FOUND, **facts)
    if status == 413:
        return errors.RefusedError(errors.TOO_LARGE, **facts)
    if status == 429:
        wait = retry_after(answer)
        return errors.RateLimitedError(errors.RATE_LIMITED, retry_after=wait, **facts)
    if 400 <= status < 500 and status != 408:
        return errors.RefusedError(errors.REFUSED, **facts)
    code = errors.SERVER_ERROR if status >= 500 or status == 408 else errors.REDIRECTED
    if operation.kind.leaves_doubt:
        return errors.UnknownOutcomeError(code, **facts)
    if code == errors.REDIRECTED:
        return errors.ConfigurationError(code, **facts)
    return errors.UnavailableError(code, retry_after=retry_after(answer), **facts)


def _refusal(operation, return_code, label):
    if operation.key in _TOLD_BY_WORDS:
        told = meaning(label)
        if told in _TOLD_BY_WORDS[operation.key]:
            return told
    return KNOWN_REFUSALS.get((operation.key, return_code), errors.REFUSED)


def broken(operation, failure, through_proxy):
    """The ChorusProError that a failure of requests or urllib3 means for this operation."""
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
    if any(isinstance(cause, _NOT_RESOLVED) for cause in causes):
        return errors.UnavailableError(errors.NAME_UNRESOLVED, operation=operation)
    if tunnel or any(isinstance(cause, urllib3_errors.ConnectTimeoutError) for cause in causes):
        return errors.UnavailableError(errors.CONNECTION_FAILED, operation=operation)
    timed_out = (requests.exceptions.ReadTimeout, urllib3_errors.ReadTimeoutError)
    is_late = any(isinstance(cause, timed_out) for cause in causes)
    return lost(errors.ANSWER_TIMEOUT if is_late else errors.ANSWER_LOST, operation)


def lost(code, operation):
    """The ChorusProError that the lack of an answer means, once the request was sent."""
    if operation.kind.leaves_doubt:
        return errors.UnknownOutcomeError(code, operation=operation)
    return errors.UnavailableError(code, operation=operation)


def _certificate_alert(causes):
    """The text of a TLS alert about our certificate, or "".

    With TLS 1.3 it arrives instead of the answer, after the request was sent. Still nothing was
    delivered, not even by a deposit: a server sends these alerts only instead of finishing the
    handshake, and processes no request before (RFC 8446, 4.4.2 and 6.2). Any other end of the
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
        waiting += cause.args
        waiting += (getattr(cause, "reason", None), getattr(cause, "original_error", None))
