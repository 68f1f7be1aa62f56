# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""A job that dies between any two steps of an action leaves a row that the next run settles."""

from odoo.tests import tagged

from ...choruspro.client import ChorusProClient
from ..common.actions import OPERATIONS, ActionsCommon
from ..common.killing import Killing


@tagged("post_install_l10n", "post_install", "-at_install")
class TestActionKill(Killing, ActionsCommon):
    def test_kill_between_any_two_steps_neither_loses_nor_doubles(self):
        job = type(self.env["chorus.pro.action"])
        file = [self._file().id]
        completion = {"attachment_ids": file, "comment": "Voici"}
        steps = [
            ("complete", completion, job, "_situation", False),
            ("complete", completion, ChorusProClient, "add_file", True),
            ("complete", completion, job, "_upload_missing", True),
            ("complete", completion, job, "_commit_and_relock", True),
            ("complete", completion, ChorusProClient, "complete_invoice", False),
            ("complete", completion, ChorusProClient, "complete_invoice", True),
            ("complete", completion, job, "_finish", False),
            ("complete", completion, job, "_finish", True),
            ("complete", completion, job, "_write_down", True),
            ("complete", completion, job, "_read_news", False),
            ("recycle", {}, ChorusProClient, "recycle_invoice", True),
            ("acknowledge", {}, ChorusProClient, "acknowledge_rejection", True),
            ("correct_validator", {}, ChorusProClient, "correct_validator", True),
        ]
        for kind, options, owner, name, after in steps:
            with self.subTest(kind=kind, step=name, after=after):
                self.simulator.control.clear_requests()
                self._end_pause()
                move = self._come_back(kind)
                action = self._ask(move, kind, **options)
                killer, calls = self._kill(owner, name, after=after)
                with killer:
                    self._die_in_the_job()
                self.assertEqual(calls, [name])
                self._settle(action)
                self.assertEqual(action.state, "done", action.reason)
                self.assertTrue(self._is_done_there(move, kind))
                self.assertEqual(self._times_done(move, kind), 1)

    def _settle(self, action):
        for _run in range(4):
            if action.state in ("queued", "uncertain"):
                self._make_due(action)
            self._run_sender()

    def _times_done(self, move, kind):
        """How often Chorus Pro did it, as its history tells."""
        if kind == "acknowledge":
            return len(self._requests(OPERATIONS[kind]))
        made = {"complete": "COMPLETEE", "correct_validator": "A_VALIDER_1"}.get(kind)
        [there] = self._at_chorus(move.name)
        codes = [event["code"] for event in there["events"]]
        return codes.count(made) if made else codes.count("DEPOSEE") - 1
