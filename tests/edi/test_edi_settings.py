# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The settings of the EDI mode: what is refused at once, and what the check finds."""

import base64
import os
import tempfile
from pathlib import Path
from unittest.mock import patch

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ...models.edi.connection import FOLDERS_VARIABLE
from ..common.edi import EdiCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestEdiSettings(EdiCommon):
    def _verdicts(self):
        self.connection.with_user(self.administrator).action_test_connection()
        return {row.step: row.verdict for row in self.connection.check_ids}

    def test_check_tries_the_exchange_and_says_what_the_api_would_add(self):
        self.assertEqual(self._verdicts(), {
            "edi_settings": "ok", "edi_server": "ok", "edi_out": "ok", "edi_in": "ok",
            "edi_api": "warning",
        })
        rows = self.connection.check_ids
        self.assertTrue(all(row.name and row.message for row in rows))
        self.assertEqual(self.simulator.control.edi()[0]["deposited"], [])

    def test_check_names_the_step_that_fails(self):
        cases = {
            "edi_server": {"edi_host_key": "SHA256:" + "A" * 43},
            "edi_in": {"edi_in": "/nowhere"},
            "edi_settings": {"edi_out": False},
        }
        for step, values in cases.items():
            with self.subTest(step=step), self.env.cr.savepoint():
                before = {name: self.connection[name] for name in values}
                self.connection.write(values)
                found = self._verdicts()
                self.assertEqual([name for name in found if found[name] == "error"], [step])
                self.connection.write(before)

    def test_bad_setting_is_refused_when_it_is_saved(self):
        cases = (
            ({"edi_application": "AA1"}, "application code"),
            ({"edi_interface_cii": "1106"}, "interface code"),
            ({"edi_host": "user@host"}, "SFTP server"),
            ({"edi_host_key": "nonsense"}, "public key"),
            ({"edi_key": base64.b64encode(b"junk")}, "private key"),
            ({"edi_transport": "folder"}, "not released"),
        )
        for values, words in cases:
            with self.subTest(values=values), self.assertRaisesRegex(ValidationError, words):
                with self.env.cr.savepoint():
                    self.connection.write(values)

    def test_connection_that_is_not_complete_names_what_is_missing(self):
        self.connection.edi_application = False
        move = self._invoice()
        [finding] = move._chorus_pro_findings()[move]
        self.assertIn("Application Code", finding.text(self.env))

    def test_gateway_exchanges_by_folders_that_the_server_releases(self):
        with tempfile.TemporaryDirectory() as root:
            out, incoming = Path(root, "out"), Path(root, "in")
            out.mkdir()
            incoming.mkdir()
            with patch.dict(os.environ, {FOLDERS_VARIABLE: root}):
                self.connection.write({
                    "edi_transport": "folder", "edi_out": str(out), "edi_in": str(incoming),
                })
                flow = self._deposit(self._invoice())
                self.assertEqual(flow.state, "deposited", flow.reason)
                self.assertEqual(os.listdir(out), [flow.file_name])
                file = incoming / "CSO1117A_AAA123_CPP0011117000000000000001.xml"
                file.write_bytes(b"x")
                os.utime(file, (0, 0))
                self._run_edi()
                self.assertEqual(self._incoming.mapped("name"), [file.name])
                self.assertFalse(file.exists())
            with patch.dict(os.environ, {FOLDERS_VARIABLE: "/srv/other"}):
                file.write_bytes(b"y")
                self._run_edi()
                self.assertTrue(file.exists())
                self.assertIn("may not", self.connection.trouble)
