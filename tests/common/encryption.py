# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Secrets that a connection keeps, on a server that has keys to encrypt them, or none."""

import base64
import functools
import os
from unittest.mock import patch

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
)

from odoo.tools import SQL

from ...choruspro.secret_keys import VARIABLE
from .chorus_pro import ChorusProCommon
from .secret import PROXY_PASSWORD

EDI_PASSPHRASE = "edi-passphrase-2026"
FIRST, SECOND = (base64.b64encode(bytes(range(n, n + 32))).decode() for n in (1, 2))


def server_with(*keys):
    """Odoo on a server whose variable holds these keys."""
    return patch.dict(os.environ, {VARIABLE: ",".join(keys)})


@functools.cache
def edi_key():
    """A key file of the EDI mode, as a browser sends it; its passphrase is EDI_PASSPHRASE."""
    key = rsa.generate_private_key(65537, 2048)
    encryption = BestAvailableEncryption(EDI_PASSPHRASE.encode())
    return base64.b64encode(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption))


class SecretCommon(ChorusProCommon):
    def _type_secrets(self):
        """As an administrator who enters them all."""
        self.connection.with_user(self.administrator).write(
            {
                "piste_client_secret": self.credentials["client_secret"],
                "technical_password": self.credentials["password"],
                "proxy_address": "proxy.example.org:3128",
                "proxy_password": PROXY_PASSWORD,
                "edi_key": edi_key(),
                "edi_passphrase": EDI_PASSPHRASE,
            }
        )

    def _dump(self):
        """Everything that the tables of Chorus Pro hold, as text."""
        self.env.flush_all()
        self.env.cr.execute(
            """SELECT table_name FROM information_schema.tables
                WHERE table_schema = current_schema() AND table_name LIKE 'chorus\\_pro\\_%'
                  AND table_type = 'BASE TABLE'"""
        )
        texts = []
        for [table] in self.env.cr.fetchall():
            self.env.cr.execute(
                SQL("SELECT row_to_json(t)::text FROM %s t", SQL.identifier(table))
            )
            texts += [row for [row] in self.env.cr.fetchall()]
        return "\n".join(texts)

    def _authenticate(self):
        with self.enter_registry_test_mode(), self.connection._client() as client:
            client.authenticate()

    def _token(self):
        self.env.cr.execute("SELECT owner, value FROM chorus_pro_token")
        return self.env.cr.fetchone()
