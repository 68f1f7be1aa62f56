# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What is owed for late payment, from the statuses kept and the payments of the books."""

from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from ..common.late import LateCommon

AVAILABLE, SUSPENDED, COMPLETED = "MISE_A_DISPOSITION", "SUSPENDUE", "COMPLETEE"
ORDERED, PAID = "MANDATEE", "MISE_EN_PAIEMENT"
# The values of the public procurement code's arithmetic: total, start, delay, suspension, payment;
# due, days, rate, interest, with the indemnity.
CASES = [
    (10000.00, "2025-01-10", 30, None, "2025-03-31", "2025-02-09", 50, 11.15, 152.74, 192.74),
    (10000.00, "2025-01-10", 30, None, "2025-02-09", "2025-02-09", 0, False, 0.0, 0.0),
    (10000.00, "2025-01-10", 30, None, "2025-02-10", "2025-02-09", 1, 11.15, 3.05, 43.05),
    (12345.67, "2025-05-31", 30, None, "2025-09-15", "2025-06-30", 77, 10.15, 264.35, 304.35),
    (12345.67, "2025-06-01", 30, None, "2025-09-15", "2025-07-01", 76, 10.15, 260.92, 300.92),
    (5000.00, "2024-02-01", 50, None, "2024-04-30", "2024-03-22", 39, 12.50, 66.78, 106.78),
    (60000.00, "2023-11-02", 60, None, "2024-03-01", "2024-01-01", 60, 12.50, 1232.88, 1272.88),
    (1200.00, "2026-06-05", 30, None, "2026-08-31", "2026-07-05", 57, 10.40, 19.49, 59.49),
    (10000.00, "2025-01-10", 30, ("2025-01-30", "2025-02-05"), "2025-03-31",
     "2025-03-07", 24, 11.15, 73.32, 113.32),
    (10000.00, "2025-01-10", 50, ("2025-01-15", "2025-02-05"), "2025-05-31",
     "2025-03-22", 70, 11.15, 213.84, 253.84),
]


