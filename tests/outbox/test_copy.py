# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""A copied database: an administrator sees what differs, and makes it the original or harmless."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools.misc import file_open

from ..common.secret import SecretScan
from ..common.secret_table import KEPT

# What a copy that was made harmless by hand has, and a neutralized one has not: it was looked at.
DIFFERENT = {"database_stamp"}


@tagged("post_install_l10n", "post_install", "-at_install")
class TestCopy(SecretScan):
    def setUp(self):
        super().setUp()
        self.waiting = self._invoice()
        self.waiting.with_user(self.accountant).action_chorus_pro_send()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The role is taken from invoicing there.
        cls.accountant.group_ids += cls.env.ref("l10n_fr_chorus_pro.group_user")

    def _copied(self, **parts):
        """As if this database were a copy: parts of its stamp are those of another one."""
        stamp = self.connection.database_stamp.split(" ")
        now = dict(zip(("uuid", "number", "server"), stamp, strict=True))
        self.connection.sudo().database_stamp = " ".join({**now, **parts}.values())

    def _dialog(self):
        action = self.connection.with_user(self.administrator).action_confirm_database()
        return self.env[action["res_model"]].with_user(self.administrator).browse(action["res_id"])

    def test_what_differs_is_said_in_words(self):
        for part, word in {
            "uuid": "duplicated",
            "number": "same PostgreSQL server",
            "server": "restored there",
        }.items():
            with self.subTest(part=part):
                self.connection.sudo().database_stamp = self.connection._current_stamp()
                self._copied(**{part: "7"})
                self.assertIn(word, self._dialog().differences)
        self.connection.sudo().database_stamp = False
        self.assertIn("neutralized", self._dialog().differences)

    def test_invoice_warns_of_the_connection_by_which_it_leaves(self):
        journal = self.waiting.journal_id.copy({"code": "SUD"})
        southern = self._create_connection(
            self.company, in_use=True, journal_ids=[Command.set(journal.ids)]
        )
        move = self._invoice(post=False)
        self._copied(server="7")
        self.assertTrue(move.chorus_pro_is_copied)
        with Form(move) as form:
            form.journal_id = journal
            self.assertFalse(form.chorus_pro_is_copied)
        southern.sudo().database_stamp = False
        move.invalidate_recordset(["chorus_pro_is_copied"])
        self.assertTrue(move.chorus_pro_is_copied)

    def test_what_would_leave_is_counted(self):
        self.simulator.control.fault("lost_answer", "soumettre", 1)
        self._send(self._invoice())
        second = self._invoice()
        second.with_user(self.accountant).action_chorus_pro_send()
        dialog = self._dialog()
        counts = dialog.queued_count, dialog.uncertain_count, dialog.action_count
        self.assertEqual(counts[1:], (1, 0))
        self.assertEqual(counts[0], 1)

    def test_nothing_leaves_before_the_decision(self):
        self._copied(server="7")
        self._run_sender()
        self.assertEqual(self.waiting.chorus_pro_state, "queued")
        self.assertFalse(self._requests())
        self.assertTrue(self.waiting.with_user(self.accountant).chorus_pro_is_copied)

    def test_decision_is_taken_and_proven(self):
        self._copied(server="7")
        dialog = self._dialog()
        for values in (
            {},
            {"choice": "moved"},
            {"choice": "moved", "typed_name": "another"},
            {"choice": "copy"},
        ):
            dialog.write(values)
            with self.subTest(values=values), self.assertRaises(UserError):
                dialog.action_confirm()
        self.assertTrue(self.connection.is_other_database)

    def test_original_that_was_moved_sends_again(self):
        self._copied(server="7")
        dialog = self._dialog()
        dialog.write({"choice": "moved", "typed_name": f" {self.company.name.upper()} "})
        dialog.action_confirm()
        self.assertFalse(self.connection.is_other_database)
        self._run_sender()
        self.assertEqual(self.waiting.chorus_pro_state, "deposited")

    def test_dialog_that_stayed_open_decides_nothing_more(self):
        self._copied(server="7")
        late, dialog = self._dialog(), self._dialog()
        dialog.write({"choice": "moved", "typed_name": self.company.name})
        dialog.action_confirm()
        late.write({"choice": "copy", "typed_name": self.company.name})
        with self.assertRaisesRegex(UserError, "nothing left to decide"):
            late.action_confirm()
        self.assertTrue(self.connection.has_technical_password)

    def test_copy_is_made_harmless(self):
        self._obtain_token()
        self._copied(server="7")
        self.connection.environment = "production"
        dialog = self._dialog()
        dialog.write({"choice": "copy", "typed_name": self.company.name})
        dialog.action_confirm()
        self.assertEqual(self.waiting.chorus_pro_state, "cancelled")
        self.assertEqual(self.connection.environment, "qualification")
        self._assert_no_secret_left()
        self._run_sender()
        self.assertFalse(self._requests("soumettre"))

    def test_neutralized_database_is_as_harmless(self):
        def state():
            self.env.flush_all()
            self.env.cr.execute(
                "SELECT row_to_json(c) FROM chorus_pro_connection c WHERE id = %s",
                [self.connection.id],
            )
            [[row]] = self.env.cr.fetchall()
            rows = self.env["chorus.pro.submission"].sudo().search([]).sorted("id")
            ignored = {"write_date", "write_uid", *DIFFERENT}
            return {k: row[k] or None for k in row.keys() - ignored}, rows.mapped("state")

        self._send(self._invoice())
        second = self._invoice()
        second.with_user(self.accountant).action_chorus_pro_send()
        with self._undone():
            self.connection._make_harmless()
            by_hand = state()
        self._neutralize()
        by_odoo = state()
        self.assertEqual(by_odoo[1], by_hand[1])
        # By hand, what was learnt of the former place is forgotten too: that is no secret.
        differing = {k for k, value in by_odoo[0].items() if value != by_hand[0][k]}
        self.assertFalse({k for k in differing if by_hand[0][k]}, differing)

    def test_neutralizing_leaves_no_secret(self):
        self._obtain_token()
        self._neutralize()
        self._assert_no_secret_left()
        self.assertTrue(self.connection.is_other_database)

    def _neutralize(self):
        self.env.flush_all()
        with file_open("l10n_fr_chorus_pro/data/neutralize.sql") as script:
            self.env.cr.execute(script.read())
        self.env.invalidate_all()

    def _assert_no_secret_left(self):
        """Each column that may hold one is empty: a new one cannot be forgotten."""
        self.env.flush_all()
        for name, columns in KEPT.items():
            for column in columns:
                table = self.env[name]._table
                self.env.cr.execute(f'SELECT count("{column}") FROM "{table}"')
                with self.subTest(table=table, column=column):
                    self.assertEqual(self.env.cr.fetchone(), (0,))

    def test_only_an_administrator_decides(self):
        for role in ("user", "manager", "accountant", "elsewhere"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                self.connection.with_user(self.users[role]).action_confirm_database()
