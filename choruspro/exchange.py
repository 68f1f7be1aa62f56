# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The record of one exchange with Chorus Pro, in which nothing is secret: for the log."""

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl

from . import verdict, wire
from .operations import Kind
from .redaction import redacted, safe_text, secret_forms

# No source names the header that the gateway uses: these are the usual ones
_CORRELATION = ("X-CorrelationID", "X-Correlation-ID", "X-Request-ID")
# Whose answers are no object with a codeRetour
PROBE, TOKEN = "knock", "token"
_FORM = "application/x-www-form-urlencoded"
_ID = re.compile(r"[\x21-\x7e][\x20-\x7e]{0,99}")


@dataclass(frozen=True)
class Exchange:
    """One request and its answer."""

    operation: str  # key of the Operation, or "token"
    kind: str  # as in Kind: "query" may be sent again
    began: datetime  # aware, UTC
    milliseconds: int  # until the answer was read, with the repetitions of the transport
    # Sizes of the bodies
    sent_bytes: int
    received_bytes: int
    status: int | None  # of HTTP, None without an answer
    return_code: int | None  # codeRetour
    error: str  # code of errors.py when there was no answer, else ""
    correlation_id: str  # the name of this exchange on the other side, or ""
    through_proxy: bool  # a proxy fetched the answer
    # The redacted bodies (see redaction.py), None when there was none or it was no JSON
    request: object
    answer: object

    @property
    def succeeded(self):
        """Whether the request was fulfilled, by the rules of verdict.py: a search without results
        is a success, a web page with HTTP 200 is none."""
        if self.status is None:
            return False
        if self.operation == PROBE:
            return self.status not in (407, 502, 503, 504)
        is_done = self.status // 100 == 2
        if (self.operation, self.return_code) in verdict.NOTHING_FOUND:
            return is_done or self.status == 400
        needs_code = self.kind == Kind.QUERY.value and self.operation != TOKEN
        says_success = self.return_code == 0 or (self.return_code is None and not needs_code)
        return is_done and says_success and self.answer is not None


def record(operation, headers, body, answer, error, secrets, *, began, milliseconds, sent_bytes):
    """The Exchange of a call, from the arguments of HttpTransport.send and its HttpAnswer or error.

    :param secrets: texts to hide in it, besides those that were sent
    """
    sent = _sent(headers, body)
    secrets = {*secrets, *_secrets(headers, sent)}
    return Exchange(
        operation=operation.key,
        kind=operation.kind.value,
        began=began,
        milliseconds=milliseconds,
        sent_bytes=sent_bytes,
        received_bytes=len(answer.body) if answer else 0,
        status=answer.status if answer else None,
        return_code=answer.return_code if answer else None,
        error=error.code if error else "",
        correlation_id=_correlation(answer, secrets) if answer else "",
        through_proxy=bool(answer and answer.through_proxy),
        request=redacted(sent, secrets),
        answer=redacted(answer.data, secrets) if answer else None,
    )


def _sent(headers, body):
    """The object that was sent, files by their size only; None when it is no object."""
    if not isinstance(body, bytes):
        return wire.spooled(body)
    if headers.get("Content-Type", "").startswith(_FORM):
        return dict(parse_qsl(body.decode("utf-8", "replace")))
    try:
        return wire.decode(body)
    except ValueError:
        return None


def _secrets(headers, sent):
    """The credentials that were sent, in all forms in which an answer may repeat them."""
    known = {headers.get("cpro-account", ""), headers.get("Authorization", "").partition(" ")[2]}
    for header in tuple(known):
        known.update(_account(header))
    if isinstance(sent, dict):
        known.update(str(sent.get(key, "")) for key in ("client_secret", "access_token"))
    return secret_forms(*known)


def _account(header):
    """What is secret in the base64 of "login:password", and nothing in anything else."""
    try:
        account = base64.b64decode(header, validate=True).decode()
    except (binascii.Error, ValueError):
        return ()
    password = account.partition(":")[2]
    return (account, password) if password else ()


def _correlation(answer, secrets):
    given = next((answer.headers[name] for name in _CORRELATION if name in answer.headers), "")
    return safe_text(given, secrets) if _ID.fullmatch(given) else ""
