# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""A caller of the older access, and what its certificate files hold."""

import base64
from pathlib import Path

from conftest import Caller
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)


class CertificateCaller(Caller):
    """The same requests, by the older access."""

    def __init__(self, sim, folder, supplier=0):
        self.folder = folder
        super().__init__(sim, supplier)

    def enter(self, account):
        self.known = {**self.known, **self.known["certificate"]}
        self.http.headers["Authorization"] = f"Basic {account}"
        self.http.cert = pem_file(self.folder, self.known["p12"])
        self.http.verify = str(self.folder / "root.pem")
        Path(self.http.verify).write_text(self.known["authority"])

    def post(self, path, body, **options):
        return super().post(path.replace("/v1/", "/"), body, **options)


def read_p12(text):
    """(key, certificate, the other certificates)."""
    return pkcs12.load_key_and_certificates(base64.b64decode(text), b"simulator-certificate")


def pem_file(folder, text):
    """The path of a PEM file with everything that a .p12 holds."""
    key, certificate, others = read_p12(text)
    path = folder / "client.pem"
    path.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        + b"".join(item.public_bytes(Encoding.PEM) for item in [certificate, *others])
    )
    return str(path)
