# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""A sender that dies between any two steps leaves a row that the next run settles."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ...choruspro.client import ChorusProClient
from ..common.chorus_pro import ChorusProCommon
from ..common.killing import Killing


@tagged("post_install_l10n", "post_install", "-at_install")
class TestKill(Killing, ChorusProCommon):
    def test_kill_between_any_two_steps_never_loses_nor_doubles(self):
        sender = type(self.env["chorus.pro.submission"])
        steps = [
            (sender, "_send_steps", False),
            (sender, "_archived_pdf", True),
            (sender, "_checked_message", True),
            (sender, "_uploaded", True),
            (sender, "_start", False),
            (sender, "_start", True),
            (sender, "_commit_and_relock", False),
            (sender, "_commit_and_relock", True),
            (ChorusProClient, "deposit_pdf", False),
            (ChorusProClient, "deposit_pdf", True),
            (ChorusProClient, "submit_invoice", False),
            (ChorusProClient, "submit_invoice", True),
            (sender, "_deposited", False),
            (sender, "_deposited", True),
            (sender, "_write_down", False),
        ]
        for step in steps:
            with self._killed_at(*step) as move:
                submission = move.chorus_pro_submission_ids
                self.assertIn(submission.state, ("queued", "sending"))
                self._settle(submission)
                self.assertEqual(submission.state, "deposited", submission.reason)
                self.assertEqual(len(self._at_chorus(move.name)), 1)

    def test_kill_during_the_creation_is_looked_up_before_anything_is_sent(self):
        move = self._invoice()
        move.with_user(self.accountant).action_chorus_pro_send()
        killer, _calls = self._kill(ChorusProClient, "submit_invoice", after=True)
        with killer:
            self._die_in_the_job()
        submission = move.chorus_pro_submission_ids
        self.assertEqual((submission.state, submission.step), ("sending", "submit"))
        self._run_sender()
        self.assertEqual(submission.state, "uncertain")
        self.assertEqual(len(self._requests("soumettre")), 1)
        self._make_due(submission)
        self._run_sender()
        self.assertEqual(submission.state, "deposited")
        self.assertEqual(len(self._requests("soumettre")), 1)

    def test_upload_that_was_answered_is_not_repeated(self):
        move = self._invoice()
        move.with_user(self.accountant).action_chorus_pro_send()
        killer, _calls = self._kill(ChorusProClient, "submit_invoice", after=False)
        with killer:
            self._die_in_the_job()
        submission = move.chorus_pro_submission_ids
        self.assertTrue(submission.attachment_id_at_chorus)
        self._settle(submission)
        self.assertEqual(submission.state, "deposited")
        self.assertEqual(len(self._requests("deposer_pdf")), 1)

    def _settle(self, submission):
        for _run in range(4):
            if submission.state == "uncertain":
                submission.sudo().missing_since = fields.Datetime.now() - timedelta(hours=1)
            self._make_due(submission.filtered(lambda s: s.state in ("queued", "uncertain")))
            self._run_sender()
