# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import base64
import logging

from odoo.tests import tagged

from ..simulator.faults import FAULTS
from .common import ChorusProCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestNoSecretLeaks(ChorusProCommon):
    """Secrets appear in no log, no message, no stored text, whatever goes wrong."""

    def _secrets(self):
        login, password = self.credentials["login"], self.credentials["password"]
        header = base64.b64encode(f"{login}:{password}".encode()).decode()
        with self.enter_registry_test_mode():
            token = self.connection._client()
            token.authenticate()
            token.close()
        self.env.cr.execute("SELECT value FROM chorus_pro_token")
        [[token]] = self.env.cr.fetchall()
        return {self.credentials["client_secret"], password, header, token}

    def test_scan_of_logs_chatter_and_stored_texts_finds_no_secret(self):
        secrets = self._secrets()
        # Odoo's own trace of SQL, off by default, shows every value that any table is given.
        sql = logging.getLogger("odoo.sql_db")
        self.addCleanup(sql.setLevel, sql.level)
        sql.setLevel(logging.INFO)
        with self.assertLogs(level=logging.DEBUG) as logs:
            logging.getLogger(__name__).debug("the scan sees what is logged")
            for fault in FAULTS:
                self._fresh_chorus()
                try:
                    self.simulator.control.fault(fault, None, 1)
                except ValueError:
                    continue
                submission = self._send(self._invoice())
                self._run_follower()
            self.connection.piste_client_secret = "wrong-" + self.credentials["client_secret"]
            self._send(self._invoice())
        logged = "\n".join(logs.output)
        self.assertIn("the scan sees", logged)
        self.assertIn("soumettre", logged)
        texts = {"logs": logged}
        for model, columns in {
            "chorus.pro.submission": ["reason"],
            "chorus.pro.connection": ["trouble"],
            "mail.message": ["body"],
            "bus.bus": ["message"],
        }.items():
            rows = self.env[model].sudo().search_read([], columns)
            texts[model] = str(rows)
        self.assertTrue(submission)
        for place, text in texts.items():
            for secret in secrets:
                with self.subTest(place=place):
                    self.assertNotIn(secret, text)
