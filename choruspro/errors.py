# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What went wrong, said so that the caller knows what to do next.

::

    ChorusProError
    ├── ConfigurationError    stop and tell the administrator: an address, a proxy, an authority
    │   └── CertificateError  our own certificate: its file, its password, its dates, or refused
    ├── CredentialsError      stop and tell the administrator: PISTE application, technical account
    ├── RefusedError          Chorus Pro said no: tell the accountant what to fix
    ├── RateLimitedError      too many calls: try again after `retry_after`
    ├── UnavailableError      nobody answered, nothing was deposited: try again later
    ├── UnknownOutcomeError   a deposit or an action whose answer is lost: look it up, never
    │                         resend it blindly
    └── ProtocolError         the answer of a query is unreadable: try again, then ask a developer

``delivery`` says whether *this call* may have created an invoice at Chorus Pro, or changed one.
Only a deposit or an action can: every other error carries Delivery.NO. ``code`` is stable:
sentences for people are made from it.
"""

import html
import re
from enum import Enum

from .text import REPLACEMENT as _REPLACEMENT
from .text import digits, storable


class Delivery(Enum):
    """Did this call create an invoice at Chorus Pro, or change one?"""

    NO = "no"
    UNKNOWN = "unknown"
    YES = "yes"  # it said so, but without saying which


# ConfigurationError
INSECURE_URL = "insecure_url"
INVALID_URL = "invalid_url"
URL_WITH_CREDENTIALS = "url_with_credentials"
URL_OF_OPERATION = "url_of_operation"
LOOPBACK_URL = "loopback_url"
ENDPOINT_NOT_FOUND = "endpoint_not_found"
REDIRECTED = "redirected"
TOKEN_REFUSED = "token_refused"
TLS_UNTRUSTED = "tls_untrusted"
CA_BUNDLE_UNREADABLE = "ca_bundle_unreadable"
PROXY_REFUSED = "proxy_refused"
INVALID_PROXY = "invalid_proxy"
PROXY_PAGE = "proxy_page"  # and the errors of a deposit, an upload or a query
SECRET_KEY_INVALID = "secret_key_invalid"
SECRET_KEY_WEAK = "secret_key_weak"
SECRET_KEY_LOST = "secret_key_lost"
SECRET_MISPLACED = "secret_misplaced"
# CertificateError
CERTIFICATE_UNREADABLE = "certificate_unreadable"
CERTIFICATE_EXCESSIVE = "certificate_excessive"
CERTIFICATE_PASSWORD = "certificate_password"
CERTIFICATE_WITHOUT_KEY = "certificate_without_key"
CERTIFICATE_KEY_MISMATCH = "certificate_key_mismatch"
CERTIFICATE_SEVERAL_KEYS = "certificate_several_keys"
CERTIFICATE_IS_AUTHORITY = "certificate_is_authority"
CERTIFICATE_NOT_FOR_CLIENTS = "certificate_not_for_clients"
CERTIFICATE_WEAK_KEY = "certificate_weak_key"
CERTIFICATE_WEAK_SIGNATURE = "certificate_weak_signature"
CERTIFICATE_EXPIRED = "certificate_expired"
CERTIFICATE_NOT_YET_VALID = "certificate_not_yet_valid"
CERTIFICATE_REFUSED = "certificate_refused"
# CredentialsError
INVALID_CLIENT = "invalid_client"
TECHNICAL_ACCOUNT = "technical_account"
API_NOT_AUTHORISED = "api_not_authorised"
# RefusedError
REFUSED = "refused"
DUPLICATE = "duplicate"
FLOW_UNKNOWN = "flow_unknown"
TOO_LARGE = "too_large"
# RateLimitedError
RATE_LIMITED = "rate_limited"
PACE_REACHED = "pace_reached"  # our own limit
# UnavailableError; the five after the first are also codes of UnknownOutcomeError
CONNECTION_FAILED = "connection_failed"
ANSWER_LOST = "answer_lost"
ANSWER_TIMEOUT = "answer_timeout"
SERVER_ERROR = "server_error"
ANSWER_TOO_LARGE = "answer_too_large"
UNREADABLE_ANSWER = "unreadable_answer"  # and ProtocolError
INCOMPLETE_ANSWER = "incomplete_answer"  # UnknownOutcomeError and ProtocolError
# ProtocolError
PAGE_MISSING = "page_missing"
WINDOW_OVERFLOW = "window_overflow"

SENTENCES = {
    INSECURE_URL: "The address is plain HTTP: use https",
    INVALID_URL: "The address is not a web address that can be used here",
    URL_WITH_CREDENTIALS: "The address holds a user name or a password: give it without them",
    URL_OF_OPERATION: "The address is that of one operation: give the part before it",
    LOOPBACK_URL: "The address is this machine itself: set CHORUS_PRO_ALLOW_LOOPBACK=1 to allow it",
    ENDPOINT_NOT_FOUND: "Nothing answers at this address: check the environment's addresses",
    REDIRECTED: "The server answers with a redirection: check the addresses and the proxy",
    TOKEN_REFUSED: "PISTE refuses to give a token to this application",
    TLS_UNTRUSTED: "The server's certificate is not trusted: check the CA bundle and the proxy",
    CA_BUNDLE_UNREADABLE: "The CA bundle cannot be read",
    PROXY_REFUSED: "The proxy refuses to let the call through",
    INVALID_PROXY: "The proxy's address is not valid",
    PROXY_PAGE: "A web page came through the proxy instead of an answer: it may want a login, or "
    "block the address",
    SECRET_KEY_INVALID: "A key of CHORUS_PRO_SECRET_KEY is not 32 bytes in base64",
    SECRET_KEY_WEAK: "A key of CHORUS_PRO_SECRET_KEY is one byte repeated: make a random one",
    SECRET_KEY_LOST: "No key of CHORUS_PRO_SECRET_KEY opens what was stored: put the key back, or "
    "enter the secrets again",
    SECRET_MISPLACED: "A stored secret was put in the place of another one: enter it again",
    CERTIFICATE_UNREADABLE: "The certificate file cannot be read: give a whole .p12 or .pfx file",
    CERTIFICATE_EXCESSIVE: "The certificate file is larger, or costlier to open, than any real one",
    CERTIFICATE_PASSWORD: "The password of the certificate file is missing or wrong",
    CERTIFICATE_WITHOUT_KEY: "The certificate file lacks the private key: export it with its key",
    CERTIFICATE_KEY_MISMATCH: "The private key in the file is not that of its certificate",
    CERTIFICATE_SEVERAL_KEYS: "The file holds several private keys: export one certificate only",
    CERTIFICATE_IS_AUTHORITY: "The certificate is that of an authority, made to sign others",
    CERTIFICATE_NOT_FOR_CLIENTS: "The certificate is not made to identify a client: ask for one "
    "with the purpose of client authentication",
    CERTIFICATE_WEAK_KEY: "The key of the certificate is too weak: 2,048 bits at least (RSA)",
    CERTIFICATE_WEAK_SIGNATURE: "The certificate is signed with SHA-1 or MD5, which are broken",
    CERTIFICATE_EXPIRED: "The client certificate has expired: renew it",
    CERTIFICATE_NOT_YET_VALID: "The client certificate is not valid yet",
    CERTIFICATE_REFUSED: "The server refuses our client certificate, or wants one: check that it "
    "is declared there and that its file holds the whole chain",
    INVALID_CLIENT: "PISTE does not know this client id and secret",
    TECHNICAL_ACCOUNT: "Chorus Pro does not accept the technical account",
    API_NOT_AUTHORISED: "The PISTE application has no right to this API",
    REFUSED: "Chorus Pro refused the request",
    DUPLICATE: "Chorus Pro already has an invoice with this number",
    FLOW_UNKNOWN: "Chorus Pro does not know this flow, or not yet",
    TOO_LARGE: "The file is larger than Chorus Pro accepts",
    RATE_LIMITED: "Too many calls: PISTE asks to wait",
    PACE_REACHED: "The limit of calls that was set for the connection is reached",
    CONNECTION_FAILED: "No connection could be made: nothing was sent",
    ANSWER_LOST: "The connection ended before the answer came",
    ANSWER_TIMEOUT: "The answer did not come in time",
    SERVER_ERROR: "The platform answered with a server error",
    ANSWER_TOO_LARGE: "The answer is larger than any answer of Chorus Pro",
    UNREADABLE_ANSWER: "The answer could not be read",
    INCOMPLETE_ANSWER: "The answer lacks a field that it must have",
    PAGE_MISSING: "A page of results came back empty although more results were announced",
    WINDOW_OVERFLOW: "More results than can be asked for at once",
}

MAX_LABEL = 500
MOST_READ = 5_000  # characters of a text of which a label is made
_MOST_ROUNDS = 5
# Longer than any character's number; the library chokes on thousands of digits
_ABSURD_REFERENCE = re.compile(r"&#(?:[0-9]{8,}|[xX][0-9a-fA-F]{8,});?")
_MARKUP = re.compile(r"<[^<>]{0,2000}>")
_NOT_PRINTED = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]+|\s+")


def clean_label(text, secrets=()):
    """One printable line of at most 500 characters: no markup, no control characters, no secret.

    Takes any object (None gives ""); ``secrets`` are texts to replace by ***, in all their forms
    (see secret_forms.py). Only the beginning of a long text is looked at.
    """
    if text is None:
        return ""
    secrets = sorted(filter(None, secrets), key=len, reverse=True)
    line = _beginning(text, secrets)
    for _ in range(_MOST_ROUNDS):  # what is escaped twice may hide markup, or a secret
        before, line = line, _redacted(line, secrets)
        line = html.unescape(_ABSURD_REFERENCE.sub(_REPLACEMENT, line))
        line = _redacted(line, secrets)
        line = _NOT_PRINTED.sub(" ", _MARKUP.sub(" ", line)).strip()
        if line == before:
            break
    line = _redacted(line, secrets)
    return line if len(line) <= MAX_LABEL else line[: MAX_LABEL - 1] + "…"


def _beginning(text, secrets):
    """At most MOST_READ characters of the text that can be kept, none of them of half a secret."""
    if isinstance(text, int):
        return digits(text) or "***"
    text = str(text)
    # A secret may stand across the cut, escaped twice at worst: as much again falls away after it
    longest = 2 * len(secrets[0]) if secrets else 0
    head = storable(text[: MOST_READ + longest])
    if longest and len(text) > len(head):
        return _redacted(head, secrets)[:-longest]
    return head


def _redacted(text, secrets):
    for secret in secrets:
        text = text.replace(secret, "***")
    return text


class ChorusProError(Exception):
    """Base of all errors of the client.

    code: stable text, one of the constants above.
    operation: key of the operation, "token", or "" outside a call.
    http_status, return_code: HTTP status and `codeRetour`, or None.
    label: what the platform said (`libelle` or the gateway's reason), already cleaned, or "".
    retry_after: seconds to wait at least, or None.
    retryable: the same call may succeed later without anyone changing anything.
    """

    retryable = False
    delivery = Delivery.NO

    def __init__(
        self,
        code,
        *,
        operation="",
        http_status=None,
        return_code=None,
        label="",
        retry_after=None,
        delivery=None,
    ):
        super().__init__(code)
        self.code = code
        self.operation = str(operation)
        self.http_status = http_status
        self.return_code = return_code
        self.label = clean_label(label)
        self.retry_after = retry_after
        if delivery is not None:
            self.delivery = delivery

    def __str__(self):
        facts = [
            f"operation {self.operation}" if self.operation else "",
            f"HTTP {self.http_status}" if self.http_status is not None else "",
            f"codeRetour {self.return_code}" if self.return_code is not None else "",
            f"code {self.code}",
        ]
        said = f": {self.label}" if self.label else ""
        return f"{SENTENCES[self.code]} ({', '.join(filter(None, facts))}){said}"


class ConfigurationError(ChorusProError):
    """The set-up is wrong: nothing was deposited, and repeating changes nothing."""


class CertificateError(ConfigurationError):
    """Our client certificate cannot be used, or the server does not want it."""


class CredentialsError(ChorusProError):
    """PISTE or Chorus Pro does not accept who calls: nothing was deposited."""


class RefusedError(ChorusProError):
    """A definite no of Chorus Pro to this request: nothing was deposited by it."""


class RateLimitedError(ChorusProError):
    """Too many calls for this application: nothing was deposited."""

    retryable = True


class UnavailableError(ChorusProError):
    """No usable answer, and nothing that matters can have been created."""

    retryable = True


class UnknownOutcomeError(ChorusProError):
    """A deposit or an action without a readable answer: Chorus Pro may have done it. Look it up.

    ``delivery`` is UNKNOWN, or YES when the answer said success without giving the identifiers.
    """

    delivery = Delivery.UNKNOWN


class ProtocolError(ChorusProError):
    """A query was answered with something that is not what the contract says."""

    retryable = True