@tagged("post_install_l10n", "post_install", "-at_install")
class TestLatePayment(LateCommon):
    def _late(self, move):
        [found] = move.with_user(self.accountant).chorus_pro_late_payment()
        return found

    def _history(self, start, suspension, paid):
        events = [(AVAILABLE, start)]
        if suspension:
            events += [(SUSPENDED, suspension[0]), (COMPLETED, suspension[1])]
        return [*events, (ORDERED, paid), (PAID, paid)]

    # ------------------------------------------------------------------
    # The arithmetic, through Odoo
    # ------------------------------------------------------------------

    def test_each_value_of_the_law_comes_out_to_the_cent(self):
        for total, start, delay, suspension, paid, due, days, rate, interest, in_all in CASES:
            self.customer.chorus_pro_payment_delay = str(delay)
            move = self._at_chorus_pro(total, *self._history(start, suspension, paid))
            with self.subTest(start=start, paid=paid):
                found = self._late(move)
                self.assertEqual(found["start"], date.fromisoformat(start))
                self.assertEqual(found["due"], date.fromisoformat(due))
                self.assertEqual(
                    (found["days"], found["rate"], found["interest"]), (days, rate, interest))
                self.assertAlmostEqual(found["interest"] + found["indemnity"], in_all, 2)
                self.assertEqual(move.chorus_pro_payment_due, date.fromisoformat(due))
                self.assertEqual(move.chorus_pro_late_days, days)
                self.assertEqual(move.chorus_pro_late_interest, interest)
                self.assertEqual(move.chorus_pro_late_indemnity, 40.0 if days else 0.0)
                self.assertEqual(bool(found["problem"]), not days)

    @freeze_time("2025-03-31")
    def test_open_invoice_is_counted_up_to_today(self):
        move = self._at_chorus_pro(10000, (AVAILABLE, "2025-01-10"))
        self.assertEqual((self._late(move)["days"], move.chorus_pro_late_interest), (50, 152.74))

    def test_payment_of_the_books_ends_it_where_none_is_announced(self):
        move = self._at_chorus_pro(10000, (AVAILABLE, "2025-01-10"))
        self._pay(move, "2025-03-31")
        found = self._late(move)
        self.assertEqual((found["days"], found["interest"]), (50, 152.74))
        self.assertIn("your books", found["notes"][0])

    def test_what_is_not_paid_says_nothing_of_a_payment(self):
        move = self._at_chorus_pro(10000, (AVAILABLE, "2025-01-10"))
        found = self._late(move)
        self.assertGreater(found["days"], 0)
        self.assertFalse(found["notes"])

    def test_announced_payment_ends_it_before_the_bank_does(self):
        move = self._at_chorus_pro(10000, *self._history("2025-01-10", None, "2025-03-31"))
        self._pay(move, "2025-04-03")
        found = self._late(move)
        self.assertEqual((found["days"], found["notes"]), (50, []))

    def test_parts_are_counted_each_on_its_amount_and_the_indemnity_once(self):
        move = self._at_chorus_pro(10000, *self._history("2025-01-10", None, "2025-03-31"))
        self._pay(move, "2025-02-01", 1000)
        self._pay(move, "2025-03-01", 5000)
        found = self._late(move)
        self.assertEqual(
            [(one["amount"], one["days"], one["interest"]) for one in found["parts"]],
            [(1000.0, 0, 0.0), (5000.0, 20, 30.55), (4000.0, 50, 61.1)],
        )
        self.assertEqual((found["interest"], found["indemnity"]), (91.65, 40.0))

    def test_credit_note_lowers_the_amount(self):
        move = self._at_chorus_pro(10000, *self._history("2025-01-10", None, "2025-03-31"))
        refund = move._reverse_moves([{"invoice_date": date(2025, 3, 1)}])
        refund.invoice_line_ids.price_unit = 4000
        refund.action_post()
        (move + refund).line_ids.filtered(
            lambda line: line.account_type == "asset_receivable").reconcile()
        self.assertEqual(move.amount_residual, 6000)
        found = self._late(move)
        self.assertEqual([one["amount"] for one in found["parts"]], [6000.0])
        self.assertEqual(found["interest"], 91.64)

    def test_invoice_that_a_credit_note_covers_bears_nothing(self):
        move = self._at_chorus_pro(10000, (AVAILABLE, "2025-01-10"))
        move._reverse_moves([{"invoice_date": date(2025, 3, 1)}], cancel=True)
        self.assertEqual(move.payment_state, "reversed")
        found = self._late(move)
        self.assertEqual((found["days"], found["interest"], found["indemnity"]), (0, 0, 0))
        self.assertIn("credit note", found["problem"])

    # ------------------------------------------------------------------
    # The delay
    # ------------------------------------------------------------------

    def test_delay_of_the_contract_may_be_shorter_only(self):
        self.customer.write(
            {"chorus_pro_payment_delay": "contract", "chorus_pro_contract_delay": 20})
        move = self._at_chorus_pro(1000, (AVAILABLE, "2025-01-10"))
        self.assertEqual(move.chorus_pro_payment_due, date(2025, 1, 30))
        for days in (0, -1, 61):
            with self.subTest(days=days), self.assertRaisesRegex(ValidationError, "1 to 60"):
                self.customer.chorus_pro_contract_delay = days

    def test_delay_changed_on_the_customer_counts_for_its_invoices(self):
        contact = self.env["res.partner"].create(
            {"name": "Achats", "parent_id": self.customer.id, "type": "invoice"})
        move = self._at_chorus_pro(1000, (AVAILABLE, "2025-01-10"), partner_id=contact.id)
        self.assertEqual(move.chorus_pro_payment_due, date(2025, 2, 9))
        self.customer.chorus_pro_payment_delay = "50"
        self.assertEqual(move.chorus_pro_payment_due, date(2025, 3, 1))

    def test_delivery_after_the_invoice_starts_the_delay(self):
        move = self._at_chorus_pro(
            1000, (AVAILABLE, "2025-01-10"), delivery_date=date(2025, 1, 20))
        self.assertEqual(move.chorus_pro_payment_due, date(2025, 2, 19))

    def test_day_of_a_status_is_that_of_paris(self):
        move = self._at_chorus_pro(1000, (AVAILABLE, "2025-07-10"))
        move.chorus_pro_status_ids.sudo().date = "2025-07-10 22:30:00"
        self.assertEqual(move.chorus_pro_submission_id.sudo().delay_start, date(2025, 7, 11))

    def test_estimated_start_is_marked(self):
        move = self._at_chorus_pro(10000, (ORDERED, "2025-03-01"), date="2025-01-08")
        found = self._late(move)
        self.assertEqual(found["start"], date(2025, 1, 10))
        self.assertIn("two days", found["notes"][0])
        self.assertIn("two days", move.chorus_pro_late_note)

    def test_irregular_suspensions_are_marked_and_stop_nothing(self):
        move = self._at_chorus_pro(
            10000, (AVAILABLE, "2025-01-10"), (SUSPENDED, "2025-01-15"), (COMPLETED, "2025-01-16"),
            (SUSPENDED, "2025-01-20"), (ORDERED, "2025-02-01"), (SUSPENDED, "2025-02-03"),
            (PAID, "2025-03-31"))
        self.assertEqual(move.chorus_pro_payment_due, date(2025, 2, 15))
        self.assertEqual(len(self._late(move)["notes"]), 2)

    def test_suspension_after_the_delay_is_marked(self):
        move = self._at_chorus_pro(
            10000, (AVAILABLE, "2025-01-10"), (SUSPENDED, "2025-02-20"), (PAID, "2025-03-31"))
        found = self._late(move)
        self.assertEqual(found["days"], 50)
        self.assertTrue(any("after the delay had ended" in note for note in found["notes"]))

    # ------------------------------------------------------------------
    # Nothing to claim, and why
    # ------------------------------------------------------------------

    def test_what_cannot_be_claimed_says_why(self):
        cases = {
            "not at Chorus Pro": self._invoice(pdf=False),
            "rejected": self._at_chorus_pro(
                1, (AVAILABLE, "2025-01-10"), ("REJETEE", "2025-02-01")),
            "has not reached": self._at_chorus_pro(1, ("DEPOSEE", "2025-01-10")),
            "interrupted since": self._at_chorus_pro(
                1, (AVAILABLE, "2025-01-10"), (SUSPENDED, "2025-02-01")),
            "customer invoice": self._invoice(pdf=False, move_type="out_refund"),
            "in time": self._at_chorus_pro(
                1, (AVAILABLE, "2025-01-10"), (PAID, "2025-02-01")),
        }
        for words, move in cases.items():
            with self.subTest(words=words):
                found = self._late(move)
                self.assertIn(words, found["problem"])
                self.assertEqual((found["days"], found["interest"], found["indemnity"]), (0, 0, 0))

    def test_half_year_without_a_rate_says_so_and_gives_no_figure(self):
        self.env["chorus.pro.interest.rate"].search([("date_from", "=", "2025-01-01")]).unlink()
        move = self._at_chorus_pro(10000, *self._history("2025-01-10", None, "2025-03-31"))
        found = self._late(move)
        self.assertIn("01/01/2025", found["problem"])
        self.assertEqual((found["interest"], found["indemnity"], found["parts"]), (0, 0, []))

    def test_invoice_in_another_currency_says_so(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        move = self._at_chorus_pro(
            10000, *self._history("2025-01-10", None, "2025-03-31"), currency_id=dollar.id)
        self.assertIn("not in euros", self._late(move)["problem"])

    # ------------------------------------------------------------------
    # The list
    # ------------------------------------------------------------------

    def test_filter_finds_what_is_late_and_nothing_else(self):
        late = self._at_chorus_pro(1000, *self._history("2025-01-10", None, "2025-03-31"))
        settled = self._at_chorus_pro(1000, (AVAILABLE, "2025-01-10"))
        self._pay(settled, "2025-03-01")
        still_open = self._at_chorus_pro(1000, (AVAILABLE, "2025-01-10"))
        in_time = self._at_chorus_pro(1000, *self._history("2025-01-10", None, "2025-02-01"))
        credited = self._at_chorus_pro(1000, (AVAILABLE, "2025-01-10"))
        credited._reverse_moves([{"invoice_date": date(2025, 3, 1)}], cancel=True)
        elsewhere = self._invoice(pdf=False)
        moves = late + settled + still_open + in_time + credited + elsewhere
        mine = self.env["account.move"].with_user(self.accountant)

        def found(*condition):
            return mine.search([("id", "in", moves.ids), ("chorus_pro_late_days", *condition)])

        self.assertEqual(set(found(">", 0).ids), set((late + settled + still_open).ids))
        self.assertEqual(set(found("=", 0).ids), set((in_time + credited + elsewhere).ids))
        self.assertEqual(set(found("=", 50).ids), set(late.ids))
        self.assertEqual(set(found("<", 50).ids), set((moves - late - still_open).ids))
        for move in moves:
            with self.subTest(move=move.name):
                self.assertEqual(move in found(">", 0), move.chorus_pro_late_days > 0)

    def test_more_invoices_cost_no_more_queries(self):
        moves = self.env["account.move"].browse()
        for _n in range(4):
            move = self._at_chorus_pro(1000, (AVAILABLE, "2025-01-10"))
            self._pay(move, "2025-03-01", 300)
            moves += move
        counts = []
        # The first time for what is kept between two looks: rights and rules.
        for some in (moves, moves[:2], moves):
            self.env.flush_all()
            self.env.invalidate_all()
            mine = some.with_user(self.accountant)
            before = self.env.cr.sql_log_count
            mine.mapped("chorus_pro_late_interest")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])

    def test_following_writes_the_delay_of_many_without_a_query_for_each(self):
        moves = [self._at_chorus_pro(1000, (AVAILABLE, "2025-01-10")) for _n in range(6)]
        submissions = self.env["chorus.pro.submission"].sudo().union(
            *[move.chorus_pro_submission_id.sudo() for move in moves])
        self.env.flush_all()
        self.env.invalidate_all()
        counts = []
        for rows in (submissions[:2], submissions[2:]):
            before = self.env.cr.sql_log_count
            self.env["chorus.pro.status"].sudo().create(
                [{"submission_id": row.id, "code": ORDERED, "date": "2025-02-01 08:00:00"}
                 for row in rows])
            self.env.flush_all()
            self.env.invalidate_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(submissions.mapped("mandated_on"), [date(2025, 2, 1)] * 6)
        self.assertLessEqual(counts[1], counts[0] + 1)

    # ------------------------------------------------------------------
    # Rights
    # ------------------------------------------------------------------

    def test_who_may_not_read_invoices_is_told_nothing(self):
        move = self._at_chorus_pro(1000, (AVAILABLE, "2025-01-10"))
        employee = self._user_of("base.group_user")
        with self.assertRaises(AccessError):
            move.with_user(employee).chorus_pro_late_payment()

    def _user_of(self, groups):
        return self.env["res.users"].create(
            {
                "name": groups,
                "login": groups,
                "group_ids": [Command.set([self.env.ref(groups).id])],
                "company_id": self.company.id,
                "company_ids": [Command.set(self.company.ids)],
            }
        )
