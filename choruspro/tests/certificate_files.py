# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Certificate files in many forms, made from those of the simulator's test authority."""

import base64
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)

from choruspro.certificate import describe
from choruspro.certificate_file import open_certificate

LEGACY = (
    PrivateFormat.PKCS12.encryption_builder()
    .kdf_rounds(2048)
    .key_cert_algorithm(pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC)
    .hmac_hash(SHA1())
)


def read_certificate(content, password):
    """What the file of a certificate says."""
    return describe(open_certificate(content, password))


@dataclass(frozen=True)
class CertificateFiles:
    """``known``: the `certificate` of the simulator's credentials."""

    known: dict

    @property
    def password(self):
        return self.known["password"]

    def p12(self, variant=None):
        """The bytes of the good .p12, or of one with a defect."""
        return base64.b64decode(self.known["variants"][variant] if variant else self.known["p12"])

    def parts(self, variant=None):
        """(key, own certificate, the certificates of its authorities)."""
        return pkcs12.load_key_and_certificates(self.p12(variant), self.password.encode())

    @property
    def authority(self):
        return x509.load_pem_x509_certificate(self.known["authority"].encode())

    def pem(self, *, password="", key_format=PrivateFormat.PKCS8, with_key=True, other_key=None):
        """The good one as PEM text; its certificates stand in the wrong order, the key last."""
        key, own, others = self.parts()
        lock = BestAvailableEncryption(password.encode()) if password else NoEncryption()
        text = b"".join(item.public_bytes(Encoding.PEM) for item in [*reversed(others), own])
        if with_key:
            text += (other_key or key).private_bytes(Encoding.PEM, key_format, lock)
        return text

    def other_p12(self, *, password="", lock=BestAvailableEncryption):
        """The good one as another .p12, its authorities in the wrong order."""
        key, own, others = self.parts()
        encryption = lock(password.encode()) if password else NoEncryption()
        return pkcs12.serialize_key_and_certificates(b"", key, own, others[::-1], encryption)

    def legacy_p12(self):
        """As older Windows and Java export it: 3DES and SHA-1."""
        return self.other_p12(password=self.password, lock=LEGACY.build)
