# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What enters the queue automatically, what pauses it, and what leaves it for a person."""

from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import Form, new_test_user, tagged

from ...models.outbox.settings import SENDERS
from ..common.chorus_pro import ChorusProCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestAutomaticSending(ChorusProCommon):
    def _confirm(self, **values):
        move = self._invoice(post=False, **values)
        move.with_user(self.accountant).action_post()
        return move

    def test_nothing_leaves_by_itself_unless_it_was_chosen(self):
        self.assertFalse(self._confirm().chorus_pro_state)

    def test_confirmed_invoice_waits_in_the_queue_and_can_be_taken_out(self):
        self.connection.write({"sends_when_confirmed": True, "undo_minutes": 30})
        move = self._confirm()
        self.assertEqual(move.chorus_pro_state, "queued")
        self.assertGreater(move.chorus_pro_next_try, fields.Datetime.now() + timedelta(minutes=29))
        self._archive(move)
        self._run_sender()
        self.assertEqual(move.chorus_pro_state, "queued")
        self.assertFalse(self._requests())
        move.with_user(self.accountant).action_chorus_pro_cancel()
        self.assertEqual(move.chorus_pro_state, "cancelled")

    def test_after_the_delay_it_leaves(self):
        self.connection.sends_when_confirmed = True
        move = self._confirm()
        self._archive(move)
        self._make_due(move.chorus_pro_submission_ids)
        self._run_sender()
        self.assertEqual(move.chorus_pro_state, "deposited")

    def test_customer_decides_before_the_connection(self):
        self.customer.chorus_pro_when_confirmed = "yes"
        self.assertEqual(self._confirm().chorus_pro_state, "queued")
        self.connection.sends_when_confirmed = True
        self.customer.chorus_pro_when_confirmed = "no"
        self.assertFalse(self._confirm().chorus_pro_state)

    def test_confirming_never_fails_and_says_what_is_missing(self):
        self.connection.sends_when_confirmed = True
        self.customer.company_registry = "123"
        move = self._confirm()
        self.assertEqual(move.state, "posted")
        self.assertFalse(move.chorus_pro_state)
        self.assertIn("SIRET", move.message_ids[0].body)

    def test_customer_of_another_method_is_left_alone(self):
        self.connection.sends_when_confirmed = True
        self.customer.invoice_sending_method = "email"
        self.assertFalse(self._confirm().chorus_pro_state)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestQuiet(ChorusProCommon):
    """A connection that does not work is paused; queued invoices keep their place."""

    def _queue(self, count):
        moves = self.env["account.move"].union(*(self._invoice() for _n in range(count)))
        moves.with_user(self.accountant).action_chorus_pro_send()
        return moves

    def test_one_failure_keeps_the_whole_queue_quiet(self):
        self.simulator.control.fault("connection_refused_like", "coordbanc_valides", 9)
        self.simulator.control.fault("connection_refused_like", "tauxtva", 9)
        moves = self._queue(5)
        self._run_sender()
        self.assertTrue(self.connection.paused_until)
        self.assertTrue(self.connection.trouble)
        before = len(self._requests())
        self._run_sender()
        self.assertEqual(len(self._requests()), before, "no call while it is paused")
        self.assertEqual(set(moves.mapped("chorus_pro_state")), {"queued"})
        self.assertEqual(set(moves.mapped("chorus_pro_trouble")), {self.connection.trouble})
        self.assertEqual(
            min(moves.mapped("chorus_pro_next_try")), self.connection.paused_until
        )

    def test_a_day_out_of_order_asks_less_and_less_then_all_leaves_without_a_click(self):
        for operation in ("coordbanc_valides", "tauxtva", "structures_rechercher"):
            self.simulator.control.fault("bad_gateway", operation, 500)
        moves = self._queue(3)
        name = "odoo.addons.l10n_fr_chorus_pro"
        with self.assertLogs(name, "INFO") as logs:
            for _hour in range(24):
                self._make_due(moves.chorus_pro_submission_ids)
                self._run_sender()
        said = [line for line in logs.output if "connection" in line]
        self.assertEqual(len(said), len(set(said)), "what is known is not said again")
        # One question an hour, which the client repeats three times, and a token.
        self.assertLessEqual(len(self._requests()), 24 * 4 + 1)
        self.assertEqual(set(moves.mapped("chorus_pro_state")), {"queued"})
        wait = self.connection.paused_until - fields.Datetime.now()
        self.assertGreater(wait, timedelta(minutes=59))
        self.assertTrue(self.env.ref("l10n_fr_chorus_pro.ir_cron_send").active)
        self._fresh_chorus()
        self._make_due(moves.chorus_pro_submission_ids)
        self._run_sender()
        self.assertEqual(set(moves.mapped("chorus_pro_state")), {"deposited"})
        self.assertFalse(self.connection.trouble)
        self.assertFalse(self.connection.failures)

    def test_retry_after_is_obeyed_by_the_whole_connection(self):
        self.simulator.control.fault("rate_limited", "deposer_pdf", 1, retry_after=90)
        moves = self._queue(3)
        self._run_sender()
        wait = self.connection.paused_until - fields.Datetime.now()
        self.assertAlmostEqual(wait.total_seconds(), 90, delta=5)
        self.assertEqual(len(self._requests("deposer_pdf")), 1)
        self.assertEqual(set(moves.mapped("chorus_pro_state")), {"queued"})

    def test_refused_credentials_tell_the_administrators_once(self):
        self.connection.piste_client_secret = "wrong"
        moves = self._queue(2)
        messages = self.env["mail.message"].sudo().search_count
        domain = [
            ("model", "=", "chorus.pro.connection"),
            ("notified_partner_ids", "in", self.administrator.partner_id.ids),
        ]
        for _run in range(3):
            self._make_due(moves.chorus_pro_submission_ids)
            self._run_sender()
        self.assertEqual(messages(domain), 1)
        self.assertGreater(
            self.connection.paused_until, fields.Datetime.now() + timedelta(minutes=50)
        )

    def test_mended_connection_resumes_at_once(self):
        self.connection.piste_client_secret = "wrong"
        moves = self._queue(2)
        self._run_sender()
        self.assertEqual(set(moves.mapped("chorus_pro_state")), {"queued"})
        self.connection.with_user(self.administrator).piste_client_secret = self.credentials[
            "client_secret"
        ]
        self.assertFalse(self.connection.paused_until)
        self._make_due(moves.chorus_pro_submission_ids)
        self._run_sender()
        self.assertEqual(set(moves.mapped("chorus_pro_state")), {"deposited"})

    def test_connection_that_passes_its_test_resumes_at_once(self):
        self.connection.paused_until = fields.Datetime.now() + timedelta(hours=1)
        with self.enter_registry_test_mode():
            self.connection.with_user(self.administrator).action_test_connection()
        self.assertFalse(self.connection.paused_until)

    def test_clock_that_was_set_back_delays_nothing(self):
        moves = self._queue(1)
        moves.chorus_pro_submission_ids.sudo().next_try = "2099-01-01 00:00:00"
        self.connection.paused_until = "2099-01-01 00:00:00"
        self._run_sender()
        self.assertEqual(moves.chorus_pro_state, "deposited")

    def test_archived_connection_sends_nothing_more_and_says_so(self):
        moves = self._queue(1)
        self.connection.active = False
        self._run_sender()
        self.assertEqual(moves.chorus_pro_state, "queued")
        self.assertIn("archived", moves.chorus_pro_reason)
        self.assertFalse(self._requests("deposer_pdf"))


