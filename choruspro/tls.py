# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The client certificate of the older access: what its file says, and TLS that presents it.

A file is PKCS#12 (.p12, .pfx) or PEM, with the private key, the certificate and the authorities
between it and a root. All of them are sent: a server usually knows the root only.
"""

import contextlib
import errno
import os
import re
import secrets
import ssl
import tempfile
from dataclasses import dataclass
from datetime import datetime, timezone

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    pkcs12,
)
from cryptography.x509.oid import NameOID
from requests import certs

from . import errors
from .errors import CertificateError, clean_label

# A PKCS#12 file starts with a SEQUENCE, its length in 2 or 3 bytes or left open, and the INTEGER 3
# (RFC 7292). It tells what is no such file, or half of one, from a wrong password.
_PKCS12 = re.compile(rb"\x30(?:\x80|\x82(..)|\x83(...))\x02\x01\x03", re.DOTALL)
_PEM_KEY = re.compile(
    rb"-{5}BEGIN ([A-Z ]*)PRIVATE KEY-{5}.+?-{5}END \1PRIVATE KEY-{5}", re.DOTALL
)
_MEMORY_FILES = "/proc/self/fd"


@dataclass(frozen=True)
class ClientCertificate:
    """What a certificate says of itself; nothing here is secret.

    subject, issuer: common names. serial: hexadecimal. not_before, not_after: aware, UTC.
    chain_length: how many certificates are sent, its own included.
    """

    subject: str
    issuer: str
    serial: str
    not_before: datetime
    not_after: datetime
    chain_length: int

    def problems(self, now):
        """The codes of errors.py that keep it from being used at ``now`` (aware); often ()."""
        if now < self.not_before:
            return (errors.CERTIFICATE_NOT_YET_VALID,)
        if now > self.not_after:
            return (errors.CERTIFICATE_EXPIRED,)
        return ()


class _AttentiveSocket(ssl.SSLSocket):
    """Says that the server hung up while we were sending as a plain socket does.

    With TLS 1.3 a server that refuses our certificate says so, and closes, when we are already
    sending the request. urllib3 reads what the server said first after a BrokenPipeError only.
    """

    def send(self, data, flags=0):
        try:
            return super().send(data, flags)
        except (ssl.SSLEOFError, ConnectionResetError) as failure:
            raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE)) from failure


def read_certificate(content, password):
    """The ClientCertificate of a file: ``content`` in bytes, ``password`` a text, "" for none.

    Raises CertificateError: `certificate_unreadable`, `certificate_password` (missing or wrong),
    `certificate_without_key`, `certificate_key_mismatch`. That it has expired is no error here: ask
    ``problems``.
    """
    _key, chain = _read(content, password)
    return _facts(chain)


def client_ssl_context(content, password, authorities=None):
    """An ssl.SSLContext that presents the certificate with its whole chain, and verifies servers.

    content, password: see read_certificate, which names the errors; those of ``problems`` are
    raised too. authorities: PEM text of the authorities to trust, instead of those of the package
    certifi; ConfigurationError (`ca_bundle_unreadable`) when it holds none.
    """
    key, chain = _read(content, password)
    facts = _facts(chain)
    for code in facts.problems(datetime.now(timezone.utc)):
        raise CertificateError(
            code, label=f"valid from {facts.not_before:%Y-%m-%d} to {facts.not_after:%Y-%m-%d}"
        )
    context = _trusting(authorities)
    _present(context, key, chain)
    context.sslsocket_class = _AttentiveSocket
    return context


def _read(content, password):
    """(private key, its certificate followed by those of its authorities)."""
    secret = password.encode() if password else None
    load = _load_pem if b"-----BEGIN " in content else _load_pkcs12
    try:
        key, certificates = load(content, secret)
        if not certificates:
            raise CertificateError(errors.CERTIFICATE_UNREADABLE)
        if key is None:
            raise CertificateError(errors.CERTIFICATE_WITHOUT_KEY)
        # Not what the file says, which may be wrong: the one that has the key
        own = [
            item for item in certificates if _public(item.public_key()) == _public(key.public_key())
        ]
    except (ValueError, TypeError, UnsupportedAlgorithm):
        # Not chained: nothing of the file is to be shown
        raise CertificateError(errors.CERTIFICATE_UNREADABLE) from None
    if not own:
        raise CertificateError(errors.CERTIFICATE_KEY_MISMATCH)
    return key, _ordered(own[0], certificates)


def _load_pkcs12(content, secret):
    start = _PKCS12.match(content)
    if not start or len(content) < int.from_bytes(start[1] or start[2] or b"", "big"):
        raise CertificateError(errors.CERTIFICATE_UNREADABLE)
    try:
        key, certificate, others = pkcs12.load_key_and_certificates(content, secret)
    except ValueError:
        raise CertificateError(errors.CERTIFICATE_PASSWORD) from None
    return key, [item for item in (certificate, *others) if item]


def _load_pem(content, secret):
    certificates = x509.load_pem_x509_certificates(content)
    found = _PEM_KEY.search(content)
    if not found:
        return None, certificates
    if b"ENCRYPTED" not in found[0]:
        return load_pem_private_key(found[0], None), certificates
    try:
        return load_pem_private_key(found[0], secret), certificates
    except (ValueError, TypeError):
        raise CertificateError(errors.CERTIFICATE_PASSWORD) from None


def _public(key):
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _ordered(own, certificates):
    """Each certificate before that of its issuer, as servers want them; what fits nowhere last."""
    chain, left = [own], [item for item in certificates if item != own]
    while True:
        issuer = next((item for item in left if item.subject == chain[-1].issuer), None)
        if issuer is None:
            return chain + left
        left.remove(issuer)
        chain.append(issuer)


def _facts(chain):
    own = chain[0]
    return ClientCertificate(
        subject=_common_name(own.subject),
        issuer=_common_name(own.issuer),
        serial=f"{own.serial_number:X}",
        not_before=own.not_valid_before_utc,
        not_after=own.not_valid_after_utc,
        chain_length=len(chain),
    )


def _common_name(name):
    found = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return clean_label(found[0].value if found else name.rfc4514_string())


def _trusting(authorities):
    if authorities is None:
        return ssl.create_default_context(cafile=certs.where())
    # The comments between the certificates may have accents, which the library refuses
    plain = authorities.encode("ascii", "ignore").decode("ascii")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_verify_locations(cadata=plain)
    except (ValueError, ssl.SSLError):
        raise errors.ConfigurationError(errors.CA_BUNDLE_UNREADABLE) from None
    return context


def _present(context, key, chain):
    """Gives the key and the chain to the context, which only reads files."""
    secret = secrets.token_hex(32).encode()
    content = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(secret))
    content += b"".join(item.public_bytes(Encoding.PEM) for item in chain)
    try:
        with _file(content) as path:
            context.load_cert_chain(path, password=secret)
    except ssl.SSLError as failure:
        # Readable, but too weak for this machine's OpenSSL
        raise CertificateError(errors.CERTIFICATE_UNREADABLE, label=failure.reason or "") from None


@contextlib.contextmanager
def _file(content):
    """A path that leads to ``content`` for a moment: into memory where the system can (Linux), else
    to a temporary file that only its owner can read."""
    if hasattr(os, "memfd_create") and os.path.isdir(_MEMORY_FILES):
        descriptor = os.memfd_create("certificate")
        path, delete = f"{_MEMORY_FILES}/{descriptor}", None
    else:
        descriptor, path = tempfile.mkstemp()
        delete = path
    try:
        with open(descriptor, "wb", closefd=False) as file:
            file.write(content)
        yield path
    finally:
        os.close(descriptor)
        if delete:
            os.unlink(delete)
