# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What a job does: what its scheduled action does, once, and who goes on afterwards."""

from datetime import timedelta
from unittest.mock import patch

from psycopg2 import OperationalError

from odoo import fields
from odoo.tests import tagged

from odoo.addons.l10n_fr_chorus_pro.models.session.pauses import PAUSE_MINUTES
from odoo.addons.queue_job.exception import RetryableJobError
from odoo.addons.queue_job.tests.common import trap_jobs

from ..models import connection as chorus_pro_jobs
from .common import QueueJobCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestPerform(QueueJobCommon):
    def _send_by(self, work):
        """The jobs that wait after a sending job in which the sender does ``work``."""
        called = []

        def cron_send(submissions, only):
            called.append(only)
            work(submissions.env)

        with trap_jobs() as trap:
            self.connection._chorus_pro_dispatch("send")
            with patch.object(type(self.env["chorus.pro.submission"]), "_cron_send", cron_send):
                self._perform(trap)
            self.assertEqual(called, [self.connection])
            return self._jobs(trap, "send")

    def test_each_invoice_is_deposited_once_whatever_was_wished(self):
        moves = self._invoice() + self._invoice() + self._invoice()
        with trap_jobs() as trap:
            for move in moves:
                self._click(move)
            self.env["chorus.pro.connection"]._chorus_pro_dispatch("send")
            self._perform(trap)
            self._perform(trap)
        self.assertEqual(set(moves.mapped("chorus_pro_state")), {"deposited"})
        self.assertEqual(self._submitted(), sorted(moves.mapped("name")))

    def test_deposit_is_followed_by_a_job_of_its_connection(self):
        with trap_jobs() as trap:
            self._click(self._invoice())
            self._perform(trap)
            [job] = self._jobs(trap, "follow")
        self.assertEqual(job.channel, self.channel)
        self.assertGreater(job.eta, fields.Datetime.now() + timedelta(minutes=1))

    def test_following_brings_the_status_back(self):
        move = self._invoice()
        with trap_jobs() as trap:
            self._click(move)
            self._perform(trap)
        self._happen(move, "MISE_EN_PAIEMENT")
        with trap_jobs() as trap:
            self.connection._want_following()
            self._perform(trap)
        self.assertEqual(move.chorus_pro_submission_id.status_code, "MISE_EN_PAIEMENT")

    def test_siret_is_looked_up(self):
        rows = self.env["chorus.pro.structure"].sudo()
        with trap_jobs() as trap:
            rows = rows._want(
                self.connection.place, self.customer.company_registry, self.accountant
            )
            self.assertTrue(rows.wanted)
            self._perform(trap)
        self.assertFalse(any(rows.exists().mapped("wanted")))
        self.assertTrue(self._requests("structures_rechercher"))

    def test_job_leaves_what_belongs_to_other_connections(self):
        other = self._create_connection(
            self.company, self.credentials["suppliers"][1], name="Other"
        )
        move = self._invoice()
        with trap_jobs():
            self._click(move)
        with trap_jobs() as trap:
            other._chorus_pro_dispatch("send")
            self._perform(trap)
        self.assertEqual(move.chorus_pro_state, "queued")
        self.assertFalse(self._submitted())

    def test_job_that_leaves_work_queues_another(self):
        [job] = self._send_by(lambda env: env["ir.cron"]._commit_progress(1, remaining=3))
        self.assertEqual((job.channel, job.eta), (self.channel, None))
        self.assertEqual(job.identity_key, f"chorus_pro.send.{self.connection.id}.rest")

    def test_job_that_could_do_nothing_or_did_everything_queues_none(self):
        for done, remaining in ((0, 3), (3, 0)):
            with self.subTest(done=done):
                self.assertFalse(self._send_by(
                    lambda env, counts=(done, remaining): env["ir.cron"]._commit_progress(
                        counts[0], remaining=counts[1])
                ))

    def test_many_invoices_call_helpers_which_call_none(self):
        self.patch(chorus_pro_jobs, "EACH_SENDER", 1)
        self.patch(chorus_pro_jobs, "MOST_HELPERS", 2)
        moves = self._invoice() + self._invoice() + self._invoice()
        with trap_jobs() as trap:
            self._click(moves)
            self._perform(trap)
            helpers = [job.kwargs.get("helper") for job in self._jobs(trap, "send")]
            self._perform(trap)
            self.assertFalse(self._jobs(trap, "send"))
        self.assertEqual(helpers, [1, 2])
        self.assertEqual(self._submitted(), sorted(moves.mapped("name")))

    def test_database_error_is_tried_again_as_a_connection_is_paused(self):
        def fail(_submissions, _only):
            raise OperationalError("the server closed the connection")

        with trap_jobs() as trap:
            self.connection._chorus_pro_dispatch("send")
        [job] = self._jobs(trap, "send")
        waits = []
        with patch.object(type(self.env["chorus.pro.submission"]), "_cron_send", fail):
            for _try in range(len(PAUSE_MINUTES) + 2):
                with self.enter_registry_test_mode(), self.assertRaises(RetryableJobError):
                    job.perform()
                waits.append(job._get_retry_seconds() // 60)
        self.assertEqual(waits, [*PAUSE_MINUTES, PAUSE_MINUTES[-1], PAUSE_MINUTES[-1]])

    def test_scheduled_action_sends_what_no_job_does(self):
        # As in a channel without capacity.
        move = self._invoice()
        with trap_jobs() as trap:
            self._click(move)
            self.assertTrue(self._jobs(trap, "send"))
            self._run_sender()
            self.assertEqual(move.chorus_pro_state, "deposited")
            self._perform(trap)
        self.assertEqual(self._submitted(), [move.name])

    def test_job_of_an_action_that_was_stopped_meanwhile_sends_nothing(self):
        # As in a neutralized copy of the database.
        move = self._invoice()
        with trap_jobs() as trap:
            self._click(move)
            self.assertTrue(self._jobs(trap, "send"))
            self.env.ref("l10n_fr_chorus_pro.ir_cron_send").active = False
            self._perform(trap)
            self.assertFalse(trap.enqueued_jobs)
        self.assertEqual(move.chorus_pro_state, "queued")
        self.assertFalse(self._submitted())
