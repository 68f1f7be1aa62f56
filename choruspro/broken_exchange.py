# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What it means that an exchange broke: nobody was reached, or nobody knows what was done."""

import re
import ssl

import requests
from urllib3 import exceptions as urllib3_errors
from urllib3.connection import CertificateError as WrongName

from . import errors

# What OpenSSL says when it receives one of these alerts
_CERTIFICATE_ALERT = re.compile(
    r"alert ((?:bad|unsupported) certificate|certificate [a-z]+|unknown ca|access denied)\b"
)


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
    if tunnel or any(isinstance(cause, urllib3_errors.ConnectTimeoutError) for cause in causes):
        return errors.UnavailableError(errors.CONNECTION_FAILED, operation=operation)
    timed_out = (requests.exceptions.ReadTimeout, urllib3_errors.ReadTimeoutError)
    code = (
        errors.ANSWER_TIMEOUT
        if any(isinstance(cause, timed_out) for cause in causes)
        else errors.ANSWER_LOST
    )
    return lost(code, operation)


def lost(code, operation):
    """The ChorusProError that the lack of an answer means, once the request was sent."""
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
