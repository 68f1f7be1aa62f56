# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""A file with a client certificate: PKCS#12 (.p12, .pfx), or PEM with key and certificates.

PEM is read as people paste it: Windows line ends, all on one line, indented, text around it, the
certificates in any order, a PKCS#7 bag (.p7b) of authorities among them.

The cost of opening a file is counted before: the file itself sets the number of rounds that stretch
its password, and OpenSSL obeys: 2**31 rounds block a worker for an hour. The structure of the file
(BER, ITU-T X.690) shows these numbers without the password, those of the outer layers only: a
malicious file can still hide rounds in an encrypted layer, if its maker gives the password too;
programs that export certificates put keys in no hidden layer.
"""

import base64
import re
from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    pkcs7,
    pkcs12,
)

from . import errors
from .errors import CertificateError

# A PKCS#12 file starts with a SEQUENCE, its length in 2 or 3 bytes or left open, and the INTEGER 3
# (RFC 7292). It distinguishes another file, or half of one, from a wrong password.
_PKCS12 = re.compile(rb"\x30(?:\x80|\x82(..)|\x83(...))\x02\x01\x03", re.DOTALL)
# The identifiers of a private key inside, plain or with its own password (RFC 7292, 4.2)
_PKCS12_KEY = re.compile(rb"\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01[\x01\x02]")
_PEM_BLOCK = re.compile(
    rb"-----BEGIN ([A-Z0-9 ]+)-----((?:(?!-----).)*)-----END \1-----", re.DOTALL
)
_PEM_WIDTH = 64
# What the library raises for a damaged certificate: parts of it are read late
DAMAGED = (
    ValueError, TypeError, UnsupportedAlgorithm, x509.DuplicateExtension, x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)
BROKEN_HASHES = ("md5", "sha1")
# A certificate with its chain weighs some 10 kB
MAX_BYTES = 1_000_000
# Of all layers; exports use 1 to 600,000 each
MOST_ROUNDS = 5_000_000
MOST_NODES = 50_000
MOST_CERTIFICATES = 200
# RSA keys of 16,384 bits, beyond which OpenSSL does not go either
LONGEST_INTEGER = 2_100
_DEEPEST = 40
_OCTETS, _INTEGER, _CONSTRUCTED = 0x04, 0x02, 0x20
_END = (0, 0)


@dataclass(frozen=True, repr=False)
class CertificateFile:
    """What a file holds."""

    key: object
    chain: tuple  # the certificate of the key, then those of its authorities
    unrelated: tuple  # unrelated certificates

    def __repr__(self):
        return f"CertificateFile({len(self.chain)} certificates, key=***)"


def open_certificate(content, password):
    """The CertificateFile in ``content`` (bytes); ``password`` is a text, "" or None for none.

    :raises CertificateError: `certificate_unreadable`, `certificate_excessive` (see Cost),
        `certificate_password` (missing or wrong), `certificate_without_key`,
        `certificate_several_keys`, `certificate_key_mismatch`
    """
    secret = password.encode("utf-8", "replace") if password else None
    if len(content) > MAX_BYTES:
        raise CertificateError(errors.CERTIFICATE_EXCESSIVE)
    content = _without_utf16(content)
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
        # The file may name another certificate wrongly: the key decides
        public = _public(keys[0].public_key())
        own = [item for item in certificates if _public(item.public_key()) == public]
        if not own:
            raise CertificateError(errors.CERTIFICATE_KEY_MISMATCH)
        chain = ordered(_newest(own), certificates)
        unrelated = tuple(item for item in dict.fromkeys(certificates) if item not in chain)
        return CertificateFile(keys[0], chain, unrelated)
    except Excessive:
        raise CertificateError(errors.CERTIFICATE_EXCESSIVE) from None
    except DAMAGED:
        # Not chained: nothing of the file may be shown
        raise CertificateError(errors.CERTIFICATE_UNREADABLE) from None


def _newest(own):
    """A renewed certificate may keep its key, and its file the former certificate, or a self-signed
    one that was made for the request."""
    return max(own, key=lambda item: (issued_by_another(item), item.not_valid_after_utc))


def _without_utf16(content):
    """The same, when a text editor saved it in UTF-16."""
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
        # The library would silently give one of them
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
    blocks = [(label, _normalised(label, body)) for label, body in _PEM_BLOCK.findall(content)]
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
    """The bytes in a normalised PEM block, b"" when they are no base64."""
    rows = [row for row in block.splitlines() if b":" not in row and b"-----" not in row]
    try:
        return base64.b64decode(b"".join(rows))
    except ValueError:
        return b""


def _normalised(label, body):
    """The PEM block with the line ends that it should have."""
    lines = [line.strip() for line in body.splitlines()]
    headers = [line for line in lines if b":" in line]
    data = b"".join(b"".join(line.split()) for line in lines if b":" not in line)
    rows = [data[start : start + _PEM_WIDTH] for start in range(0, len(data), _PEM_WIDTH)]
    head = [b"-----BEGIN %s-----" % label, *([*headers, b""] if headers else [])]
    return b"\n".join([*head, *rows, b"-----END %s-----" % label, b""])


def _public(key):
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


# The chain of a certificate and its authorities


def ordered(own, certificates):
    """A tuple of certificates from ``own`` on, each before that of its issuer, as servers require
    (RFC 8446, 4.4.2), without the unrelated ones."""
    chain = [own]
    left = [item for item in dict.fromkeys(certificates) if item != own]
    while issued_by_another(chain[-1]):
        issuer = next((item for item in left if _issued(chain[-1], item)), None)
        if issuer is None:
            break
        left.remove(issuer)
        chain.append(issuer)
    return tuple(chain)


def is_complete(chain):
    """True when the chain ends with a root, which its own key signed."""
    return not issued_by_another(chain[-1])


def issued_by_another(certificate):
    """False for a certificate that its own key signed, such as a root."""
    return not _issued(certificate, certificate)


def pkcs7_export(chain):
    """The chain as a PKCS#7 file in PEM (.p7b; bytes), certificates only, in no order: what the
    portal requires when a certificate is declared (observed by clients)."""
    return pkcs7.serialize_certificates(list(chain), Encoding.PEM)


def _issued(certificate, issuer):
    """Authorities that were renewed share a name: the signature decides."""
    if certificate.issuer != issuer.subject:
        return False
    try:
        certificate.verify_directly_issued_by(issuer)
    except InvalidSignature:
        return False
    except (ValueError, TypeError, UnsupportedAlgorithm):
        # Too old to be verified by the library, so the name must suffice; else keys of another kind
        return hash_name(certificate) in BROKEN_HASHES
    return True


def hash_name(certificate):
    """The hash of its signature, like "sha256"; "" when it has none, the raw code when unknown."""
    try:
        used = certificate.signature_hash_algorithm
    except UnsupportedAlgorithm:
        return certificate.signature_algorithm_oid.dotted_string
    return used.name if used else ""


# The cost of a file


class Excessive(Exception):
    """More than any real file."""


class Cost:
    """The cost counted so far."""

    def __init__(self):
        self.rounds = 0  # of all password stretching
        self.nodes = 0  # parts of the structure

    def see(self, content):
        """Count the parts of some BER; anything else is left to the library.

        :raises Excessive: too many
        """
        self._see(content, 0, len(content), 0)

    def _see(self, data, start, end, depth):
        """Count the parts from ``start``; gives where the next one begins, None when these are no
        parts. Salt and rounds are an octet string before an integer, in all schemes (RFC 8018 A,
        RFC 7292 B.1 and 4; RFC 7914 7: the cost of scrypt)."""
        if depth > _DEEPEST:
            raise Excessive("nested too deeply")
        before = None
        while start < end:
            head = _head(data, start, end)
            if head is None:
                return None
            tag, start, stop = head
            if (tag, stop) == _END:
                return start
            self.nodes += 1
            if self.nodes > MOST_NODES:
                raise Excessive("too many parts")
            kind = tag & ~_CONSTRUCTED
            if kind == _INTEGER and stop is not None:
                self._count(data[start:stop], after_octets=before == _OCTETS)
            if tag & _CONSTRUCTED or kind == _OCTETS:
                after = self._inside(data, tag, start, end if stop is None else stop, depth)
            if stop is None:
                stop = after
            if stop is None:
                return None
            before, start = kind, stop
        return start

    def _inside(self, data, tag, start, end, depth):
        after = self._see(data, start, end, depth + 1)
        if tag == _OCTETS | _CONSTRUCTED:
            # Its pieces form one text, which may hold a structure
            pieces = b"".join(_pieces(data, start, end, depth))
            self._see(pieces, 0, len(pieces), depth + 1)
        return after

    def _count(self, digits, after_octets):
        if len(digits) > LONGEST_INTEGER:
            raise Excessive("a number of thousands of digits")
        if after_octets:
            self.rounds += abs(int.from_bytes(digits, "big", signed=True))
            if self.rounds > MOST_ROUNDS:
                raise Excessive("too many rounds")


def _pieces(data, start, end, depth):
    """The texts of a constructed octet string."""
    while start < end and depth <= _DEEPEST:
        head = _head(data, start, end)
        if head is None or head[0] != _OCTETS or head[2] is None:
            return
        yield data[head[1] : head[2]]
        start = head[2]


def _head(data, start, end):
    """(tag, where the content begins, where it ends); None for what is no part. The end is None
    when it is open, and 0 at the end of an open one."""
    if end - start < 2:
        return None
    tag, place = data[start], start + 1
    if tag & 0x1F == 0x1F:
        while place < end and data[place] & 0x80:
            place += 1
        place += 1
        if place >= end:
            return None
    length, place = data[place], place + 1
    if tag == 0 and length == 0:
        return 0, place, 0
    if length == 0x80:
        return (tag, place, None) if tag & _CONSTRUCTED else None
    if length & 0x80:
        width = length & 0x7F
        if width > 4 or place + width > end:
            return None
        length, place = int.from_bytes(data[place : place + width], "big"), place + width
    return (tag, place, place + length) if place + length <= end else None
