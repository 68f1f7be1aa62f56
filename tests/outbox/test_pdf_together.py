# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Invoices that go as PDF are read together, with the guarantees of one by one."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...choruspro.client import ChorusProClient
from ...models.outbox.outbox import MOST_UNFINISHED
from ..common.chorus_pro import ChorusProCommon
from ..common.concurrency import ConcurrencyCase
from ..common.killing import Poison
from ..common.stock import StockMixin

GUARD = "odoo.addons.l10n_fr_chorus_pro.models.session.row_guard"
# Statements that an invoice more may take, from the queue to the deposit.
EACH = 25


@tagged("post_install_l10n", "post_install", "-at_install")
class TestPdfTogether(StockMixin, Poison, ChorusProCommon):
    def _queued(self, count):
        moves = self.env["account.move"].concat(*(self._invoice() for _rank in range(count)))
        moves.with_user(self.accountant).action_chorus_pro_send()
        return moves.chorus_pro_submission_ids.sudo().sorted("id")

    @contextmanager
    def _planned(self, rows):
        """Gives the ids of the rows that are deposited as planned, in their order."""
        model, ids = type(rows), []
        deposit = model._deposit_planned

        def noted(row, *args):
            ids.append(row.id)
            return deposit(row, *args)

        with patch.object(model, "_deposit_planned", noted):
            yield ids

    def _assert_each_is_there_once(self, rows):
        self.assertEqual(set(rows.mapped("state")), {"deposited"}, rows.mapped("reason"))
        for row in rows:
            self.assertEqual(len(self._at_chorus(row.name)), 1)

    def test_invoice_more_costs_few_statements(self):
        counts = []
        for count in (3, 10, 20):
            rows = self._queued(count)
            with self._counted() as (env, statements):
                env[rows._name]._cron_send()
            self.assertEqual(set(rows.mapped("state")), {"deposited"})
            counts += statements
        _warm, few, many = counts
        self.assertLessEqual(many - few, 10 * (EACH - 5))
        self.assertLessEqual(many, 20 * EACH)

    def test_what_is_sent_and_remembered_is_that_of_one_by_one(self):
        names = ("state", "step", "sha256", "archived_sha256", "size", "recipient_siret",
                 "sent_date", "sent_total", "status_code", "attempts", "unfinished", "next_try")
        alone = self._queued(1)
        self._run_sender()
        rows = self._queued(2)
        with self._planned(rows) as planned:
            self._run_sender()
        self.assertEqual(planned, rows.ids)
        self._assert_each_is_there_once(rows)
        # Of another PDF, which has the invoice's number in it.
        own = {"sha256", "archived_sha256", "size"}
        for row in rows:
            for name in set(names) - own:
                self.assertEqual(row[name], alone[name], name)
            pdf = row.move_id.invoice_pdf_report_id
            self.assertEqual((row.size, row.sha256), (pdf.file_size, row.archived_sha256))
            self.assertEqual(len(row.sha256), 64)
        bodies = [request["body"] for request in self._requests("soumettre")]
        self.assertEqual(len(bodies), 3)

    def test_one_that_cannot_be_read_has_each_sent_alone(self):
        rows = self._queued(3)
        model = type(rows)
        plan, calls = model._plan, []

        def fails(row, *args):
            calls.append(row.id)
            if row.id == rows[1].id:
                raise ZeroDivisionError
            return plan(row, *args)

        with patch.object(model, "_plan", fails):
            self._run_sender()
        self.assertEqual(calls, rows[:2].ids)
        self._assert_each_is_there_once(rows)
        self.assertEqual(set(rows.mapped("unfinished")), {0})

    def test_one_that_is_refused_keeps_no_other(self):
        rows = self._queued(3)
        rows[0].name = "OTHER"
        self._run_sender()
        self.assertEqual(rows.mapped("state"), ["refused", "deposited", "deposited"])
        self.assertIn("changed", rows[0].reason)
        self.assertEqual(rows.mapped("attempts"), [1, 1, 1])

    def test_error_on_one_leaves_it_for_later_and_keeps_no_other(self):
        rows = self._queued(3)
        model = type(rows)
        deposited, calls = model._deposited, []

        def fails(row, *args):
            calls.append(row.id)
            if row.id == rows[1].id and len(calls) < 3:
                raise ZeroDivisionError
            return deposited(row, *args)

        with patch.object(model, "_deposited", fails), mute_logger(GUARD):
            self._run_sender()
        # Its answer is lost: it may be there, and is looked up.
        self.assertEqual(rows.mapped("state"), ["deposited", "uncertain", "deposited"])
        self._make_due(rows[1])
        self._run_sender()
        self._assert_each_is_there_once(rows)
        self.assertEqual(len(self._requests("soumettre")), 3)

    def test_file_that_chorus_pro_does_not_know_is_sent_anew_once(self):
        rows = self._queued(2)
        submit, calls = ChorusProClient.submit_invoice, []

        def unknown_first(client, message):
            calls.append(message.number)
            if len(calls) == 1:
                message = replace(message, main_attachment_id="999999999")
            return submit(client, message)

        with patch.object(ChorusProClient, "submit_invoice", unknown_first):
            self._run_sender()
            self.assertEqual(rows.mapped("state"), ["queued", "deposited"])
            self.assertFalse(rows[0].attachment_id_at_chorus)
            self._run_sender()
        self._assert_each_is_there_once(rows)
        self.assertEqual(calls, [rows[0].name, rows[1].name, rows[0].name])

    def test_platform_that_goes_down_in_the_middle_leaves_the_others_in_the_queue(self):
        # Nothing more is sent after one upload that fails, or two creations without answer.
        for operation, states in (
            ("deposer_pdf", ["deposited", "queued", "queued", "queued"]),
            ("soumettre", ["deposited", "uncertain", "uncertain", "queued"]),
        ):
            with self.subTest(operation=operation):
                self._fresh_chorus()
                rows = self._queued(4)
                deposit = type(rows)._deposited

                def then_down(row, *args, operation=operation, deposit=deposit):
                    self.simulator.control.fault("maintenance_page", operation, 50)
                    return deposit(row, *args)

                with patch.object(type(rows), "_deposited", then_down):
                    self._run_sender()
                self.assertEqual(rows.mapped("state"), states)
                sent = 4 - states.count("queued") + (operation == "deposer_pdf")
                self.assertEqual(rows.mapped("attempts"), [1] * sent + [0] * (4 - sent))
                self.assertEqual(set(rows.mapped("unfinished")), {0})
                self.assertTrue(rows[1].reason)
                self.assertEqual(len(self._requests(operation)), sent)
                rows.filtered(lambda row: row.state == "queued")._become("cancelled")

    def test_kill_between_any_two_steps_never_loses_nor_doubles(self):
        sender = type(self.env["chorus.pro.submission"])
        steps = [
            (sender, "_plan", False), (sender, "_plan", True),
            (sender, "_planned_steps", False),
            (ChorusProClient, "deposit_pdf", True),
            (sender, "_commit_and_relock", False), (sender, "_commit_and_relock", True),
            (ChorusProClient, "submit_invoice", True),
            (sender, "_deposited", True),
            (sender, "_write_down", False), (sender, "_write_down", True),
        ]
        for owner, name, after in steps:
            with self.subTest(step=name, after=after):
                self._fresh_chorus()
                rows = self._queued(3)
                killer, calls = self._kill(owner, name, after=after)
                with killer:
                    self._die_in_the_job()
                self.assertEqual(calls, [name])
                self.assertEqual(set(rows.mapped("state")) - {"queued", "sending", "deposited"},
                                 set())
                for _run in range(4):
                    rows.filtered(lambda row: row.state == "uncertain").missing_since = (
                        fields.Datetime.now() - timedelta(hours=1))
                    self._make_due(rows.filtered(lambda row: row.state in ("queued", "uncertain")))
                    self._run_sender()
                self._assert_each_is_there_once(rows)

    def test_one_that_ends_its_process_is_found_and_the_others_leave(self):
        rows = self._queued(4)
        with self._poisoned(type(rows), "_archived_pdf", rows[2]) as deaths:
            self._run_until_alive(rows)
        self.assertEqual(len(deaths), MOST_UNFINISHED)
        self.assertEqual(
            rows.mapped("state"), ["deposited", "deposited", "refused", "deposited"])