@tagged("post_install_l10n", "post_install", "-at_install")
class TestCopyOfADatabase(ChorusProCommon):
    def test_each_part_of_the_stamp_stops_the_deposits(self):
        uuid, oid, system = self.connection.database_stamp.split(" ")
        for stamp in (f"x {oid} {system}", f"{uuid} 1 {system}", f"{uuid} {oid} 1", False):
            with self.subTest(stamp=stamp):
                self.connection.sudo().write({"database_stamp": stamp, "paused_until": False})
                move = self._invoice()
                self._send(move)
                self.assertEqual(move.chorus_pro_state, "queued")
                self.assertIn("copy", move.chorus_pro_trouble)
                self.assertFalse(self._requests())
                move.with_user(self.accountant).action_chorus_pro_cancel()

    def test_administrator_confirms_and_it_leaves(self):
        self.connection.sudo().database_stamp = "another one"
        move = self._invoice()
        self._send(move)
        self.assertTrue(self.connection.is_other_database)
        self.connection.sudo()._confirm_database()
        self.assertFalse(self.connection.is_other_database)
        self._run_sender()
        self.assertEqual(move.chorus_pro_state, "deposited")

    def test_only_administrators_confirm(self):
        with self.assertRaises(UserError):
            self.connection.with_user(self.accountant).action_confirm_database()

    def test_duplicated_connection_is_stamped_anew_not_copied(self):
        copy = self.connection.copy({"in_use": False})
        self.assertEqual(copy.database_stamp, self.connection.database_stamp)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestOtherChannels(ChorusProCommon):
    def test_invoice_that_goes_by_another_platform_is_refused_at_the_queue(self):
        move = self._invoice()
        with patch.object(
            type(move), "_chorus_pro_other_channels", return_value=["Peppol"]
        ) as asked, self.assertRaisesRegex(UserError, "Peppol"):
            move.with_user(self.accountant).action_chorus_pro_send()
        self.assertTrue(asked.called)

    def test_both_methods_ticked_raise_an_alert(self):
        move = self._invoice()
        data = {move: {"sending_methods": {"chorus_pro", "peppol"}, "invoice_edi_format": False,
                       "extra_edis": set(), "mail_partner_ids": self.env["res.partner"]}}
        alert = self.env["account.move.send"]._get_alerts(move, data)["l10n_fr_chorus_pro"]
        self.assertEqual(alert["level"], "danger")
        self.assertIn("Peppol", alert["message"])

    def test_invoice_waiting_for_peppol_is_known(self):
        move = self._invoice()
        move.sending_data = {"sending_methods": ["peppol"], "author_partner_id": 1}
        self.assertEqual(
            move._chorus_pro_other_channels(), ["Peppol or the Approved Platform"]
        )


