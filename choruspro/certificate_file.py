# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""A file with a client certificate: PKCS#12 (.p12, .pfx), or PEM with key and certificates.

PEM is read as people paste it: Windows line ends, all on one line, indented, text around it, the
certificates in any order, a PKCS#7 bag (.p7b) of authorities among them.
"""

import base64
import re
from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    pkcs7,
    pkcs12,
)

from . import errors
from .certificate_chain import issued_by_another, ordered
from .certificate_cost import MAX_BYTES, MOST_CERTIFICATES, Cost, Excessive
from .errors import CertificateError

# A PKCS#12 file starts with a SEQUENCE, its length in 2 or 3 bytes or left open, and the INTEGER 3
# (RFC 7292). It tells what is no such file, or half of one, from a wrong password.
_PKCS12 = re.compile(rb"\x30(?:\x80|\x82(..)|\x83(...))\x02\x01\x03", re.DOTALL)
# The identifiers of a private key inside, plain or with a password of its own (RFC 7292, 4.2)
_PKCS12_KEY = re.compile(rb"\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01[\x01\x02]")
_PEM_BLOCK = re.compile(
    rb"-----BEGIN ([A-Z0-9 ]+)-----((?:(?!-----).)*)-----END \1-----", re.DOTALL
)
_PEM_WIDTH = 64
# What the library raises for a damaged certificate: parts of it are read late
DAMAGED = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)


@dataclass(frozen=True, repr=False)
class CertificateFile:
    """What a file holds: the private key, its certificate followed by those of its authorities
    (``chain``), and the certificates that lead nowhere (``strangers``)."""

    key: object
    chain: tuple
    strangers: tuple

    def __repr__(self):
        return f"CertificateFile({len(self.chain)} certificates, key=***)"


def open_certificate(content, password):
    """The CertificateFile in ``content`` (bytes); ``password`` is a text, "" or None for none.

    Raises CertificateError: `certificate_unreadable`, `certificate_excessive` (see
    certificate_cost.py), `certificate_password` (missing or wrong),
    `certificate_without_key`, `certificate_several_keys`, `certificate_key_mismatch`.
    """
    secret = password.encode("utf-8", "replace") if password else None
    if len(content) > MAX_BYTES:
        raise CertificateError(errors.CERTIFICATE_EXCESSIVE)
    content = _as_bytes_of_one_letter(content)
    load = _load_pem if b"-----BEGIN " in content else _load_pkcs12
    try:
        keys, certificates = load(content, secret)
        if len(certificates) > MOST_CERTIFICATES:
            raise CertificateError(errors.CERTIFICATE_EXCESSIVE)
        if not certificates:
            raise CertificateError(errors.CERTIFICATE_UNREADABLE)
        if not keys:
            raise CertificateError(errors.CERTIFICATE_WITHOUT_KEY)
        if len({_public(key.public_key()) for key in keys}) > 1:
            raise CertificateError(errors.CERTIFICATE_SEVERAL_KEYS)
        # Not what the file says, which may be wrong: those that have the key
        public = _public(keys[0].public_key())
        own = [item for item in certificates if _public(item.public_key()) == public]
        if not own:
            raise CertificateError(errors.CERTIFICATE_KEY_MISMATCH)
        chain = ordered(_newest(own), certificates)
        strangers = tuple(item for item in dict.fromkeys(certificates) if item not in chain)
        return CertificateFile(keys[0], chain, strangers)
    except Excessive:
        raise CertificateError(errors.CERTIFICATE_EXCESSIVE) from None
    except DAMAGED:
        # Not chained: nothing of the file is to be shown
        raise CertificateError(errors.CERTIFICATE_UNREADABLE) from None


def _newest(own):
    """A renewed certificate may keep its key, and its file the certificate before it; a request may
    have been signed by its own key first."""
    return max(own, key=lambda item: (issued_by_another(item), item.not_valid_after_utc))


def _as_bytes_of_one_letter(content):
    """The same, when a text editor saved it in two bytes a letter."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace").encode()
    return content


def _load_pkcs12(content, secret):
    Cost().see(content)
    start = _PKCS12.match(content)
    if not start:
        return [], _certificates_alone(content)
    if len(content) < int.from_bytes(start[1] or start[2] or b"", "big"):
        raise CertificateError(errors.CERTIFICATE_UNREADABLE)
    if len(_PKCS12_KEY.findall(content)) > 1:
        # The library would give one of them without saying so
        raise CertificateError(errors.CERTIFICATE_SEVERAL_KEYS)
    try:
        key, certificate, others = pkcs12.load_key_and_certificates(content, secret)
    except ValueError:
        raise CertificateError(errors.CERTIFICATE_PASSWORD) from None
    return [key] if key else [], [item for item in (certificate, *others) if item]


def _certificates_alone(content):
    """Those of a .cer or .p7b file, which have no key; ValueError for anything else."""
    try:
        return [x509.load_der_x509_certificate(content)]
    except ValueError:
        return pkcs7.load_der_pkcs7_certificates(content)


def _load_pem(content, secret):
    keys, certificates, cost = [], [], Cost()
    blocks = [(label, _tidied(label, body)) for label, body in _PEM_BLOCK.findall(content)]
    for label, block in blocks:
        if label.endswith(b"PRIVATE KEY"):
            cost.see(_der(block))
    for label, block in blocks:
        if label in (b"CERTIFICATE", b"X509 CERTIFICATE"):
            certificates.append(x509.load_pem_x509_certificate(block))
        elif label in (b"PKCS7", b"CMS"):
            certificates += pkcs7.load_pem_pkcs7_certificates(block)
        elif label.endswith(b"PRIVATE KEY"):
            keys.append(_load_pem_key(block, secret))
    return keys, certificates


def _load_pem_key(block, secret):
    if b"ENCRYPTED" not in block:
        return load_pem_private_key(block, None)
    try:
        return load_pem_private_key(block, secret)
    except (ValueError, TypeError):
        raise CertificateError(errors.CERTIFICATE_PASSWORD) from None


def _der(block):
    """The bytes in a tidied PEM block, b"" when they are no base64."""
    rows = [row for row in block.splitlines() if b":" not in row and b"-----" not in row]
    try:
        return base64.b64decode(b"".join(rows))
    except ValueError:
        return b""


def _tidied(label, body):
    """The PEM block with the line ends that it should have."""
    lines = [line.strip() for line in body.splitlines()]
    headers = [line for line in lines if b":" in line]
    data = b"".join(b"".join(line.split()) for line in lines if b":" not in line)
    rows = [data[start : start + _PEM_WIDTH] for start in range(0, len(data), _PEM_WIDTH)]
    return b"\n".join(
        [
            b"-----BEGIN %s-----" % label,
            *([*headers, b""] if headers else []),
            *rows,
            b"-----END %s-----" % label,
            b"",
        ]
    )


def _public(key):
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