@tagged("post_install_l10n", "post_install", "-at_install")
class TestPdfTogetherAtOnce(ConcurrencyCase):
    """What users do between the reading and the sending."""

    def _while_the_first_is_uploaded(self, what):
        done = []
        meanwhile, calls = self._meanwhile(
            "deposit_pdf", lambda: done or (done.append(True), what()))
        with meanwhile:
            self._send()
        self.assertTrue(calls)
        self.assertTrue(done)

    def _write(self, write):
        """Do ``write`` with an environment, committed."""
        with self._env() as env:
            write(env)

    def _assert_all_left_once(self, ids):
        self.assertEqual(self._states(ids), {"deposited": len(ids)})
        numbers = [invoice["number"] for invoice in self.simulator.control.invoices()]
        self.assertEqual(len(numbers), len(set(numbers)))
        self.assertEqual(len(numbers), len(ids))

    def test_invoice_edited_after_it_was_read_leaves_with_its_new_content(self):
        for position in (0, 2):
            with self.subTest(position=position):
                self.setUp()
                ids = self._queued(3)
                self._while_the_first_is_uploaded(lambda ids=ids, position=position: self._write(
                    lambda env: env["account.move"].browse(ids[position]).write(
                        {"narration": "NEW CONTENT"})))
                self._send()
                self._assert_all_left_once(ids)
                self.assertEqual(self._submitted(), 3)
                comments = [str(request["body"]).count("NEW CONTENT")
                              for request in self.simulator.control.requests("soumettre")]
                self.assertEqual(sum(map(bool, comments)), 1)

    def test_what_an_invoice_is_made_of_has_versions(self):
        [move_id] = self._queued(1)
        writes = {
            "the invoice": lambda move: move.write({"ref": "other"}),
            "a line": lambda move: move.env.cr.execute(
                "UPDATE account_move_line SET name = 'other' WHERE move_id = %s", [move.id]),
            "the customer": lambda move: move.partner_id.write({"street": "other"}),
            "the PDF": lambda move: move.invoice_pdf_report_id.write({"description": "other"}),
            "another file": lambda move: move.env["ir.attachment"].create(
                {"name": "x.pdf", "raw": b"x", "res_model": move._name, "res_id": move.id}),
        }
        versions = set()
        for count, write in enumerate([lambda move: None, *writes.values()], start=1):
            self._write(lambda env, write=write: write(env["account.move"].browse(move_id)))
            for _again in range(2):
                with self._env() as env:
                    move = env["account.move"].browse(move_id)
                    move.try_lock_for_update()
                    versions.add(move._chorus_pro_versions()[move_id])
            self.assertEqual(len(versions), count)

    def test_invoice_taken_out_of_the_queue_after_it_was_read_does_not_leave(self):
        for position in (0, 2):
            with self.subTest(position=position):
                self.setUp()
                ids = self._queued(3)
                self._while_the_first_is_uploaded(lambda ids=ids, position=position: self._write(
                    lambda env: env["account.move"].browse(
                        ids[position]).action_chorus_pro_cancel()))
                self.assertEqual(self._states(ids), {"deposited": 2, "cancelled": 1})
                self.assertEqual(self._submitted(), 2)

    def test_two_senders_share_what_is_read_together(self):
        ids = self._queued(6)
        with patch("odoo.addons.l10n_fr_chorus_pro.models.outbox.pdf_together.TOGETHER", 2):
            self._at_once(*[self._send] * 3)
        self._send()
        self._assert_all_left_once(ids)
        self.assertEqual(self._submitted(), 6)
