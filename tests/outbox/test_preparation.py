# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Invoices for files are prepared by the hundred, with the guarantees of one by one."""

from contextlib import contextmanager
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.outbox.outbox import MOST_UNFINISHED
from ..common.flow import FlowCommon
from ..common.killing import Poison
from ..common.stock import StockMixin

GUARD = "odoo.addons.l10n_fr_chorus_pro.models.session.row_guard"
# Statements that an invoice more may take, from the queue to the deposit.
EACH = 5


@tagged("post_install_l10n", "post_install", "-at_install")
class TestPreparation(StockMixin, Poison, FlowCommon):
    def _queued(self, count, **values):
        moves = self.env["account.move"].concat(
            *(self._invoice(chorus_pro_format="cii", **values) for _rank in range(count)))
        moves.with_user(self.accountant).action_chorus_pro_send()
        return moves.chorus_pro_submission_ids

    @contextmanager
    def _failing(self, name, bad, error):
        """``name`` of the submissions raises for ``bad``; gives the calls for it."""
        model = type(bad)
        method, calls = getattr(model, name), []

        def fails(row, *args):
            if row.id in bad.ids:
                calls.append(row.id)
                raise error
            return method(row, *args)

        with patch.object(model, name, fails):
            yield calls

    def test_invoice_more_costs_few_statements(self):
        counts = []
        for count in (2, 3, 9):
            rows = self._queued(count)
            with self._counted() as (env, statements):
                env[rows._name]._cron_send()
            self.assertEqual(set(rows.mapped("state")), {"deposited"})
            counts += statements
        _warm, few, many = counts
        self.assertLessEqual(many - few, 6 * EACH)

    def test_one_that_fails_is_tried_alone_and_keeps_no_other(self):
        rows = self._queued(4)
        with self._failing("_prepare", rows[1], ZeroDivisionError) as calls, mute_logger(GUARD):
            self._run_sender()
        # Once together, once alone.
        self.assertEqual(calls, rows[1].ids * 2)
        self.assertEqual(rows.mapped("state"), ["deposited", "queued", "deposited", "deposited"])
        self.assertTrue(rows[1].reason)
        self.assertEqual(set(rows.mapped("unfinished")), {0})

    def test_edit_meanwhile_has_each_prepared_alone(self):
        rows = self._queued(3)
        model, commits = type(rows), []
        answered_since = model._answered_since

        def edited(done, before):
            if len(done) > 1 and not commits:
                commits.append(done)
                raise SerializationFailure
            return answered_since(done, before)

        with patch.object(model, "_answered_since", edited):
            self._run_sender()
        self.assertEqual(len(commits), 1)
        self.assertEqual(set(rows.mapped("state")), {"deposited"})
        self.assertEqual(set(rows.mapped("unfinished")), {0})

    def test_one_that_is_refused_keeps_no_other(self):
        rows = self._queued(3)
        rows[0].sudo().name = "OTHER"
        self._run_sender()
        self.assertEqual(rows.mapped("state"), ["refused", "deposited", "deposited"])
        self.assertIn("changed", rows[0].reason)

    def test_one_that_ends_its_process_is_found_and_the_others_leave(self):
        rows = self._queued(4)
        with self._poisoned(type(rows), "_prepare", rows[2]) as deaths:
            self._run_until_alive(rows)
        self.assertEqual(len(deaths), MOST_UNFINISHED)
        self.assertEqual(
            rows.mapped("state"), ["deposited", "deposited", "refused", "deposited"])
        self.assertEqual(set((rows - rows[2]).mapped("unfinished")), {0})

    def test_invoice_that_another_sender_has_is_left_to_it(self):
        rows = self._queued(3)
        model = type(rows)
        locked_together = model._locked_together

        def skipping(these):
            return locked_together(these) - rows[0].with_env(these.env)

        with patch.object(model, "_locked_together", skipping), patch.object(
            model, "_settle", lambda row, session: False
        ):
            self._run_sender()
        # Those wait for it: a file leaves once nobody is to come.
        self.assertEqual(rows.mapped("step"), [False, "ready", "ready"])
        self.assertEqual((rows[0].attempts, rows[0].unfinished), (0, 0))

    def test_platform_that_is_down_leaves_all_in_the_queue_with_a_reason(self):
        rows = self._queued(3)
        self.simulator.control.fault("maintenance_page", "structures_rechercher", 10)
        self._run_sender()
        self.assertEqual(set(rows.mapped("state")), {"queued"})
        self.assertEqual(set(rows.mapped("unfinished")), {0})
        self.assertFalse(rows.flow_id)
        self._fresh_chorus()
        self._make_due(rows)
        self._run_sender()
        self.assertEqual(set(rows.mapped("state")), {"deposited"})
