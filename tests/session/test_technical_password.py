# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import Command, fields
from odoo.tests import Form, tagged

from ...choruspro.certificate import REMINDER_DAYS
from ...models.access.storage import paris_today
from ...models.session.expiry import reminder_due
from ..common.chorus_pro import ChorusProCommon

GUARD = "odoo.addons.l10n_fr_chorus_pro.models.session.row_guard"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestTechnicalPassword(ChorusProCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = paris_today()

    def _in(self, days):
        return self.today + timedelta(days=days)

    def _run_job(self):
        self._run(self.env.ref("l10n_fr_chorus_pro.ir_cron_technical_password"))

    def _reminders(self):
        """What the administrator was told, oldest first: (subject, body)."""
        messages = self.env["mail.message"].sudo().search(
            [
                ("partner_ids", "in", self.administrator.partner_id.ids),
                ("model", "=", "chorus.pro.connection"),
                ("res_id", "=", self.connection.id),
            ],
            order="id",
        )
        return [(message.subject, str(message.body)) for message in messages]

    def test_each_reminder_is_due_once_and_only_the_latest_of_those_missed(self):
        sent, told = None, []
        for days_left in range(70, -5, -1):
            due = reminder_due(days_left, sent)
            if due is not None:
                told.append((days_left, due))
                sent = due
        self.assertEqual(told, [(days, days) for days in REMINDER_DAYS])
        self.assertEqual(reminder_due(3, 30), 7)
        self.assertEqual(reminder_due(-40, None), 1)
        self.assertIsNone(reminder_due(-40, 1))
        self.assertIsNone(reminder_due(61, None))

    def test_job_asks_once_and_keeps_what_chorus_pro_says(self):
        self.connection.technical_password_expiry = self._in(2)
        self._run_job()
        self.assertEqual(len(self._requests("structures_consulter")), 1)
        self.assertGreater(self.connection.technical_password_expiry, self._in(300))
        self.assertFalse(self._reminders())

    def test_administrators_are_reminded_once_of_each_date(self):
        self.simulator.control.lack(password_days=True)
        for _day in range(2):
            self._run_job()
        [(subject, body)] = self._reminders()
        self.assertIn("7 days", subject)
        self.assertIn("Réinitialisation", body)
        self.assertIn(self.credentials["login"], body)
        self.assertNotIn(self.credentials["password"], body)

    def test_another_date_begins_anew(self):
        self.simulator.control.lack(password_date=True)
        for days, reminders in ((29, 1), (29, 1), (14, 2), (424, 2), (60, 3)):
            self.connection.technical_password_expiry = self._in(days)
            self._run_job()
            self.assertEqual(len(self._reminders()), reminders, days)

    def test_reminder_is_in_the_language_of_its_reader(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.administrator.lang = "fr_FR"
        self.simulator.control.lack(password_days=True)
        self._run_job()
        [(subject, _body)] = self._reminders()
        self.assertIn("7", subject)
        words = self.connection.with_context(lang="fr_FR")._expiry_words(7)
        self.assertEqual(subject, words[0])

    def test_passed_date_warns_and_invoices_leave(self):
        self.simulator.control.lack(password_date=True)
        self.connection.technical_password_expiry = self._in(-2)
        self._run_job()
        [(subject, _body)] = self._reminders()
        self.assertIn("has expired", subject)
        self.assertFalse(self.connection.paused_until)
        self.assertEqual(self._send(self._invoice()).state, "deposited")

    def test_real_refusal_stops_the_connection(self):
        self.simulator.control.lack(technical_account=True)
        self._run_job()
        self.assertTrue(self.connection.paused_until)
        self.assertIn("technical account", self.connection.trouble)

    def test_paused_or_copied_connection_is_not_asked_for(self):
        self.connection.paused_until = fields.Datetime.now() + timedelta(hours=1)
        self._run_job()
        self.connection.paused_until = False
        self.connection.sudo().database_stamp = "another one"
        self._run_job()
        self.assertFalse(self._requests())

    @contextmanager
    def _failing(self, broken, failure):
        """Reading the date of the connection ``broken`` raises ``failure``; gives the list of the
        connections that were asked for theirs."""
        read = type(broken)._read_password_expiry
        asked = []

        def reads(connection):
            asked.append(connection)
            if connection == broken:
                raise failure
            return read(connection)

        is_race = isinstance(failure, SerializationFailure)
        said = self.assertNoLogs if is_race else self.assertLogs
        patched = patch.object(type(broken), "_read_password_expiry", reads)
        with patched, said(GUARD, "ERROR"):
            yield asked

    def test_failure_of_one_connection_does_not_keep_the_others(self):
        journal = self.company_data["default_journal_sale"]
        other = self._create_connection(
            self.company, name="Other", in_use=True, journal_ids=[Command.set(journal.ids)]
        )
        connections = self.connection.search([("in_use", "=", True)])
        first, second = connections & (self.connection | other)
        for failure in (SerializationFailure("someone else's"), ZeroDivisionError("a bug")):
            connections.technical_password_expiry = self._in(2)
            with self.subTest(failure=failure), self._failing(first, failure) as asked:
                self._run_job()
                self.assertEqual(asked, list(connections))
                self.assertEqual(first.technical_password_expiry, self._in(2))
                self.assertGreater(second.technical_password_expiry, self._in(300))

    def test_new_password_is_supposed_to_last_424_days(self):
        self.connection.technical_password_expiry = self._in(5)
        self.connection.technical_password = "Nouveau-2027!"
        self.assertEqual(self.connection.technical_password_expiry, self._in(424))

    def test_date_that_is_typed_or_far_away_stays(self):
        self.connection.write(
            {"technical_password": "a", "technical_password_expiry": self._in(100)}
        )
        self.assertEqual(self.connection.technical_password_expiry, self._in(100))
        self.connection.technical_password = "typed once more"
        self.assertEqual(self.connection.technical_password_expiry, self._in(100))

    def test_form_proposes_the_date_while_the_password_is_typed(self):
        self.connection.technical_password_expiry = False
        with Form(self.connection.with_user(self.administrator)) as form:
            form.technical_password = "Nouveau-2027!"
            self.assertEqual(form.technical_password_expiry, self._in(424))
            form.technical_password_expiry = self._in(400)
        self.assertEqual(self.connection.technical_password_expiry, self._in(400))
