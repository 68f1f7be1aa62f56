# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The test authority of the older access: who the server is, and who may call it.

Everything is made at each start and trusted by nobody else. The package cryptography is
needed here only: without the TLS port this file is not loaded.
"""

import base64
import ipaddress
import ssl
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

PASSWORD = "simulator-certificate"
_DAY = timedelta(days=1)
_CLIENT, _SERVER = ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH


@dataclass(frozen=True, repr=False)
class Holder:
    """A key and its certificate."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate


class Authority:
    """A root, and an intermediate that signs for it: a client must send the intermediate."""

    def __init__(self, name):
        life = {"ends": 3650 * _DAY}
        self._root = _issue(f"{name}, root", None, _authority(1), **life)
        self._intermediate = _issue(f"{name}, intermediate", self._root, _authority(0), **life)

    @property
    def root_pem(self):
        """The PEM text of the root: all that a caller must trust."""
        return _pem(self._root.certificate).decode()

    def client(self, name, begins=-_DAY, ends=365 * _DAY):
        """A client's Holder; its certificate is valid between two distances from now."""
        return _issue(name, self._intermediate, _leaf(_CLIENT), begins, ends)

    def p12(self, holder, chain=True):
        """The base64 text of a .p12 with the key, the certificate and, if asked, the chain."""
        issuers = [self._intermediate.certificate, self._root.certificate] if chain else []
        return _p12(holder.key, holder.certificate, issuers)

    def p12_without_key(self, holder):
        return _p12(None, holder.certificate, [self._intermediate.certificate])

    def p12_with_key_of(self, other, holder):
        """A .p12 whose key is not that of its certificate. (The key must stand alone in it: its
        certificate is checked when the file is made.)"""
        return _p12(other.key, None, [holder.certificate, self._intermediate.certificate])

    def server_context(self):
        """The TLS side of the server: it demands a client certificate that leads to the root."""
        names = [
            x509.DNSName("localhost"),
            x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
            x509.IPAddress(ipaddress.ip_address("::1")),
        ]
        own = (x509.SubjectAlternativeName(names), False)
        server = _issue("localhost", self._intermediate, [*_leaf(_SERVER), own])
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(cadata=self.root_pem)
        key = server.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        # A context only reads files: the folder is our user's own, and gone at once
        with tempfile.TemporaryDirectory(prefix="chorus-simulator-") as folder:
            path = Path(folder, "server.pem")
            path.write_bytes(key + _pem(server.certificate) + _pem(self._intermediate.certificate))
            context.load_cert_chain(path)
        return context


def certificates(authority):
    """What a client gets: a good .p12, its successor and wrong ones, as base64, all with the
    same password."""
    holder = authority.client("Simulator's client")
    stranger = Authority("Another authority")
    return {
        "p12": authority.p12(holder),
        "password": PASSWORD,
        "authority": authority.root_pem,
        "renewed": authority.p12(authority.client("Simulator's client", ends=800 * _DAY)),
        "variants": {
            "expired": authority.p12(authority.client("Expired client", -30 * _DAY, -_DAY)),
            "not_yet_valid": authority.p12(authority.client("Future client", _DAY, 30 * _DAY)),
            "wrong_key": authority.p12_with_key_of(authority.client("Other client"), holder),
            "no_chain": authority.p12(holder, chain=False),
            "no_key": authority.p12_without_key(holder),
            "stranger": stranger.p12(stranger.client("Unknown client")),
        },
    }


def _authority(path_length):
    """The extensions of an authority, with whether each is critical."""
    return [
        (x509.BasicConstraints(ca=True, path_length=path_length), True),
        (_key_usage(digital_signature=False, key_cert_sign=True, crl_sign=True), True),
    ]


def _leaf(purpose):
    return [
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (_key_usage(digital_signature=True, key_cert_sign=False, crl_sign=False), True),
        (x509.ExtendedKeyUsage([purpose]), False),
    ]


def _key_usage(**uses):
    return x509.KeyUsage(
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
        **uses,
    )


def _issue(name, issuer, extensions, begins=-_DAY, ends=365 * _DAY):
    """A Holder signed by `issuer`, self-signed when None."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    signer = issuer.key if issuer else key
    now = datetime.now(timezone.utc)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + begins)
        .not_valid_after(now + ends)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), False
        )
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return Holder(key, builder.sign(signer, hashes.SHA256()))


def _pem(certificate):
    return certificate.public_bytes(Encoding.PEM)


def _p12(key, certificate, others):
    encryption = BestAvailableEncryption(PASSWORD.encode())
    made = pkcs12.serialize_key_and_certificates(b"simulator", key, certificate, others, encryption)
    return base64.b64encode(made).decode()
