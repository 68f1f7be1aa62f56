# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Without the add-on, or without queue_job, the scheduled actions go on."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ..hooks import uninstall_hook
from .common import QueueJobCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestUninstall(QueueJobCommon):
    def _planned(self, name):
        cron = self.env.ref(f"l10n_fr_chorus_pro.ir_cron_{name}")
        return self.env["ir.cron.trigger"].sudo().search([("cron_id", "=", cron.id)])

    def test_wishes_that_wait_become_those_of_scheduled_actions(self):
        later = fields.Datetime.now() + timedelta(hours=2)
        move = self._invoice()
        self._click(move)
        self.connection._chorus_pro_dispatch("follow", later)
        self.assertFalse(self._planned("send") + self._planned("follow"))
        uninstall_hook(self.env(su=True))
        self.assertTrue(self._planned("send"))
        self.assertEqual(self._planned("follow").mapped("call_at"), [later])
        ours = self.env["queue.job"].sudo().search([("model_name", "=", self.connection._name)])
        self.assertFalse(ours)
        self._run_sender()
        self.assertEqual(move.chorus_pro_state, "deposited")

    def test_jobs_of_others_stay(self):
        job = self.env["res.partner"].with_delay()._compute_display_name()
        uninstall_hook(self.env(su=True))
        self.assertEqual(job.db_record().state, "pending")

    def test_started_and_done_jobs_are_left_to_queue_job(self):
        self.connection._chorus_pro_dispatch("send")
        jobs = self.env["queue.job"].sudo().search([("model_name", "=", self.connection._name)])
        for state in ("started", "done"):
            with self.subTest(state=state):
                jobs.state = state
                uninstall_hook(self.env(su=True))
                self.assertEqual(jobs.exists().state, state)
        self.assertFalse(self._planned("send"))
