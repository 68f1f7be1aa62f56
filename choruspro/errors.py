# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What went wrong, and what the caller must do next.

::

    ChorusProError
    ├── ConfigurationError    stop, inform the administrator: an address, a proxy, an authority
    │   └── CertificateError  our own certificate: its file, its password, its dates, or refused
    ├── CredentialsError      stop, inform the administrator: PISTE application, technical account
    ├── RefusedError          Chorus Pro refused: inform the accountant what to fix
    ├── RateLimitedError      too many calls: try again after `retry_after`
    ├── UnavailableError      no answer, nothing was deposited: try again later
    ├── UnknownOutcomeError   a deposit or an action whose answer is lost: look it up, never
    │                         resend it blindly
    ├── UnreadableFileError   a file that came by EDI is kept as it is: a person looks at it
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
    YES = "yes"  # the answer was a success, without the identifiers


SENTENCES = {}  # by code, in English: for logs


def _code(code, sentence):
    SENTENCES[code] = sentence
    return code


# ConfigurationError
INSECURE_URL = _code("insecure_url", "The address is plain HTTP: use https")
INVALID_URL = _code("invalid_url", "The address is not a web address that can be used here")
URL_WITH_CREDENTIALS = _code(
    "url_with_credentials", "The address holds a user name or a password: give it without them")
URL_OF_OPERATION = _code(
    "url_of_operation", "The address is that of one operation: give the part before it")
CLOSED_URL = _code(
    "closed_url", "The AIFE has closed the hosts of aife.economie.gouv.fr: use those of PISTE")
LOOPBACK_URL = _code(
    "loopback_url",
    "The address is this machine itself: set CHORUS_PRO_ALLOW_LOOPBACK=1 to allow it")
ENDPOINT_NOT_FOUND = _code(
    "endpoint_not_found", "Nothing answers at this address: check the environment's addresses")
REDIRECTED = _code(
    "redirected", "The server answers with a redirection: check the addresses and the proxy")
TOKEN_REFUSED = _code("token_refused", "PISTE refuses to give a token to this application")
TLS_UNTRUSTED = _code(
    "tls_untrusted", "The server's certificate is not trusted: check the CA bundle and the proxy")
CA_BUNDLE_UNREADABLE = _code("ca_bundle_unreadable", "The CA bundle cannot be read")
PROXY_REFUSED = _code("proxy_refused", "The proxy blocks the call")
INVALID_PROXY = _code("invalid_proxy", "The proxy's address is not valid")
# and the errors of a deposit, an upload or a query
PROXY_PAGE = _code(
    "proxy_page", "A web page came through the proxy instead of an answer: it may require a login, "
    "or block the address")
SECRET_KEY_INVALID = _code(
    "secret_key_invalid", "A key of CHORUS_PRO_SECRET_KEY is not 32 bytes in base64")
SECRET_KEY_WEAK = _code(
    "secret_key_weak", "A key of CHORUS_PRO_SECRET_KEY is one byte repeated: make a random one")
SECRET_KEY_LOST = _code(
    "secret_key_lost", "No key of CHORUS_PRO_SECRET_KEY opens what was stored: put the key back, "
    "or enter the secrets again")
SECRET_MISPLACED = _code(
    "secret_misplaced", "A stored secret was put in the place of another one: enter it again")
# CertificateError
CERTIFICATE_UNREADABLE = _code(
    "certificate_unreadable", "The certificate file cannot be read: give a whole .p12 or .pfx file")
CERTIFICATE_EXCESSIVE = _code(
    "certificate_excessive",
    "The certificate file is larger, or costlier to open, than any real one")
CERTIFICATE_PASSWORD = _code(
    "certificate_password", "The password of the certificate file is missing or wrong")
CERTIFICATE_WITHOUT_KEY = _code(
    "certificate_without_key", "The certificate file lacks the private key: export it with its key")
CERTIFICATE_KEY_MISMATCH = _code(
    "certificate_key_mismatch", "The private key in the file is not that of its certificate")
CERTIFICATE_SEVERAL_KEYS = _code(
    "certificate_several_keys", "The file holds several private keys: export one certificate only")
CERTIFICATE_IS_AUTHORITY = _code(
    "certificate_is_authority", "The certificate is that of an authority, made to sign others")
