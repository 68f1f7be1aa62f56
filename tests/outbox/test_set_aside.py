# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""A row that ends the process that works on it is set aside, and the others go on."""

from unittest.mock import patch

from odoo.tests import tagged

from ...models.outbox.outbox import MOST_UNFINISHED
from ..common.actions import ActionsCommon
from ..common.chorus_pro import ChorusProCommon
from ..common.flow import FlowCommon
from ..common.killing import Poison


@tagged("post_install_l10n", "post_install", "-at_install")
class TestSetAside(Poison, ChorusProCommon):
    def test_invoice_that_ends_its_process_is_set_aside_and_the_others_leave(self):
        bad, good = self._invoice(), self._invoice()
        (bad | good).with_user(self.accountant).action_chorus_pro_send()
        rows = (bad | good).chorus_pro_submission_ids
        sender = type(rows)
        with self._poisoned(sender, "_archived_pdf", bad.chorus_pro_submission_id) as deaths:
            self._run_until_alive(rows)
        self.assertEqual(len(deaths), MOST_UNFINISHED)
        self.assertEqual(good.chorus_pro_state, "deposited")
        self.assertEqual(bad.chorus_pro_state, "refused")
        self.assertIn(f"{MOST_UNFINISHED} times", bad.chorus_pro_reason)
        self.assertIn("Replace the PDF", bad.chorus_pro_reason)
        self.assertTrue(bad.chorus_pro_needs_action)

    def test_invoice_that_was_set_aside_can_be_sent_again(self):
        bad = self._invoice()
        bad.with_user(self.accountant).action_chorus_pro_send()
        row = bad.chorus_pro_submission_id
        with self._poisoned(type(row), "_archived_pdf", row):
            self._run_until_alive(row)
        self.assertEqual(row.state, "refused")
        self.assertEqual(self._send(bad)[-1:].state, "deposited")

    def test_attempts_that_live_are_no_reason_to_set_aside(self):
        move = self._invoice()
        self.simulator.control.fault("bad_gateway", "deposer_pdf", MOST_UNFINISHED + 1)
        submission = self._send(move)
        for _run in range(MOST_UNFINISHED):
            self._make_due(submission)
            self._run_sender()
        self.assertEqual(submission.unfinished, 0)
        self.assertGreater(submission.attempts, MOST_UNFINISHED)
        self._make_due(submission)
        self._run_sender()
        self.assertEqual(submission.state, "deposited")

    def test_process_that_ended_once_is_forgotten_after_an_attempt_that_lives(self):
        move = self._invoice()
        move.with_user(self.accountant).action_chorus_pro_send()
        killer, _calls = self._kill(type(move.chorus_pro_submission_id), "_archived_pdf", after=0)
        with killer:
            self._die_in_the_job()
        self.assertEqual(move.chorus_pro_submission_id.unfinished, 1)
        self._run_sender()
        self.assertEqual(move.chorus_pro_submission_id.unfinished, 0)
        self.assertEqual(move.chorus_pro_state, "deposited")

    def test_unexpected_error_is_no_end_of_a_process(self):
        move = self._invoice()
        submission = type(self.env["chorus.pro.submission"])
        with (
            patch.object(submission, "_archived_pdf", side_effect=ZeroDivisionError) as failing,
            self.assertLogs("odoo.addons.l10n_fr_chorus_pro.models.session.row_guard", "ERROR"),
        ):
            row = self._send(move)
        self.assertEqual(failing.call_count, 1)
        self.assertEqual((row.state, row.unfinished), ("queued", 0))


@tagged("post_install_l10n", "post_install", "-at_install")
class TestSetAsideOfFiles(Poison, FlowCommon):
    def test_one_of_a_file_is_found_and_the_others_leave(self):
        self.connection.flow_most = 9
        moves = self.env["account.move"].concat(*(self._invoice() for _n in range(7)))
        bad = moves[4]
        moves.with_user(self.accountant).action_chorus_pro_send()
        rows = moves.chorus_pro_submission_ids
        with self._poisoned(type(rows), "_document", bad.chorus_pro_submission_id) as deaths:
            self._run_until_alive(rows)
        self.assertEqual(len(deaths), MOST_UNFINISHED)
        self.assertEqual(bad.chorus_pro_state, "refused")
        self.assertIn(f"{MOST_UNFINISHED} times", bad.chorus_pro_reason)
        self.assertEqual(set((moves - bad).mapped("chorus_pro_state")), {"deposited"})
        self.assertEqual(set((rows - bad.chorus_pro_submission_id).mapped("unfinished")), {0})
        # Not each of them alone: only those that travelled closest to it.
        self.assertLess(len(rows.flow_id), len(moves) - 1)

    def test_others_that_were_queued_later_do_not_wait_for_it(self):
        bad = self._invoice() | self._invoice()
        bad.with_user(self.accountant).action_chorus_pro_send()
        rows = bad.chorus_pro_submission_ids
        with self._poisoned(type(rows), "_document", rows):
            self.assertFalse(self._lives())
            later = self._invoice()
            later.with_user(self.accountant).action_chorus_pro_send()
            self.assertFalse(self._lives())
        self.assertEqual(later.chorus_pro_state, "deposited")

    def test_preparing_counts_too(self):
        move = self._invoice()
        move.with_user(self.accountant).action_chorus_pro_send()
        row = move.chorus_pro_submission_id
        with self._poisoned(type(row), "_prepare", row) as deaths:
            self._run_until_alive(row)
        self.assertEqual(len(deaths), MOST_UNFINISHED)
        self.assertEqual(row.state, "refused")


@tagged("post_install_l10n", "post_install", "-at_install")
class TestSetAsideOfActions(Poison, ActionsCommon):
    def test_action_whose_files_end_the_process_is_set_aside_and_the_others_are_done(self):
        moves = [self._come_back("complete"), self._come_back("complete")]
        bad, good = (
            self._ask(move, "complete", attachment_ids=[self._file().id]) for move in moves
        )
        with self._poisoned(type(bad), "_documents", bad) as deaths:
            self._run_until_alive(bad | good)
        self.assertEqual(len(deaths), MOST_UNFINISHED)
        self.assertEqual(good.state, "done", good.reason)
        self.assertEqual(bad.state, "refused")
        self.assertIn("smaller", bad.reason)
