# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What becomes of a wish: one job, in the right channel, at the right moment."""

from datetime import timedelta

from odoo import SUPERUSER_ID, fields
from odoo.tests import tagged

from odoo.addons.queue_job.tests.common import trap_jobs

from ..models.connection import JOBS
from .common import QueueJobCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestDispatch(QueueJobCommon):
    def test_click_becomes_one_job_of_its_connection(self):
        triggers = self.env["ir.cron.trigger"].sudo()
        before = triggers.search_count([])
        with trap_jobs() as trap:
            self._click(self._invoice() + self._invoice())
        [job] = self._jobs(trap, "send")
        self.assertEqual(job.channel, self.channel)
        self.assertEqual(job.recordset, self.connection)
        self.assertEqual((job.eta, job.max_retries), (None, 0))
        self.assertEqual(triggers.search_count([]), before)

    def test_job_runs_as_the_scheduled_action_does_whoever_clicked(self):
        with trap_jobs() as trap:
            self._click(self._invoice().with_context(lang="fr_FR"))
        [job] = self._jobs(trap, "send")
        self.assertEqual(job.env.uid, SUPERUSER_ID)
        self.assertNotIn("allowed_company_ids", job.env.context)
        self.assertNotIn("lang", job.env.context)

    def test_later_wish_does_not_swallow_an_earlier_one(self):
        now = fields.Datetime.now()
        moments = [now + timedelta(hours=1), None, now + timedelta(minutes=5)]
        with trap_jobs() as trap:
            for moment in moments + moments:
                self.connection._chorus_pro_dispatch("send", moment)
        self.assertEqual([job.eta for job in self._jobs(trap, "send")], moments)

    def test_wish_that_is_due_is_one_of_now(self):
        with trap_jobs() as trap:
            self.connection._chorus_pro_dispatch("send", fields.Datetime.now() - timedelta(hours=1))
        [job] = self._jobs(trap, "send")
        self.assertIsNone(job.eta)

    def test_wish_of_now_is_its_transaction_s_own(self):
        # A job that another transaction sees waiting may have ended before that one is committed.
        self.connection._chorus_pro_dispatch("send")
        self.connection._chorus_pro_dispatch("send")
        self.env.cr.execute("SELECT pg_current_xact_id()::text")
        [transaction] = self.env.cr.fetchone()
        key = f"chorus_pro.send.{self.connection.id}.{transaction}"
        jobs = self.env["queue.job"].sudo().search([("channel", "=", self.channel)])
        self.assertEqual(jobs.mapped("identity_key"), [key])
        self.assertEqual(jobs.state, "pending")

    def test_each_connection_has_its_own_job(self):
        other = self._create_connection(
            self.company, self.credentials["suppliers"][1], name="Other"
        )
        with trap_jobs() as trap:
            (self.connection | other)._chorus_pro_dispatch("follow")
        channels = {job.channel for job in self._jobs(trap, "follow")}
        self.assertEqual(
            channels, {f"root.chorus_pro.connection_{each.id}" for each in self.connection | other}
        )

    def test_what_concerns_no_single_connection_stays_in_the_common_channel(self):
        with trap_jobs() as trap:
            self.env["chorus.pro.structure"].sudo()._want(
                self.connection.place, self.customer.company_registry, self.accountant
            )
            self.env["chorus.pro.connection"]._chorus_pro_dispatch("follow_up")
        self.assertEqual(
            [(job.method_name, job.channel) for job in trap.enqueued_jobs],
            [
                ("_chorus_pro_job_directory", "root.chorus_pro"),
                ("_chorus_pro_job_follow_up", "root.chorus_pro"),
            ],
        )

    def test_job_of_a_stopped_scheduled_action_is_not_queued(self):
        self.env.ref("l10n_fr_chorus_pro.ir_cron_send").active = False
        with trap_jobs() as trap:
            self._click(self._invoice())
        self.assertFalse(trap.enqueued_jobs)

    def test_every_function_may_commit(self):
        functions = self.env["queue.job.function"].sudo().search(
            [("name", "like", "<chorus.pro.connection>._chorus_pro_job_")]
        )
        self.assertEqual(len(functions), len(JOBS))
        self.assertTrue(all(functions.mapped("allow_commit")))
        self.assertEqual(functions.channel_id.complete_name, "root.chorus_pro")
