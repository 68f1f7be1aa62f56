# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""A copy of a whole machine keeps the stamp of the database: administrators are warned of a place
from which nothing was sent before, and nothing is stopped."""

from contextlib import contextmanager
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.connection import copies as chorus_pro_host
from ..common.chorus_pro import ChorusProCommon

LOGGER = "odoo.addons.l10n_fr_chorus_pro.models.connection.copies"
HOME = {"machine": "odoo-1 (1234abcd)", "server": "10.0.0.5:5432", "timeline": "1"}


@tagged("post_install_l10n", "post_install", "-at_install")
class TestHost(ChorusProCommon):
    def setUp(self):
        super().setUp()
        self.hosts = self.env["chorus.pro.host"].sudo()
        self.hosts.search([]).unlink()
        with self._at():
            self._run_sender()

    @contextmanager
    def _at(self, **changes):
        """Odoo runs there."""
        with patch.object(
            type(self.hosts), "_here", autospec=True, return_value={**HOME, **changes}
        ) as here:
            yield
            self.assertTrue(here.called)

    def _messages(self):
        return self.env["mail.message"].sudo().search(
            [
                ("model", "=", "chorus.pro.connection"),
                ("res_id", "=", self.connection.id),
                ("subject", "ilike", "new machine"),
            ]
        )

    def test_first_place_is_remembered_without_a_word(self):
        self.assertEqual(
            dict(self.hosts.search([]).mapped(lambda host: (host.kind, host.name))), HOME
        )
        self.assertFalse(self._messages())

    def test_place_not_seen_before_warns_once_and_invoices_leave(self):
        for kind, name in (
            ("machine", "odoo-1 (ffff0000)"), ("server", "10.0.0.5:54999"), ("timeline", "2")
        ):
            with self.subTest(kind=kind), self._at(**{kind: name}):
                before = self._messages()
                with self.assertLogs(LOGGER, "WARNING") as logs:
                    submission = self._send(self._invoice())
                self.assertIn(name, "".join(logs.output))
                self.assertEqual(submission.state, "deposited")
                told = self._messages() - before
                # One for those of each language.
                message = told.filtered(
                    lambda message: self.administrator.partner_id in message.notified_partner_ids
                )
                self.assertEqual(len(message), 1)
                self.assertIn(name, message.body)
                self.assertIn("Neutralize", message.body)
                with self.assertNoLogs(LOGGER, "WARNING"):
                    self._run_sender()
                self.assertEqual(self._messages() - before, told)
        with self._at(), self.assertNoLogs(LOGGER, "WARNING"):
            self._run_sender()

    def test_database_that_is_known_to_be_a_copy_asks_on_its_form_only(self):
        self.connection.sudo().database_stamp = False
        with self.assertNoLogs(LOGGER, "WARNING"), patch.object(
            type(self.hosts), "_here", autospec=True, return_value={**HOME, "machine": "copy (-)"}
        ) as here:
            self._run_sender()
        self.assertFalse(here.called)
        self.assertFalse(self._messages())
        with self._at(machine="copy (-)"), self.assertNoLogs(LOGGER, "WARNING"):
            self.connection._confirm_database()
            self._run_sender()

    def test_trouble_with_it_keeps_no_invoice_from_leaving(self):
        with (
            mute_logger(LOGGER),
            patch.object(chorus_pro_host, "_machine", side_effect=OSError("no host")) as machine,
        ):
            submission = self._send(self._invoice())
        self.assertTrue(machine.called)
        self.assertEqual(submission.state, "deposited")

    def test_this_very_place_is_read(self):
        here = self.hosts._here()
        self.assertEqual(set(here), set(HOME))
        self.env.cr.execute("SELECT current_setting('port')")
        [port] = self.env.cr.fetchone()
        self.assertTrue(here["server"].endswith(f":{port}"))
        self.assertTrue(here["timeline"].isdecimal())

    def test_what_postgresql_does_not_tell_is_left_out(self):
        # A role of its own, as a hosted server gives: undone with the test.
        self.env.cr.execute(
            "REVOKE EXECUTE ON FUNCTION pg_control_checkpoint(), pg_control_system() FROM PUBLIC"
        )
        self.env.cr.execute("CREATE ROLE chorus_pro_hosted")
        self.env.cr.execute("GRANT SELECT ON ir_config_parameter TO chorus_pro_hosted")
        self.env["ir.config_parameter"].sudo().get_param("database.uuid")
        self.env.cr.execute("SET LOCAL ROLE chorus_pro_hosted")
        try:
            here = self.hosts._here()
            stamp = self.env["chorus.pro.connection"]._current_stamp()
        finally:
            self.env.cr.execute("RESET ROLE")
        self.assertEqual(set(here), {"machine", "server"})
        self.assertTrue(stamp.endswith(" "))

    def test_machine_is_told_by_its_name_and_identity_which_is_not_shown(self):
        with patch.object(chorus_pro_host, "MACHINE_ID") as file:
            file.read_text.return_value = "0123456789abcdef0123456789abcdef\n"
            named = chorus_pro_host._machine()
            file.read_text.return_value = "ffffffffffffffffffffffffffffffff\n"
            self.assertNotEqual(chorus_pro_host._machine(), named)
            file.read_text.side_effect = FileNotFoundError
            self.assertTrue(chorus_pro_host._machine().endswith(" (-)"))
        self.assertNotIn("01234567", named)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestStamp(ChorusProCommon):
    def test_stamp_is_not_written_past_the_dialog(self):
        mine = self.connection.with_user(self.administrator)
        stamp = mine.database_stamp
        for write in (
            lambda: mine.write({"database_stamp": "1 2 3"}),
            lambda: mine.write({"database_stamp": stamp}),
            lambda: mine.create({"name": "x", "in_use": False, "database_stamp": "1 2 3"}),
        ):
            with self.assertRaisesRegex(AccessError, "See what differs"):
                write()
        self.connection.sudo().database_stamp = "1 2 3"
        dialog = self.env["chorus.pro.copy"].with_user(self.administrator).browse(
            mine.action_confirm_database()["res_id"]
        )
        dialog.write({"choice": "moved", "typed_name": self.company.name})
        dialog.action_confirm()
        self.assertEqual(self.connection.database_stamp, stamp)
