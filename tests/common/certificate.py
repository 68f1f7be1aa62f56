# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""A connection by client certificate, and certificates that become what they are with time."""

import base64
from datetime import datetime, timedelta

from freezegun import freeze_time

from .chorus_pro import ChorusProCommon

DAY = timedelta(days=1)


class CertificateCommon(ChorusProCommon):
    """The connection shows the good certificate of the simulator."""

    simulator_options = {"tls": True}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.known = cls.credentials["certificate"]
        cls.connection.write(
            {
                "access_mode": "certificate",
                "custom_token_url": False,
                "custom_api_url": cls.known["api_url"],
                "piste_client_id": False,
                "piste_client_secret": False,
                # Typed again, for another address.
                "technical_password": cls.credentials["password"],
                "trusted_authorities": cls.known["authority"],
            }
        )
        cls.certificate = cls._add_certificate(cls.known["p12"])

    @classmethod
    def _add_certificate(cls, file, password=None, **values):
        """file: its bytes, or its base64 text."""
        return cls.env["chorus.pro.certificate"].create(
            {
                "connection_id": cls.connection.id,
                "file": base64.b64encode(file) if isinstance(file, bytes) else file,
                "password": cls.known["password"] if password is None else password,
                **values,
            }
        )

    @classmethod
    def _add_variant(cls, variant, days_ago=0):
        """One of the simulator's wrong certificates, added so many days ago."""
        with freeze_time(datetime.now() - days_ago * DAY):
            return cls._add_certificate(cls.known["variants"][variant])

    def _verdicts(self):
        with self.enter_registry_test_mode():
            self.connection.action_test_connection()
        return self.connection.check_ids
