# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Certificates of every shape, made with ``cryptography``: a root, an intermediate, a client."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
    pkcs12,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

NOW = datetime(2026, 11, 22, 12, tzinfo=timezone.utc)
DAY = timedelta(days=1)
CLIENT, SERVER = ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH
PASSWORD = "mot de passe"

# cryptography makes no RSA key of less than 1,024 bits, and none is quick: made once
KEYS = {
    "rsa1024": lambda: rsa.generate_private_key(65537, 1024),
    "rsa2048": lambda: rsa.generate_private_key(65537, 2048),
    "ec": lambda: ec.generate_private_key(ec.SECP256R1()),
    "ec192": lambda: ec.generate_private_key(ec.SECP192R1()),
    "ed25519": ed25519.Ed25519PrivateKey.generate,
    "dsa": lambda: dsa.generate_private_key(2048),
    # Others of the same kinds
    "root": lambda: ec.generate_private_key(ec.SECP256R1()),
    "intermediate": lambda: ec.generate_private_key(ec.SECP256R1()),
    "other": lambda: ec.generate_private_key(ec.SECP256R1()),
}


@cache
def key(kind):
    return KEYS[kind]()


def name(common, organisation="", unit=""):
    said = {
        NameOID.ORGANIZATION_NAME: organisation,
        NameOID.ORGANIZATIONAL_UNIT_NAME: unit,
        NameOID.COMMON_NAME: common,
    }
    return x509.Name([x509.NameAttribute(oid, text) for oid, text in said.items() if text])


def certificate(
    subject,
    subject_key,
    issuer,
    issuer_key,
    *,
    first=NOW - 10 * DAY,
    last=NOW + 400 * DAY,
    sha1=False,
    purposes=(),
    ca=None,
    usage=None,
    extensions=(),
):
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(subject_key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(first)
        .not_valid_after(last)
    )
    if purposes:
        builder = builder.add_extension(x509.ExtendedKeyUsage(purposes), False)
    if ca is not None:
        builder = builder.add_extension(x509.BasicConstraints(ca=ca, path_length=None), True)
    if usage is not None:
        builder = builder.add_extension(_usage(usage), True)
    for extension in extensions:
        builder = builder.add_extension(extension, False)
    made = builder.sign(issuer_key, hashes.SHA256())
    return _signed_with_sha1(made, issuer_key) if sha1 else made


def _signed_with_sha1(made, issuer_key):
    """The same as it was made years ago: the library signs so no longer."""
    now_used, once_used = (_sequence(_oid(f"2a8648ce3d04{end}")) for end in ("0302", "01"))
    content = made.tbs_certificate_bytes
    assert content.count(now_used) == 1 and content[1] > 128
    header = 2 + content[1] - 128
    content = _sequence(content[header:].replace(now_used, once_used))
    signature = issuer_key.sign(content, ec.ECDSA(hashes.SHA1()))
    return x509.load_der_x509_certificate(
        _sequence(content + once_used + _der(0x03, b"\x00" + signature))
    )


def _usage(said):
    names = (
        "digital_signature content_commitment key_encipherment data_encipherment key_agreement "
        "key_cert_sign crl_sign encipher_only decipher_only"
    )
    return x509.KeyUsage(**{item: item in said for item in names.split()})


@dataclass
class Shape:
    """The certificate of a client and those above it. client, above: options of certificate()."""

    key_kind: str = "ec"
    subject: x509.Name = name("client.example.org", "ATELIERS DUPONT")
    above_name: str = "Autorité intermédiaire"
    client: dict = field(default_factory=dict)
    above: dict = field(default_factory=dict)
    root: dict = field(default_factory=dict)

    def __post_init__(self):
        root, above = name("Racine"), name(self.above_name)
        # The authorities live longer than what they sign
        life = {"ca": True, "first": NOW - 900 * DAY, "last": NOW + 3000 * DAY}
        self.key = key(self.key_kind)
        self.top = certificate(root, key("root"), root, key("root"), **{**life, **self.root})
        self.middle = certificate(
            above, key("intermediate"), root, key("root"), **{**life, **self.above}
        )
        options = {"purposes": [CLIENT], **self.client}
        self.own = certificate(self.subject, self.key, above, key("intermediate"), **options)

    @property
    def chain(self):
        return [self.own, self.middle, self.top]

    def key_pem(self, other=None, password=""):
        lock = BestAvailableEncryption(password.encode()) if password else NoEncryption()
        return (other or self.key).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock)

    def pem(self, *certificates, keys=None):
        """Key first, then these certificates, or the whole chain."""
        parts = [self.key_pem()] if keys is None else keys
        parts += [item.public_bytes(Encoding.PEM) for item in certificates or self.chain]
        return b"".join(parts)

    def p12(self, *above, password=PASSWORD):
        """The client and these authorities, or all of them."""
        lock = BestAvailableEncryption(password.encode()) if password else NoEncryption()
        return pkcs12.serialize_key_and_certificates(
            b"", self.key, self.own, above or self.chain[1:], lock
        )


def p12_with_two_keys(shape, other_key):
    """As a Java key store with two entries is exported: each key under a password of its own."""
    lock = BestAvailableEncryption(PASSWORD.encode())
    shrouded = [
        item.private_bytes(Encoding.DER, PrivateFormat.PKCS8, lock)
        for item in (shape.key, other_key)
    ]
    assert all(load_der_private_key(item, PASSWORD.encode()) for item in shrouded)
    bags = [_bag(2, _explicit(item)) for item in shrouded]
    own = shape.own.public_bytes(Encoding.DER)
    x509_bag = _sequence(_oid("2a864886f70d01091601") + _explicit(_der(0x04, own)))
    bags.append(_bag(3, _explicit(x509_bag)))
    safe = _sequence(_data(_sequence(b"".join(bags))))
    return _sequence(_der(0x02, b"\x03") + _data(safe))


def _data(content):
    return _sequence(_oid("2a864886f70d010701") + _explicit(_der(0x04, content)))


def _bag(kind, content):
    return _sequence(_oid(f"2a864886f70d010c0a01{kind:02x}") + content)


def _oid(hexadecimal):
    return _der(0x06, bytes.fromhex(hexadecimal))


def _sequence(content):
    return _der(0x30, content)


def _explicit(content):
    return _der(0xA0, content)


def _der(tag, content):
    size = len(content)
    if size < 128:
        length = bytes([size])
    else:
        digits = size.to_bytes((size.bit_length() + 7) // 8, "big")
        length = bytes([128 + len(digits)]) + digits
    return bytes([tag]) + length + content
