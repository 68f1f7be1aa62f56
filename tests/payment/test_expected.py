# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""When the money comes: the public body's own habit, else the law; never a guess without a mark."""

from datetime import date, timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..common.chorus_pro import ENGAGEMENT
from ..common.late import LateCommon

AVAILABLE, ORDERED, PAID = "MISE_A_DISPOSITION", "MANDATEE", "MISE_EN_PAIEMENT"
SUSPENDED, COMPLETED = "SUSPENDUE", "COMPLETEE"
FIELDS = ["chorus_pro_expected_on", "chorus_pro_expected_from", "chorus_pro_expected_payments"]


@tagged("post_install_l10n", "post_install", "-at_install")
class TestExpected(LateCommon):
    def setUp(self):
        super().setUp()
        self.enterContext(freeze_time("2025-06-16"))
        # What other tests, or a demonstration, left here pays nothing.
        self.customer = self._create_customer(ENGAGEMENT, name="Commune de Brest")

    def _history(self, *days, available="2025-03-03", **values):
        """Invoices that were paid after so many days."""
        start = date.fromisoformat(available)
        for count in days:
            self._at_chorus_pro(
                100, (AVAILABLE, start), (PAID, start + timedelta(days=count)), **values)

    def _open(self, *events, total=1000, **values):
        return self._at_chorus_pro(
            total, *(events or [(AVAILABLE, "2025-06-02")]),
            **{"partner_id": self.customer.id, **values})

    def _expected(self, move):
        self.env.flush_all()
        self.env.invalidate_all()
        mine = move.with_user(self.accountant)
        found = tuple(mine[name] for name in FIELDS)
        row = self.env["chorus.pro.analysis"].with_user(self.accountant).search(
            [("move_id", "=", move.id)])
        # The list, the graph and the invoice say the same.
        self.assertEqual((row.expected_on, row.expected_from, row.expected_payments), found)
        return found

    def test_date_is_that_of_the_usual_number_of_days(self):
        self._history(20, 22, 60, partner_id=self.customer.id)
        self.assertEqual(self._expected(self._open()), (date(2025, 6, 24), "history", 3))

    def test_middle_of_two_is_taken_and_rounded_up(self):
        self._history(20, 23, partner_id=self.customer.id)
        self.assertEqual(self._expected(self._open()), (date(2025, 6, 24), "history", 2))

    def test_body_without_history_is_expected_to_keep_to_the_law(self):
        self._history(20)
        other = self._create_customer(ENGAGEMENT, chorus_pro_payment_delay="50")
        self.assertEqual(
            self._expected(self._open(partner_id=other.id)), (date(2025, 7, 22), "law", 0))

    def test_only_payments_of_the_last_year_count(self):
        self._history(10, available="2024-05-01", partner_id=self.customer.id)
        self.assertEqual(self._expected(self._open())[1:], ("law", 0))
        self._history(10, available="2024-06-10", partner_id=self.customer.id)
        self.assertEqual(self._expected(self._open())[1:], ("history", 1))

    def test_what_was_paid_before_it_got_there_is_no_habit(self):
        move = self._open((AVAILABLE, "2025-05-05"))
        self._pay(move, "2025-05-01")
        self.assertEqual(self._expected(self._open())[1:], ("law", 0))

    def test_payment_in_the_books_makes_history_too(self):
        move = self._open((AVAILABLE, "2025-05-05"))
        self._pay(move, "2025-05-15")
        self.assertEqual(self._expected(self._open()), (date(2025, 6, 12), "history", 1))

    def test_announced_payment_is_certain(self):
        self._history(20, partner_id=self.customer.id)
        move = self._open((AVAILABLE, "2025-06-02"), (PAID, "2025-06-13"))
        self.assertEqual(self._expected(move), (date(2025, 6, 13), "announced", 0))

    def test_contact_is_expected_to_pay_as_its_company_does(self):
        self._history(20, partner_id=self.customer.id)
        contact = self.env["res.partner"].create(
            {"name": "Achats", "parent_id": self.customer.id, "type": "invoice"})
        self.assertEqual(
            self._expected(self._open(partner_id=contact.id))[1:], ("history", 1))

    def test_days_begin_anew_when_the_missing_pieces_have_come(self):
        self._history(20, partner_id=self.customer.id)
        move = self._open(
            (AVAILABLE, "2025-06-02"), (SUSPENDED, "2025-06-04", "Bon"), (COMPLETED, "2025-06-10"))
        self.assertEqual(self._expected(move)[0], date(2025, 6, 30))

    def test_nothing_is_expected_of_what_nobody_pays(self):
        self._history(20, partner_id=self.customer.id)
        settled = self._open()
        self._pay(settled, "2025-06-10")
        credited = self._open()
        credited._reverse_moves([{"invoice_date": date(2025, 6, 10)}], cancel=True)
        cases = {
            "settled": settled,
            "credited": credited,
            "credit note": self._open(move_type="out_refund"),
            "not there yet": self._open(("DEPOSEE", "2025-06-02")),
            "suspended": self._open((AVAILABLE, "2025-06-02"), (SUSPENDED, "2025-06-04", "Bon")),
            "rejected": self._open((AVAILABLE, "2025-06-02"), ("REJETEE", "2025-06-04", "Non")),
        }
        for words, move in cases.items():
            with self.subTest(words=words):
                self.assertEqual(self._expected(move), (False, False, 0))
        never = self._invoice(pdf=False).with_user(self.accountant)
        self.assertFalse(never.chorus_pro_expected_on)

    def test_list_takes_one_query_for_it_however_many_invoices(self):
        moves = self._open()
        counts = []
        for more in (1, 2):
            for _n in range(more):
                other = self._create_customer(ENGAGEMENT)
                moves += self._open() + self._open(partner_id=other.id)
            mine = moves.with_user(self.accountant)
            for _time in range(2):
                self.env.flush_all()
                self.env.invalidate_all()
                mine.fetch(["chorus_pro_state", "commercial_partner_id"])
                before = self.env.cr.sql_log_count
                mine.mapped(FIELDS[0])
                count = self.env.cr.sql_log_count - before
            counts.append(count)
        self.assertEqual(counts[0], counts[1])
        # One more for the rights on the invoices.
        self.assertLessEqual(counts[1], 2)

    def test_filters_find_what_is_expected(self):
        soon = self._open((AVAILABLE, "2025-05-20"))
        past = self._open((AVAILABLE, "2025-05-02"), total=2000)
        none = self._open((AVAILABLE, "2025-06-02"), (SUSPENDED, "2025-06-04", "Bon"))
        elsewhere = self._invoice(pdf=False)
        moves = soon + past + none + elsewhere
        mine = self.env["account.move"].with_user(self.accountant)
        expected = {
            ("=", False): none + elsewhere,
            ("!=", False): soon + past,
            ("=", date(2025, 6, 19)): soon,
            ("in", (date(2025, 6, 19), False)): soon + none + elsewhere,
            ("!=", date(2025, 6, 19)): past + none + elsewhere,
            ("<", "today"): past,
            ("<=", "today +7d"): soon + past,
        }
        for condition, found in expected.items():
            with self.subTest(condition=condition):
                rows = mine.search(
                    [("id", "in", moves.ids), ("chorus_pro_expected_on", *condition)])
                self.assertEqual(set(rows.ids), set(found.ids))
        weeks = self.env["chorus.pro.analysis"].with_user(self.accountant).formatted_read_group(
            [("move_id", "in", moves.ids), ("expected_on", "!=", False)],
            ["expected_on:week"], ["amount_open:sum"])
        self.assertEqual([week["amount_open:sum"] for week in weeks], [2000, 1000])

    # ------------------------------------------------------------------
    # The daily email
    # ------------------------------------------------------------------

    def _digest(self):
        known = self.env["mail.mail"].search([])
        self.company.chorus_pro_digest_user_ids = self.accountant
        self.env.flush_all()
        self.env["res.company"]._cron_chorus_pro_digest()
        return (self.env["mail.mail"].search([]) - known).body_html

    def test_daily_email_says_what_comes_in_which_week(self):
        self._open((AVAILABLE, "2025-06-02"), (SUSPENDED, "2025-06-04", "Bon"), total=7)
        for day in ("01-10", "05-01", "05-12", "05-20", "05-28", "06-04", "06-11"):
            self._open((AVAILABLE, f"2025-{day}"))
        self.customer.chorus_pro_payment_delay = "60"
        body = self._digest()
        self.assertIn("Payments expected", body)
        self.assertIn("Earlier, not received yet (1)", body)
        self.assertEqual(body.count("Week of"), 4)
        self.assertIn("Later (2)", body)

    def test_daily_email_of_a_company_to_which_nothing_comes_has_no_such_part(self):
        self._open((AVAILABLE, "2025-06-02"), (SUSPENDED, "2025-06-04", "Bon"))
        body = self._digest()
        self.assertIn("Suspended", body)
        self.assertNotIn("Payments expected", body)

    # ------------------------------------------------------------------
    # Rights
    # ------------------------------------------------------------------

    def test_who_may_not_read_invoices_is_told_nothing(self):
        move = self._open()
        employee = new_test_user(
            self.env, login="employee", groups="base.group_user", company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)])
        for name in FIELDS:
            with self.subTest(field=name), self.assertRaises(AccessError):
                move.with_user(employee).read([name])

    def test_customer_is_not_told_when_it_usually_pays(self):
        move = self._open()
        portal = new_test_user(
            self.env, login="portal_payer", groups="base.group_portal",
            partner_id=self.customer.id, company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)])
        self.assertTrue(move.with_user(portal).read(["name"]))
        with self.assertRaises(AccessError):
            move.with_user(portal).read([FIELDS[0]])

    def test_other_company_is_told_nothing(self):
        move = self._open()
        other = self.setup_other_company()["company"]
        stranger = new_test_user(
            self.env, login="stranger", groups="account.group_account_manager",
            company_id=other.id, company_ids=[Command.set(other.ids)])
        foreign = self.env["account.move"].with_user(stranger).new(
            {"move_type": "out_invoice"}, origin=move.with_user(stranger))
        self.assertFalse(foreign.chorus_pro_expected_on)
