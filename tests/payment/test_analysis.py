# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The analysis: the same figures as on the invoices, by few queries however many they are."""

from datetime import date

from freezegun import freeze_time
from lxml import etree

from odoo import Command
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from ...choruspro.lifecycle import INVOICE_STATUSES
from ...models.payment.analysis import PHASE_BY_STATUS, PHASES
from ..common.chorus_pro import BOTH, ENGAGEMENT
from ..common.late import LateCommon

AVAILABLE, ORDERED, PAID = "MISE_A_DISPOSITION", "MANDATEE", "MISE_EN_PAIEMENT"
DEPOSITED, SUSPENDED, COMPLETED = "DEPOSEE", "SUSPENDUE", "COMPLETEE"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestAnalysis(LateCommon):
    def setUp(self):
        super().setUp()
        self.analysis = self.env["chorus.pro.analysis"].with_user(self.accountant)

    def _row(self, move):
        self.env.flush_all()
        self.analysis.invalidate_model()
        return self.analysis.search([("move_id", "=", move.id)])

    def test_row_has_the_amounts_dates_and_days_of_its_invoice(self):
        move = self._at_chorus_pro(
            10000, (DEPOSITED, "2025-01-08"), (AVAILABLE, "2025-01-10"), (ORDERED, "2025-03-20"),
            (PAID, "2025-03-31"), buyer_reference="SERVICE1")
        self._pay(move, "2025-04-02", 2500)
        row = self._row(move)
        expected = {
            "move_id": move,
            "company_id": self.company,
            "currency_id": self.company.currency_id,
            "partner_id": self.customer,
            "service_code": "SERVICE1",
            "chorus_pro_state": "payment_issued",
            "phase": "paid",
            "document_format": "pdf",
            "is_production": False,
            "amount_total": 10000,
            "amount_open": 7500,
            "deposit_date": date(2025, 1, 8),
            "available_on": date(2025, 1, 10),
            "mandated_on": date(2025, 3, 20),
            "paid_on": date(2025, 3, 31),
            "payment_due": date(2025, 2, 9),
            "days_to_available": 2,
            "days_to_mandated": 69,
            "days_mandated_to_paid": 11,
            "days_to_paid": 80,
            "late_days": 50,
            "is_late": True,
            "is_paid_open": True,
            "age": False,
            "returns": 0,
            "return_reason": False,
        }
        self.assertEqual({name: row[name] for name in expected}, expected)

    def test_days_late_are_those_of_the_invoice_whatever_happened(self):
        moves = [
            self._at_chorus_pro(1000, (AVAILABLE, "2025-01-10")),
            self._at_chorus_pro(1000, (AVAILABLE, "2025-01-10"), (PAID, "2025-02-01")),
            self._at_chorus_pro(1000, (AVAILABLE, "2025-01-10"), (PAID, "2025-03-31")),
            self._at_chorus_pro(1000, (AVAILABLE, "2025-01-10"), (SUSPENDED, "2025-02-01")),
            self._at_chorus_pro(1000, (AVAILABLE, "2025-01-10"), ("REJETEE", "2025-02-01")),
            self._at_chorus_pro(1000, (DEPOSITED, "2025-01-10")),
            self._at_chorus_pro(1000, (AVAILABLE, "2025-01-10"), move_type="out_refund"),
        ]
        for settled, day in ((0, "2025-03-01"), (2, "2025-03-15"), (2, "2025-04-10")):
            self._pay(moves[settled], day, 500)
        settled = self._at_chorus_pro(1000, (AVAILABLE, "2025-01-10"))
        self._pay(settled, "2025-03-03")
        before = self._at_chorus_pro(1000, (AVAILABLE, "2025-01-10"), (PAID, "2025-03-31"))
        self._pay(before, "2025-03-04")
        credited = self._at_chorus_pro(1000, (AVAILABLE, "2025-01-10"))
        credited._reverse_moves([{"invoice_date": date(2025, 3, 1)}], cancel=True)
        days = []
        for move in [*moves, settled, before, credited]:
            days.append(self._row(move).late_days)
            with self.subTest(move=move.name):
                self.assertEqual(days[-1], move.chorus_pro_late_days)
        self.assertGreater(days[0], 600)
        self.assertEqual(days[1:], [0, 50, 0, 0, 0, 0, 22, 23, 0])

    @freeze_time("2025-05-01")
    def test_age_is_that_of_what_is_not_paid(self):
        ages = {"2025-04-20": "a", "2025-03-20": "b", "2025-02-20": "c", "2025-01-10": "d"}
        for day, age in ages.items():
            with self.subTest(day=day):
                row = self._row(self._at_chorus_pro(1, (AVAILABLE, day)))
                self.assertEqual(row.age, age)
                self.assertEqual(row.days_open, (date(2025, 5, 1) - date.fromisoformat(day)).days)

    def test_what_comes_back_is_counted_with_its_last_reason(self):
        move = self._at_chorus_pro(
            1000, (AVAILABLE, "2025-01-10"), (SUSPENDED, "2025-01-12", "Bon manquant"),
            (COMPLETED, "2025-01-14"), ("A_RECYCLER", "2025-01-20", "=Mauvais service"))
        row = self._row(move)
        self.assertEqual((row.returns, row.phase), (2, "action"))
        # As it is kept, so that no spreadsheet calculates it.
        self.assertEqual(row.return_reason, "\u200b=Mauvais service")

    def test_refusal_at_deposit_has_its_reason_and_no_dates(self):
        move = self._invoice(pdf=False)
        self.env["chorus.pro.submission"].sudo().create(
            {
                "move_id": move.id,
                "name": move.name,
                "connection_id": self.connection.id,
                "environment": "custom",
                "state": "refused",
                "reason": "Numéro refusé",
            }
        )
        row = self._row(move)
        self.assertEqual((row.phase, row.returns), ("refused", 1))
        self.assertEqual(row.return_reason, "Numéro refusé")
        self.assertFalse(row.available_on or row.late_days or row.age)

    def test_each_status_has_a_phase_with_a_label(self):
        self.assertEqual(len(PHASE_BY_STATUS), len(INVOICE_STATUSES))
        self.assertLessEqual(set(PHASE_BY_STATUS.values()), set(dict(PHASES)))

    def test_invoices_never_sent_or_taken_out_of_the_queue_have_no_row(self):
        never, cancelled = self._invoice(pdf=False), self._invoice()
        cancelled.with_user(self.accountant).action_chorus_pro_send()
        self.assertEqual(self._row(cancelled).phase, "sending")
        cancelled.with_user(self.accountant).action_chorus_pro_cancel()
        self.assertFalse(self._row(never) + self._row(cancelled))

    def test_each_company_sees_its_own(self):
        move = self._at_chorus_pro(1000, (AVAILABLE, "2025-01-10"))
        other = self.setup_other_company()["company"]
        self.accountant.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        self.assertFalse(self._row(move))
        self.assertFalse(self.analysis._read_group([], [], ["__count"])[0][0])

    def test_row_opens_its_invoice(self):
        move = self._at_chorus_pro(1000, (AVAILABLE, "2025-01-10"))
        action = self._row(move).action_open_invoice()
        self.assertEqual((action["res_model"], action["res_id"]), ("account.move", move.id))

    def test_pivot_and_graph_take_three_queries_at_most_however_many_invoices(self):
        others = [self._create_customer(ENGAGEMENT), self._create_customer(BOTH)]
        self._at_chorus_pro(1000, (AVAILABLE, "2025-01-10"))
        sizes = []
        for payers in ([self.customer], [self.customer, *others] * 2):
            for payer in payers:
                self._at_chorus_pro(1000, (AVAILABLE, "2025-01-10"), partner_id=payer.id)
            sizes.append(self._queries_of_the_screens())
        self.assertEqual(sizes[0], sizes[1])
        self.assertLessEqual(max(sizes[1]), 3)

    def _queries_of_the_screens(self):
        """How many queries the graph and the pivot take by each grouping."""
        measures = [
            "amount_open:sum", "days_to_paid:avg", "late_days:avg", "expected_payments:avg",
            "__count"]
        total = self.analysis.search_count([])
        counts = []
        for groupby in ("partner_id", "phase", "age", "invoice_date:month", "expected_on:week"):
            calls = {
                "graph": lambda by=groupby: self.analysis.formatted_read_group(
                    [], [by], measures),
                "pivot": lambda by=groupby: self.analysis.formatted_read_grouping_sets(
                    [], [[], [by]], measures)[1],
            }
            for screen, call in calls.items():
                # Once for what is kept between two looks: rights, rules, the language.
                call()
                self.env.flush_all()
                self.analysis.invalidate_model()
                self.env["res.partner"].invalidate_model()
                before = self.env.cr.sql_log_count
                groups = call()
                counts.append(self.env.cr.sql_log_count - before)
                with self.subTest(groupby=groupby, screen=screen):
                    self.assertEqual(sum(group["__count"] for group in groups), total)
        return counts

    def test_each_question_of_the_month_can_be_asked_by_who_invoices(self):
        self._at_chorus_pro(1000, (AVAILABLE, "2025-01-10"), (SUSPENDED, "2025-01-12", "X"))
        view = etree.fromstring(self.analysis.get_view(view_type="search")["arch"])
        filters = view.iter("filter")
        questions = [each for each in filters if "graph_measure" in each.get("context", "")]
        self.assertEqual(len(questions), 6)
        for each in questions:
            with self.subTest(question=each.get("name")):
                context = safe_eval(each.get("context"))
                measures = [name for name in context["pivot_measures"] if name != "__count"]
                self.assertIn(context["graph_measure"], measures)
                # Graph and pivot say the same.
                self.assertLessEqual(
                    set(context["graph_groupbys"]),
                    {*context["pivot_row_groupby"], *context.get("pivot_column_groupby", [])})
                self.analysis.formatted_read_group(
                    safe_eval(each.get("domain")),
                    context["pivot_row_groupby"] + context.get("pivot_column_groupby", []),
                    [f"{name}:{self.analysis._fields[name].aggregator}" for name in measures],
                )

    def test_questions_of_the_month_find_what_they_are_about(self):
        paid_open = self._at_chorus_pro(1000, (AVAILABLE, "2025-01-10"), (PAID, "2025-02-01"))
        waiting = self._at_chorus_pro(1000, (AVAILABLE, "2025-01-10"))
        back = self._at_chorus_pro(1000, (AVAILABLE, "2025-01-10"), (SUSPENDED, "2025-01-12"))
        rejected = self._at_chorus_pro(1000, (AVAILABLE, "2025-01-10"), ("REJETEE", "2025-01-12"))
        expected = {
            "pending_by_status": waiting + back,
            "ageing": waiting + back,
            "days_by_body": paid_open,
            "refusals_by_reason": back + rejected,
            "paid_there": paid_open,
            "open": waiting + back + paid_open,
            "late": waiting,
            "expected_by_week": waiting + paid_open,
            "expected_past": waiting + paid_open,
        }
        view = etree.fromstring(self.analysis.get_view(view_type="search")["arch"])
        for name, moves in expected.items():
            [found] = view.xpath(f"//filter[@name='{name}']")
            with self.subTest(question=name):
                rows = self.analysis.search(safe_eval(found.get("domain")))
                self.assertEqual(set(rows.move_id.ids), set(moves.ids))
