# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What a sender finds when it comes to a row: that others took it further, deleted it, or that it
cannot go on. Nothing stays behind for ever, nothing keeps the others from leaving."""

import random
from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import fields
from odoo.tests import tagged

from ..common.flow import FlowCommon

GUARD = "odoo.addons.l10n_fr_chorus_pro.models.session.row_guard"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestSenders(FlowCommon):
    def _queue(self, *moves):
        moves = self.env["account.move"].union(*moves)
        moves.with_user(self.accountant).action_chorus_pro_send()
        return moves.chorus_pro_submission_ids.sudo()

    def _run_quietly(self):
        with self.assertNoLogs("odoo.addons.base.models.ir_cron", "ERROR"):
            self._run_sender()

    def _run_with(self, rows):
        """Run the job with a list of rows that was made some time ago."""
        listed = []

        def old_list(model, _usable, _limit):
            listed.append(model)
            return model.browse(rows.ids)

        with patch.object(type(rows), "_to_settle", old_list):
            self._run_quietly()
        self.assertTrue(listed)

    def test_row_that_a_file_carries_meanwhile_is_left_to_it(self):
        move = self._invoice()
        flow = self._deposit(move).sudo()
        row = move.chorus_pro_submission_id.sudo()
        for state, step in (("sending", "flow"), ("queued", "ready"), ("uncertain", False)):
            with self.subTest(state=state):
                flow.write({"state": state, "next_try": "2099-01-01"})
                row.write({"state": state, "step": step})
                no_flow = patch.object(type(flow), "_to_settle", lambda flows, *_: flows.browse())
                with no_flow, self.assertNoLogs("odoo.addons.l10n_fr_chorus_pro", "ERROR"):
                    self._run_with(row)
                self.assertEqual((row.state, row.step, row.attempts), (state, step, 1))

    def test_invoice_of_an_author_who_is_gone_leaves(self):
        robot = self.env.ref("base.user_root")
        for author in (robot, robot.browse()):
            with self.subTest(author=author.name):
                row = self._queue(self._invoice())
                row.author_id = author
                self._run_sender()
                self.assertEqual(row.state, "deposited", row.step)

    def test_ready_row_of_a_former_environment_says_so_and_waits(self):
        row = self._queue(self._invoice())
        row._ready()
        row.environment = "qualification"
        self._run_sender()
        self.env["ir.cron.trigger"].search([]).unlink()
        self._run_sender()
        self.assertIn("environment", row.reason)
        self.assertGreater(row.next_try, fields.Datetime.now() + timedelta(minutes=30))
        triggers = self.env["ir.cron.trigger"].search(
            [("cron_id", "=", self.env.ref("l10n_fr_chorus_pro.ir_cron_send").id)]
        )
        soon = fields.Datetime.now() + timedelta(minutes=1)
        self.assertFalse(triggers.filtered(lambda trigger: trigger.call_at < soon))

    def test_document_larger_than_an_archive_travels_alone(self):
        self.connection.flow_most_bytes = 1_000_000
        moves = self._invoice() + self._invoice(pdf=False) + self._invoice()
        file = self.env["ir.attachment"].create(
            {"name": "photo.png", "raw": random.Random(1).randbytes(1_500_000)}
        )
        moves[1].chorus_pro_attachment_ids = file
        self._archive(moves[1])
        rows = self._queue(moves)
        self._run_quietly()
        self.assertEqual(set(rows.mapped("state")), {"deposited"})
        self.assertEqual(sorted(rows.flow_id.mapped("invoice_count")), [1, 2])

    def test_two_numbers_with_one_file_name_travel_each_with_its_own_bytes(self):
        moves = self._invoice() + self._invoice() + self._invoice()
        moves[0].name, moves[1].name = "FAC/A/1", "FAC-A-1"
        rows = self._queue(moves)
        self._run_sender()
        flows = self.env["chorus.pro.flow"].search([("connection_id", "=", self.connection.id)])
        self.assertEqual(sorted(flows.mapped("invoice_count")), [1, 2])
        self.assertEqual(set(flows.mapped("state")), {"deposited"})
        self.assertEqual(len(rows.flow_id), 2)

    def test_row_deleted_since_the_list_was_made_does_not_stop_the_job(self):
        rows = self._queue(*(self._invoice(chorus_pro_format="pdf") for _n in range(3)))
        deposit = type(rows)._deposit_planned

        def delete_the_next(row, session, plan):
            if row == rows.sorted("id")[0]:
                doomed = row.browse(rows.sorted("id")[1].id)
                doomed.move_id.button_draft()
                doomed.unlink()
            return deposit(row, session, plan)

        with patch.object(type(rows), "_deposit_planned", delete_the_next), self.assertNoLogs(
            GUARD, "ERROR"
        ):
            self._run_quietly()
        self.assertEqual(rows.exists().mapped("state"), ["deposited", "deposited"])

    def test_failure_that_cannot_be_written_leaves_the_row_to_the_next_run(self):
        rows = self._queue(*(self._invoice(chorus_pro_format="pdf") for _n in range(2)))
        first = rows.sorted("id")[0]
        commit, begun = type(rows)._commit, []

        def edited_meanwhile(row):
            if row == first and begun:
                raise SerializationFailure
            begun.extend(row & first)
            commit(row)

        with patch.object(type(rows), "_commit", edited_meanwhile), self.assertLogs(
            "odoo.addons.l10n_fr_chorus_pro", "WARNING"
        ):
            first.write({"state": "sending", "step": "submit"})
            self._run_quietly()
        self.assertEqual(sorted(rows.mapped("state")), ["deposited", "sending"])
        self._run_sender()
        self.assertEqual(first.state, "uncertain")

    def test_disk_that_is_full_while_a_file_is_made_is_said_and_tried_again(self):
        row = self._queue(self._invoice())
        with patch.object(
            type(row), "_make_flow", side_effect=OSError("No space left on device")
        ) as made, self.assertLogs("odoo.addons.l10n_fr_chorus_pro", "ERROR"):
            self._run_quietly()
        self.assertTrue(made.called)
        self.assertTrue(row.reason)
        self.assertGreater(row.next_try, fields.Datetime.now())
        self._make_due(row)
        self._run_sender()
        self.assertEqual(row.state, "deposited")

    def test_change_by_someone_else_while_a_file_is_made_is_no_error_of_the_document(self):
        row = self._queue(self._invoice())
        with patch.object(
            type(row.move_id), "_chorus_pro_render", side_effect=SerializationFailure
        ) as rendered:
            self._run_quietly()
        self.assertTrue(rendered.called)
        self.assertEqual((row.state, row.step, row.reason), ("queued", "ready", False))

    def test_file_of_an_archived_connection_ends_when_its_invoices_left_it(self):
        self.simulator.control.fault("rate_limited", "deposer_flux", 1)
        move = self._invoice()
        flow = self._deposit(move)
        self.connection.active = False
        self._ask(flow)
        self.assertEqual(flow.state, "queued")
        self.assertIn("archived", move.chorus_pro_reason)
        move.with_user(self.accountant).action_chorus_pro_cancel()
        self._ask(flow)
        self.assertEqual(flow.state, "dissolved")

    def test_correction_keeps_the_time_in_which_an_invoice_can_be_taken_out(self):
        self.connection.write({"sends_when_confirmed": True, "undo_minutes": 30})
        move = self._invoice(post=False)
        move.with_user(self.accountant).action_post()
        leaves_at = move.chorus_pro_submission_id.next_try
        self.assertGreater(leaves_at, fields.Datetime.now() + timedelta(minutes=20))
        move.with_user(self.accountant).purchase_order_reference = "EJ-2026-1"
        self._run_sender()
        self.assertEqual(move.chorus_pro_submission_id.next_try, leaves_at)
        self.assertEqual(move.chorus_pro_state, "queued")

    def test_settings_can_be_saved_while_the_jobs_are_stopped_and_start_none(self):
        jobs = self.env["res.config.settings"]._chorus_pro_senders()
        jobs.active = False
        self.env["res.config.settings"].with_user(self.administrator).create({}).execute()
        self.assertFalse(self.env["res.config.settings"]._chorus_pro_senders())
        self.assertTrue(jobs)

    def test_row_that_is_ready_meanwhile_is_not_prepared_again(self):
        row = self._queue(self._invoice())
        row._ready()
        with patch.object(type(row), "_prepare", autospec=True) as again:
            self._run_with(row)
        again.assert_not_called()
        self.assertEqual(row.state, "deposited")
