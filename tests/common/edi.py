# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""A connection that exchanges files with the simulator over SFTP."""

import base64

from .flow import FlowCommon

DAY = 86400
# Without these there is no API.
API_SETTINGS = ("piste_client_id", "piste_client_secret", "technical_login", "technical_password")


def edi_values(known):
    """Values of a connection, of what the simulator tells of its EDI side."""
    return {
        "access_mode": "edi",
        "edi_application": "AAA123",
        "edi_host": known["host"],
        "edi_port": known["port"],
        "edi_login": "AAA123",
        "edi_host_key": known["host_key"],
        "edi_key": base64.b64encode(known["private_key"].encode()),
        "edi_out": known["deposit"],
        "edi_in": known["retrieval"],
    }


class EdiCommon(FlowCommon):
    """Without the API. The simulator's clock takes clients along: statuses get later and later
    dates."""

    simulator_options = {"sftp": True, "travels": True}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.connection.write(edi_values(cls.credentials["edi"]))
        cls.connection.write(dict.fromkeys(API_SETTINGS, False))
        cls.files = cls.env["chorus.pro.edi.file"].sudo()

    def _run_edi(self):
        self._end_pause()
        self._run(self.env.ref("l10n_fr_chorus_pro.ir_cron_edi"))

    def _happens(self, seconds=600):
        """Let time pass at Chorus Pro, then fetch what it says."""
        self.simulator.control.advance(seconds)
        self._run_edi()

    def _lay_ready(self, content, name="FEN1201A_AAA123_CPP0011201000000000009001.xml"):
        content = content if isinstance(content, bytes) else content.encode()
        self.simulator.control.edi_ready("AAA123", name, base64.b64encode(content).decode())

    @property
    def _received(self):
        return self.simulator.control.edi()[0]["received"]

    @property
    def _incoming(self):
        return self.files.search([("direction", "=", "in")])
