# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""A company with every secret that the add-on keeps, and a search for each in any text."""

import base64
import os
from unittest.mock import patch
from urllib.parse import quote

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.hazmat.primitives.serialization.pkcs12 import load_key_and_certificates

from ...choruspro.secret_keys import VARIABLE
from .access import AccessCommon

KEY = base64.b64encode(bytes(range(32))).decode()
PROXY_PASSWORD = "Mot-du-proxy-2026"


class SecretScan(AccessCommon):
    @classmethod
    def setUpClass(cls):
        cls.enterClassContext(patch.dict(os.environ, {VARIABLE: KEY}))
        super().setUpClass()
        # Whoever may not export would hide what an export tells.
        exports = cls.env.ref("base.group_allow_export")
        for user in cls.users.values():
            if user._is_internal():
                user.group_ids += exports
        known = cls.credentials["certificate"]
        cls.connection.proxy_password = PROXY_PASSWORD
        cls.certificate = cls.env["chorus.pro.certificate"].create(
            {
                "connection_id": cls.connection.id,
                "file": known["p12"],
                "password": known["password"],
            }
        )
        cls.file = base64.b64decode(known["p12"])
        key, *_others = load_key_and_certificates(cls.file, known["password"].encode())
        cls.private_key = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        # From their middles: the first half of a key is its public half.
        cls.secrets = {
            "client secret": cls.credentials["client_secret"].encode(),
            "technical password": cls.credentials["password"].encode(),
            "proxy password": PROXY_PASSWORD.encode(),
            "certificate's password": known["password"].encode(),
            "certificate's file": cls._middle(cls.file),
            "private key": cls._middle(cls.private_key),
        }

    @staticmethod
    def _middle(content):
        return content[len(content) // 2 :][:60]

    def _obtain_token(self):
        """Have PISTE give a token, and look for it from now on, and for the account's header."""
        with self.enter_registry_test_mode(), self.connection._client() as client:
            client.authenticate()
            token = self.connection.sudo()._auth()._store.get().value
        account = f"{self.credentials['login']}:{self.credentials['password']}"
        self.secrets = {
            **self.secrets, "token": token.encode(), "account": base64.b64encode(account.encode())
        }

    def _found(self, text):
        """Names of the secrets that stand in a text: as they are, in base64, in hexadecimal or in
        both, or as in an address."""
        return [
            name
            for name, secret in self.secrets.items()
            if any(shape in text for shape in self._shapes(secret))
        ]

    def _shapes(self, secret):
        yield secret.hex()
        # Wherever it begins among groups of three bytes, its inner groups look like this.
        for shift in range(3):
            inner = secret[shift:]
            shape = base64.b64encode(inner[: len(inner) // 3 * 3])
            yield shape.decode()
            yield shape.hex()
        if secret.isascii():
            yield secret.decode()
            yield quote(secret.decode(), safe="")