@tagged("post_install_l10n", "post_install", "-at_install")
class TestAdoption(ChorusProCommon):
    def _stranger(self):
        """An uncertain invoice whose number Chorus Pro has for another one."""
        move = self._invoice()
        self.simulator.control.fault("lost_answer", "soumettre", 1)
        submission = self._send(move)
        submission.sudo().sent_total = 1.0
        self._make_due(submission)
        self._run_sender()
        return move, submission

    def test_both_sides_are_shown_to_the_person_who_decides(self):
        move, submission = self._stranger()
        self.assertTrue(move.chorus_pro_needs_decision)
        action = move.with_user(self.manager).action_chorus_pro_compare()
        comparison = Form(
            self.env[action["res_model"]].with_user(self.manager).browse(action["res_id"])
        )
        self.assertEqual(comparison.number, comparison.found_number)
        self.assertEqual(comparison.total, 1.0)
        self.assertEqual(comparison.found_total, 120.0)
        self.assertTrue(comparison.found_status)

    def test_nothing_to_compare_is_said(self):
        for move in (self._invoice(), self._send(self._invoice()).move_id):
            with self.assertRaisesRegex(UserError, "nothing"):
                move.with_user(self.manager).action_chorus_pro_compare()

    def test_person_adopts_it_and_it_is_followed(self):
        move, submission = self._stranger()
        submission.with_user(self.manager).action_adopt()
        [at_chorus] = self._at_chorus(move.name)
        self.assertEqual(move.chorus_pro_invoice_id, str(at_chorus["invoice_id"]))
        self.assertTrue(submission.is_followed)
        self.assertIn("decided", move.message_ids[0].body)

    def test_nothing_found_cannot_be_adopted(self):
        move = self._invoice()
        submission = self._send(move)
        with self.assertRaisesRegex(UserError, "nothing at Chorus"):
            submission.with_user(self.manager).action_adopt()

    def test_invoice_deposited_by_hand_is_adopted_without_sending_anything(self):
        move = self._invoice()
        self._send(move)
        move.chorus_pro_submission_ids.sudo().write(
            {"state": "cancelled", "chorus_invoice_id": False}
        )
        sent = len(self._requests("soumettre"))
        move.with_user(self.accountant).action_chorus_pro_adopt()
        self.assertEqual(move.chorus_pro_state, "uncertain")
        self._run_sender()
        self.assertTrue(move.chorus_pro_invoice_id)
        self.assertEqual(len(self._requests("soumettre")), sent)

    def test_invoice_that_is_not_there_is_never_sent_by_an_adoption(self):
        move = self._invoice()
        move.with_user(self.accountant).action_chorus_pro_adopt()
        submission = move.chorus_pro_submission_id
        submission.sudo().missing_since = fields.Datetime.now() - timedelta(days=2)
        self._make_due(submission)
        self._run_sender()
        self.assertTrue(submission.needs_decision)
        self.assertFalse(self._requests("soumettre"))

    def test_invoice_of_another_company_with_the_same_siret_is_not_adopted(self):
        move = self._invoice()
        submission = self._send(move)
        twin = self._invoice()
        # As in a second company that sends for the same structure.
        row = submission.sudo().copy(
            {"move_id": twin.id, "name": move.name, "state": "uncertain",
             "recipient_siret": submission.recipient_siret, "sent_date": submission.sent_date,
             "sent_total": submission.sent_total, "next_try": fields.Datetime.now()}
        )
        self._run_sender()
        self.assertEqual(row.state, "uncertain")
        self.assertTrue(row.needs_decision)
        # Else this one would never be deposited, though it counts as such.
        with self.assertRaisesRegex(UserError, "Another invoice"):
            row.with_user(self.manager).action_adopt()


@tagged("post_install_l10n", "post_install", "-at_install")
class TestParallelSenders(ChorusProCommon):
    def _set(self, count):
        manager = new_test_user(
            self.env,
            login=f"settings_{count}",
            groups="base.group_system,account.group_account_manager",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        settings = self.env["res.config.settings"].with_user(manager)
        settings.create({"chorus_pro_senders": str(count)}).execute()

    def test_setting_turns_that_many_jobs_on(self):
        for count in (4, 2, 1):
            self._set(count)
            active = [self.env.ref(xmlid).active for xmlid in SENDERS]
            self.assertEqual(active, [rank < count for rank in range(4)])
            defaults = self.env["res.config.settings"].default_get(["chorus_pro_senders"])
            self.assertEqual(defaults["chorus_pro_senders"], str(count))

    def test_all_of_them_call_the_same_method(self):
        self.assertEqual(
            {self.env.ref(xmlid).code for xmlid in SENDERS}, {"model._cron_send()"}
        )

    def test_click_wakes_all_of_them(self):
        self._set(3)
        before = self.env["ir.cron.trigger"].search([])
        self._invoice().with_user(self.accountant).action_chorus_pro_send()
        woken = (self.env["ir.cron.trigger"].search([]) - before).cron_id
        self.assertEqual(len(woken), 3)