CERTIFICATE_NOT_FOR_CLIENTS = _code(
    "certificate_not_for_clients", "The certificate is not made to identify a client: ask for one "
    "with the purpose of client authentication")
CERTIFICATE_WEAK_KEY = _code(
    "certificate_weak_key", "The key of the certificate is too weak: 2,048 bits at least (RSA)")
CERTIFICATE_WEAK_SIGNATURE = _code(
    "certificate_weak_signature", "The certificate is signed with SHA-1 or MD5, which are broken")
CERTIFICATE_EXPIRED = _code("certificate_expired", "The client certificate has expired: renew it")
CERTIFICATE_NOT_YET_VALID = _code(
    "certificate_not_yet_valid", "The client certificate is not valid yet")
CERTIFICATE_REFUSED = _code(
    "certificate_refused", "The server refuses our client certificate, or requires one: check that "
    "it is declared there and that its file holds the whole chain")
# ConfigurationError, of the EDI mode
EDI_NAME_INVALID = _code(
    "edi_name_invalid", "An EDI file is named by an interface code (FSO1117A), an application code "
    "(AAA123) and a number of 15 digits at most")
EDI_LIBRARY_MISSING = _code(
    "edi_library_missing", "SFTP needs the Python package paramiko: install it on the server")
EDI_ADDRESS = _code("edi_address", "The SFTP server's name or port is missing or wrong")
EDI_HOST_KEY_UNREADABLE = _code(
    "edi_host_key_unreadable", "The server's public key is missing or cannot be read")
EDI_HOST_KEY = _code(
    "edi_host_key", "The server shows another public key than the one that was set")
EDI_KEY_UNREADABLE = _code(
    "edi_key_unreadable", "The private key cannot be read, or is no RSA key of 2,048 bits or more")
EDI_KEY_PASSPHRASE = _code(
    "edi_key_passphrase", "The passphrase of the private key is missing or wrong")
EDI_NO_COMMON_CIPHER = _code(
    "edi_no_common_cipher", "We and the server have no cipher in common")
EDI_FOLDER_MISSING = _code("edi_folder_missing", "A folder of the exchange does not exist")
EDI_FOLDER_DENIED = _code("edi_folder_denied", "We have no right to a folder of the exchange")
# CredentialsError
EDI_LOGIN_REFUSED = _code("edi_login_refused", "The SFTP server refuses this login and key")
INVALID_CLIENT = _code("invalid_client", "PISTE does not know this client id and secret")
TECHNICAL_ACCOUNT = _code("technical_account", "Chorus Pro does not accept the technical account")
API_NOT_AUTHORISED = _code("api_not_authorised", "The PISTE application has no right to this API")
# RefusedError
REFUSED = _code("refused", "Chorus Pro refused the request")
DUPLICATE = _code("duplicate", "Chorus Pro already has an invoice with this number")
FLOW_UNKNOWN = _code("flow_unknown", "Chorus Pro does not know this flow, or not yet")
FILE_UNKNOWN = _code(
    "file_unknown", "Chorus Pro does not know an uploaded file any more: upload it again")
TOO_LARGE = _code("too_large", "The file is larger than Chorus Pro accepts")
EDI_TOO_LARGE = _code("edi_too_large", "A flow of the EDI mode has 1 GB, each of its files 120 MB")
# UnreadableFileError
EDI_FILE_UNREADABLE = _code(
    "edi_file_unreadable", "The file is no statuses of Chorus Pro, or not whole")
EDI_FILE_FORBIDDEN = _code(
    "edi_file_forbidden", "The file defines entities, or holds links or paths: it is not read")
EDI_FILE_EXCESSIVE = _code("edi_file_excessive", "The file is larger than any real one")
# RateLimitedError
RATE_LIMITED = _code("rate_limited", "Too many calls: PISTE requires a pause")
# our own limit
PACE_REACHED = _code(
    "pace_reached", "The limit of calls that was set for the connection is reached")
# UnavailableError; the five after the first two are also codes of UnknownOutcomeError
CONNECTION_FAILED = _code("connection_failed", "No connection could be made: nothing was sent")
NAME_UNRESOLVED = _code(
    "name_unresolved", "The name of the server cannot be resolved: nothing was sent")
