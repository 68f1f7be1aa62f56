# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""One invoice, one way: by Chorus Pro or by Peppol and the Approved Platform, never by both."""

from contextlib import suppress
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common.platform import NOT_SENT, OVER, SENT, Noted, PlatformCommon, set_state

TAGS = ("post_install_l10n", "post_install", "-at_install")


@tagged(*TAGS)
class TestOneWay(PlatformCommon):
    """Each state at the platform, each way to send from here."""

    def _check_way(self, send, **values):
        """Have ``send`` send an invoice in each state, all at once."""
        moves = {state: self._invoices(1, **values) for state in (*NOT_SENT, *SENT)}
        for state, move in moves.items():
            set_state(move, state)
        send(self.env["account.move"].union(*moves.values()))
        self._run_sender()
        for state, move in moves.items():
            with self.subTest(state=state):
                here, there = self._times(move)
                self.assertLessEqual(here + there + (state in SENT), 1)
                if state in NOT_SENT:
                    self.assertEqual((here, there), (1, 0), "Chorus Pro alone: the customer's way")

    def test_click_sends_what_has_not_left_by_the_platform(self):
        def click(moves):
            for move in moves.with_user(self.accountant):
                with suppress(UserError):
                    move.action_chorus_pro_send()

        self._check_way(click)

    def test_selection_sends_what_has_not_left_by_the_platform(self):
        def select(moves):
            action = moves.with_user(self.accountant).action_chorus_pro_send_selected()
            triage = self.env[action["res_model"]].with_user(self.accountant)
            triage.browse(action["res_id"]).action_send()

        self._check_way(select)

    def test_wizard_sends_what_has_not_left_by_the_platform(self):
        def send(moves):
            for move in moves:
                with suppress(UserError):
                    self._wizard(move).action_send_and_print()

        self._check_way(send)

    def test_batch_sends_what_has_not_left_by_the_platform(self):
        self._check_way(
            lambda moves: self._batch_wizard(moves).action_send_and_print(force_synchronous=True)
        )

    def test_core_s_job_sends_what_has_not_left_by_the_platform(self):
        def send(moves):
            self._batch_wizard(moves).action_send_and_print()
            for _run in range(len(moves) // 10 + 1):
                self._run_core_cron()

        self._check_way(send)

    def test_confirming_sends_what_has_not_left_by_the_platform(self):
        def confirm(moves):
            self.connection.write({"sends_when_confirmed": True, "undo_minutes": 0})
            moves.with_user(self.accountant)._chorus_pro_send_when_confirmed()

        self._check_way(confirm)

    def test_what_left_by_the_platform_is_told_with_its_state(self):
        move = self._invoices(1)
        for state, word in (("done", "Follow it there"), ("refused", "manager decides")):
            with self.subTest(state=state):
                set_state(move, state)
                with self.assertRaisesRegex(UserError, f"Approved Platform.*{word}"):
                    move.with_user(self.accountant).action_chorus_pro_send()
        set_state(move, "teleported")
        with self.assertRaisesRegex(UserError, "“teleported”"):
            move.with_user(self.accountant).action_chorus_pro_send()

    def test_of_a_selection_what_left_by_the_platform_is_set_apart(self):
        gone, ended, free = (self._invoices(1) for _n in range(3))
        set_state(gone, "done")
        set_state(ended, "refused")
        found = (gone | ended | free)._chorus_pro_triage()
        kinds = [found[move][0] for move in (gone, ended, free)]
        self.assertEqual(kinds, ["other", "to_fix", "ready"])

    def test_what_waits_here_does_not_leave_once_the_platform_has_it(self):
        for document_format in ("pdf", "ubl"):
            with self.subTest(document_format=document_format):
                move = self._invoices(1, chorus_pro_format=document_format)
                move.with_user(self.accountant).action_chorus_pro_send()
                set_state(move, "processing")
                self._run_sender()
                self.assertEqual(move.chorus_pro_state, "refused")
                self.assertIn("Approved Platform", move.chorus_pro_reason)
                self.assertEqual(self._times(move), (0, 0))

    def test_of_a_file_that_waits_the_one_that_left_is_taken_out(self):
        self.company.write({"street": "12 rue des Essais", "zip": "35000", "city": "Rennes",
                            "vat": "FR23334175221"})
        self.customer.write({"street": "1 rue A", "zip": "75001", "city": "Paris"})
        moves = self._invoices(
            3, chorus_pro_format="ubl", partner_bank_id=self.bank.id
        )
        moves.with_user(self.accountant).action_chorus_pro_send()
        flows = type(self.env["chorus.pro.flow"])
        with patch.object(flows, "_settle_locked", lambda flow, session: None) as _held:
            self._run_sender()
        flow = moves.chorus_pro_submission_ids.flow_id
        self.assertEqual(flow.state, "queued")
        set_state(moves[1], "done")
        for _run in range(2):
            self._make_due(flow)
            self._run_sender()
        self.assertEqual(flow.state, "dissolved")
        self.assertEqual(
            [move.chorus_pro_state for move in moves], ["deposited", "refused", "deposited"]
        )


@tagged(*TAGS)
class TestRelease(PlatformCommon):
    """What ended at the platform may come here once a person says so."""

    def _dialog(self, move, user):
        action = move.with_user(user).action_chorus_pro_decide_way()
        return self.env[action["res_model"]].with_user(user).browse(action["res_id"])

    def test_dialog_shows_both_and_then_it_may_go(self):
        for state in OVER:
            with self.subTest(state=state):
                move = self._invoices(1)
                set_state(move, state)
                self.assertTrue(move.chorus_pro_can_release)
                dialog = self._dialog(move, self.manager)
                self.assertTrue(dialog.platform_state)
                self.assertFalse(dialog.chorus_state)
                self.assertEqual(dialog.number, move.name)
                dialog.action_confirm()
                self.assertIn(self.manager.name, move.message_ids[0].body)
                self._send(move)
                self.assertEqual(self._times(move), (1, 0))

    def test_nobody_says_so_of_what_the_platform_has(self):
        move = self._invoices(1)
        for state in sorted({*SENT} - {*OVER}):
            with self.subTest(state=state):
                set_state(move, state)
                self.assertFalse(move.chorus_pro_can_release)
                with self.assertRaisesRegex(UserError, "nothing to decide"):
                    self._dialog(move, self.manager).action_confirm()

    def test_only_a_manager_says_so(self):
        move = self._invoices(1)
        set_state(move, "refused")
        with self.assertRaises(AccessError):
            move.with_user(self.accountant).action_chorus_pro_decide_way()
        with self.assertRaises(AccessError):
            move.with_user(self.accountant).write({"chorus_pro_released_state": "refused"})

    def test_decision_holds_for_the_state_that_was_looked_at(self):
        move = self._invoices(1)
        set_state(move, "refused")
        self._dialog(move, self.manager).action_confirm()
        set_state(move, "processing")
        with self.assertRaisesRegex(UserError, "Approved Platform"):
            move.with_user(self.accountant).action_chorus_pro_send()


@tagged(*TAGS)
class TestMirror(PlatformCommon):
    """Each state here, each way by which the platform could get the invoice."""

    HERE = ("queued", "sending", "uncertain", "deposited")
    FREE = ("refused", "cancelled")

    def _check_way(self, send):
        moves = {state: self._invoices(1, partner_id=self.by_platform.id)
                 for state in (False, *self.HERE, *self.FREE)}
        for state, move in moves.items():
            set_state(move, "ready")
            if state:
                move.with_user(self.accountant).action_chorus_pro_send()
                # As the jobs leave it; no job runs meanwhile.
                move.chorus_pro_submission_ids.sudo().state = state
        self.env.flush_all()
        send(self.env["account.move"].union(*moves.values()))
        for state, move in moves.items():
            with self.subTest(state=state):
                self.assertEqual(Noted.names.count(move.name), int(state not in self.HERE))

    def test_wizard_proposes_the_platform_for_what_is_not_here(self):
        def send(moves):
            for move in moves:
                with suppress(UserError):
                    self._wizard(move, "peppol").action_send_and_print()

        self._check_way(send)

    def test_batch_gives_the_platform_what_is_not_here(self):
        self._check_way(
            lambda moves: self._batch_wizard(moves).action_send_and_print(force_synchronous=True)
            if len(moves) > 1 else None
        )

    def test_core_s_job_gives_the_platform_what_is_not_here(self):
        def send(moves):
            self._batch_wizard(moves).action_send_and_print()
            self._run_core_cron()

        self._check_way(send)

    def test_call_without_a_wizard_gives_the_platform_what_is_not_here(self):
        def send(moves):
            sender = self.env["account.move.send"].with_user(self.accountant)
            for move in moves:
                with suppress(UserError):
                    sender._generate_and_send_invoices(move, sending_methods=["peppol"])

        self._check_way(send)

    def test_wizard_says_why_not(self):
        move = self._invoices(1, partner_id=self.by_platform.id)
        move.with_user(self.accountant).action_chorus_pro_send()
        wizard = self._wizard(move, "peppol")
        self.assertEqual(wizard.alerts["l10n_fr_chorus_pro_there"]["level"], "danger")
        with self.assertRaisesRegex(UserError, "already at Chorus Pro"):
            wizard.action_send_and_print()

    def test_what_stays_here_does_not_wait_for_the_platform_for_ever(self):
        move = self._invoices(1, partner_id=self.by_platform.id)
        move.with_user(self.accountant).action_chorus_pro_send()
        set_state(move, "to_send")
        self.env["account.move.send"]._generate_and_send_invoices(
            move, allow_raising=False, sending_methods=["peppol"]
        )
        self.assertEqual(move._chorus_pro_platform_state(), "ready")
        self.assertIn("already at Chorus Pro", move.message_ids[0].body)
        self.assertFalse(Noted.names)
