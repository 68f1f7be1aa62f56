# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What following costs depends on what changed, never on how many invoices are followed."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from ...models.tracking import poll as chorus_pro_follower
from ...models.tracking.digest import MOST_LINES
from ..common.follow import FollowCommon
from ..common.stock import StockMixin

FEW, MANY = 10, 1000


@tagged("post_install_l10n", "post_install", "-at_install")
class TestFollowCost(StockMixin, FollowCommon):
    def setUp(self):
        super().setUp()
        self.move, self.submission = self._deposited()
        self.submission = self.submission.sudo()

    def _look(self):
        """One look, in this transaction: (statements, requests, fetched submissions)."""
        connection = self.connection.sudo()
        connection.write({
            "follow_wanted_at": fields.Datetime.now(),
            "fully_followed_at": fields.Datetime.now()})
        model, fetched = type(self.submission), []
        fetch = model._fetch_query

        def watched(rows, query, fields_):
            found = fetch(rows, query, fields_)
            fetched.extend(found.ids)
            return found

        requests = len(self._requests())
        with (
            patch.object(model, "_fetch_query", watched),
            self._counted() as (env, statements),
        ):
            env[connection._name]._cron_follow()
        return statements[0], len(self._requests()) - requests, len(set(fetched))

    def test_look_without_news_costs_the_same_for_few_and_for_many(self):
        # What was deposited just now is no news.
        self.patch(chorus_pro_follower, "OVERLAP", timedelta(0))
        self._look()
        self._multiply(self.submission, FEW)
        few = self._look()
        self._multiply(self.submission, MANY)
        many = self._look()
        self.assertEqual(few, many)
        statements, requests, fetched = many
        self.assertEqual((requests, fetched), (1, 0))
        # Four of them plan the next look by a trigger of Odoo's.
        self.assertLessEqual(statements, 15)

    def test_look_with_news_reads_the_rows_that_have_news(self):
        self._look()
        costs = []
        for count in (FEW, MANY):
            self._multiply(self.submission, count)
            self._happen(self.move, "EN_COURS_ACHEMINEMENT", "MISE_A_DISPOSITION")
            costs.append(self._look())
            self.assertEqual(self.submission.status_code, "MISE_A_DISPOSITION")
        statements = [cost[0] for cost in costs]
        self.assertLessEqual(max(statements), 60)
        self.assertLessEqual(statements[1] - statements[0], 5)
        self.assertEqual({cost[2] for cost in costs}, {1})

    def test_most_impatient_invoice_decides_when_the_next_look_is(self):
        connection, now = self.connection.sudo(), fields.Datetime.now()
        self.assertEqual(connection._cadence().delay, timedelta(minutes=5))
        self.submission.write(
            {"status_code": "MANDATEE", "status_date": now - timedelta(days=2)})
        self.assertEqual(connection._cadence().delay, timedelta(hours=8))
        old = self._multiply(self.submission, 3, status_date="now() - interval '200 days'")
        self.assertEqual(connection._cadence().delay, timedelta(hours=8))
        self.assertEqual(connection._cadence().oldest, min(old.mapped("status_date")))
        self._multiply(self.submission, 3, status_code="'MISE_A_DISPOSITION'")
        self.assertEqual(connection._cadence().delay, timedelta(hours=4))

    def test_what_ended_lately_is_looked_at_once_a_day(self):
        connection = self.connection.sudo()
        self.submission.write({"status_code": "MISE_EN_PAIEMENT"})
        self.env.flush_all()
        self.assertEqual(connection._cadence().delay, timedelta(days=1))
        self.submission.status_date = fields.Datetime.now() - timedelta(days=31)
        self.assertIsNone(connection._cadence())

    def test_invoice_without_a_date_counts_from_its_deposit(self):
        self.submission.status_date = False
        self.assertEqual(self.connection.sudo()._cadence().oldest, self.submission.create_date)

    def test_number_in_another_spelling_finds_the_invoice_that_waits_for_its_id(self):
        rows = self._multiply(
            self.submission, 2, chorus_invoice_id="NULL",
            name="'Fa-' || rank || '/é' || (SELECT name FROM account_move WHERE id = move.id)")
        wanted = rows[0].name.replace("/", ".").upper()
        found = rows.search(rows._same_letters([wanted]))
        self.assertEqual(found, rows[0])
        self.assertFalse(rows.search(rows._same_letters([f"{wanted}0"])))

    def test_follow_up_reads_only_what_is_not_done_yet(self):
        self.submission.write({"status_code": "SUSPENDUE"})
        self._run_follow_up()
        self.assertEqual(self.submission.told_about, "deposited SUSPENDUE")
        counts = []
        for count in (FEW, MANY):
            self._multiply(self.submission, count)
            with self._counted() as (env, statements):
                env[self.submission._name]._cron_follow_up()
            counts += statements
        self.assertEqual(counts[0], counts[1])
        self.assertLessEqual(counts[0], 6)

    def test_follow_up_of_more_than_a_slice_does_all(self):
        rows = self._multiply(
            self.submission, 250, needs_action="TRUE", needed_action="'complete'",
            status_code="'SUSPENDUE'")
        self.env.cr.execute("UPDATE chorus_pro_submission SET needs_action = FALSE WHERE id = %s",
                            [rows.ids[-1]])
        self._run_follow_up()
        self.assertEqual(
            set(rows[:-1].mapped("told_about")), {"deposited SUSPENDUE"})
        self.assertFalse(rows[-1].told_about)

    def _run_follow_up(self):
        self._run(self.env.ref("l10n_fr_chorus_pro.ir_cron_follow_up"))

    def test_digest_reads_only_the_invoices_that_it_names(self):
        self.accountant.email = "accountant@example.com"
        self.company.chorus_pro_digest_user_ids = self.accountant
        self.submission.write({"status_code": "SUSPENDUE"})
        self.env.flush_all()
        # What every process reads once is not counted.
        self.env["res.company"]._cron_chorus_pro_digest()
        counts = []
        for count in (2 * MOST_LINES, MANY):
            self._multiply(self.submission, count)
            with self._counted() as (env, statements):
                env["res.company"]._cron_chorus_pro_digest()
            counts += statements
        self.assertLessEqual(counts[1], counts[0])
        mail = self.env["mail.mail"].search([], order="id desc", limit=1)
        total = 2 * MOST_LINES + MANY + 1
        self.assertIn(f"{total} invoices", mail.subject)
        self.assertIn(f"and {total - MOST_LINES} more", mail.body_html)