EDI_STORE_FAILED = _code(
    "edi_store_failed", "The file could not be stored: the disk may be full")
ANSWER_LOST = _code("answer_lost", "The connection ended before the answer came")
ANSWER_TIMEOUT = _code("answer_timeout", "The answer did not come in time")
SERVER_ERROR = _code("server_error", "The platform answered with a server error")
ANSWER_TOO_LARGE = _code("answer_too_large", "The answer is larger than any answer of Chorus Pro")
# and ProtocolError
UNREADABLE_ANSWER = _code("unreadable_answer", "The answer could not be read")
# UnknownOutcomeError and ProtocolError
INCOMPLETE_ANSWER = _code("incomplete_answer", "The answer lacks a field that it must have")
# ProtocolError
PAGE_MISSING = _code(
    "page_missing", "A page of results came back empty although more results were announced")
WINDOW_OVERFLOW = _code("window_overflow", "More results than one search can return")

MAX_LABEL = 500
MOST_READ = 5_000  # characters of a text of which a label is made
_MOST_ROUNDS = 5
# Longer than any character's number; the library chokes on thousands of digits
_ABSURD_REFERENCE = re.compile(r"&#(?:[0-9]{8,}|[xX][0-9a-fA-F]{8,});?")
_MARKUP = re.compile(r"<[^<>]{0,2000}>")
_NOT_PRINTED = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]+|\s+")


def clean_label(text, secrets=()):
    """One printable line of at most 500 characters: no markup, no control characters, no secret.
    Of a long text, only the beginning is read.

    :param text: any object; None gives ""
    :param secrets: texts to replace by ***, in all their forms (see redaction.secret_forms)
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
    """At most MOST_READ storable characters of the text, without half a secret at the end."""
    if isinstance(text, int):
        return digits(text) or "***"
    text = str(text)
    # A secret may be cut, escaped twice at worst: as much again is dropped at the end
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

    :param code: stable text, one of the constants above
    :param operation: key of the operation, "token", or "" outside a call
    :param http_status: HTTP status, or None
    :param return_code: `codeRetour`, or None
    :param label: the platform's own words (`libelle` or the gateway's reason), or ""
    :param retry_after: seconds to wait at least, or None
    """

    retryable = False  # the same call may succeed later without anyone changing anything
    delivery = Delivery.NO

    def __init__(self, code, *, operation="", http_status=None, return_code=None, label="",
                 retry_after=None, delivery=None):
        super().__init__(code)
        self.code = code
        self.operation = str(operation)
        self.http_status = http_status
        self.return_code = return_code
        self.label = clean_label(label)
        self.retry_after = retry_after
        self.delivery = delivery or self.delivery

    def __str__(self):
        facts = [
            f"operation {self.operation}" if self.operation else "",
            f"HTTP {self.http_status}" if self.http_status is not None else "",
            f"codeRetour {self.return_code}" if self.return_code is not None else "",
            f"code {self.code}",
        ]
        label = f": {self.label}" if self.label else ""
        return f"{SENTENCES[self.code]} ({', '.join(filter(None, facts))}){label}"


class ConfigurationError(ChorusProError):
    """The configuration is wrong: nothing was deposited, and repeating changes nothing."""


class CertificateError(ConfigurationError):
    """Our client certificate cannot be used, or the server refuses it."""


class CredentialsError(ChorusProError):
    """PISTE or Chorus Pro does not accept the caller: nothing was deposited."""


class RefusedError(ChorusProError):
    """Chorus Pro refused this request for good: nothing was deposited by it."""


class RateLimitedError(ChorusProError):
    """Too many calls for this application: nothing was deposited."""

    retryable = True


class UnavailableError(ChorusProError):
    """No usable answer, and nothing that matters was created."""

    retryable = True


class UnknownOutcomeError(ChorusProError):
    """A deposit or an action without a readable answer: Chorus Pro may have done it. Look it up.

    ``delivery`` is UNKNOWN, or YES when the answer was a success without the identifiers.
    """

    delivery = Delivery.UNKNOWN


class UnreadableFileError(ChorusProError):
    """A file that came by EDI cannot be read. It cannot be fetched again: it is to be kept."""


class ProtocolError(ChorusProError):
    """The answer to a query does not respect the contract."""

    retryable = True
