# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Comes last: looks at what all the tests before it have left."""

import base64
import os
from pathlib import Path

from odoo.tests import BaseCase, tagged

from ...simulator.http import authority, tokens
from ...simulator.world import directory_data


@tagged("post_install_l10n", "post_install", "-at_install")
class TestWholeRun(BaseCase):
    def test_log_of_the_whole_run_holds_no_secret(self):
        path = os.environ.get("CHORUS_PRO_TEST_LOG")
        if not path:
            self.skipTest("CHORUS_PRO_TEST_LOG does not name the log of the run")
        log = Path(path).read_text(errors="replace")
        self.assertIn("odoo", log)
        secrets = [directory_data.CLIENT_SECRET, tokens.PREFIX, authority.PASSWORD, "PRIVATE KEY"]
        for supplier in directory_data.SUPPLIERS:
            account = supplier.account
            pair = f"{account.login}:{account.password}".encode()
            secrets += [account.password, base64.b64encode(pair).decode()]
        for secret in secrets:
            with self.subTest(secret=secret):
                self.assertNotIn(secret, log)
