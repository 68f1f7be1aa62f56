# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Announced payments and the bank: what comes in finds its invoices, to the cent or not at all."""

from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common.chorus_pro import ENGAGEMENT
from ..common.late import LateCommon

AVAILABLE, PAID = "MISE_A_DISPOSITION", "MISE_EN_PAIEMENT"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestBank(LateCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant.group_ids = [Command.link(cls.env.ref("account.group_account_basic").id)]

    def _announced(self, total, day="2025-03-31", **values):
        return self._at_chorus_pro(total, (AVAILABLE, "2025-01-10"), (PAID, day), **values)

    def _transaction(self, amount, label="VIR DGFIP", **values):
        return self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.company_data["default_journal_bank"].id,
                "date": date(2025, 4, 2),
                "payment_ref": label,
                "amount": amount,
                **values,
            }
        )

    def _reconcile(self, lines, user=None):
        return lines.with_user(user or self.accountant).action_chorus_pro_reconcile()

    def test_transaction_is_reconciled_with_the_invoice_that_it_pays(self):
        move, line = self._announced(1234.56), self._transaction(1234.56)
        self._announced(99)
        answer = self._reconcile(line)
        self.assertIn(move.name, answer["params"]["message"])
        self.assertTrue(line.is_reconciled)
        self.assertEqual((line.partner_id, move.amount_residual), (self.customer, 0))
        self.assertIn(move.payment_state, ("paid", "in_payment"))

    def test_transfer_of_several_invoices_is_reconciled_with_all(self):
        moves = self._announced(100) + self._announced(250.1)
        self._announced(40, "2025-03-25")
        line = self._transaction(350.1)
        self._reconcile(line)
        self.assertEqual(moves.mapped("amount_residual"), [0, 0])

    def test_label_that_names_an_invoice_decides(self):
        other = self._create_customer(ENGAGEMENT)
        named, alike = self._announced(100), self._announced(100, partner_id=other.id)
        line = self._transaction(100, f"VIR TRESOR {named.name.replace('/', ' ')} REGLT")
        self._reconcile(line)
        self.assertEqual((named.amount_residual, alike.amount_residual), (0, 100))

    def test_partner_of_the_transaction_decides(self):
        other = self._create_customer(ENGAGEMENT)
        mine, alike = self._announced(100), self._announced(100, partner_id=other.id)
        self._reconcile(self._transaction(100, partner_id=other.id))
        self.assertEqual((mine.amount_residual, alike.amount_residual), (100, 0))

    def test_what_is_not_certain_stays_as_it_is(self):
        twins = self._announced(100) + self._announced(100, "2025-03-25")
        waiting = self._at_chorus_pro(70, (AVAILABLE, "2025-01-10"))
        lines = (
            self._transaction(100) + self._transaction(70) + self._transaction(-100)
            + self._transaction(100.01))
        with self.assertRaisesRegex(UserError, "by hand"):
            self._reconcile(lines)
        self.assertEqual((twins + waiting).mapped("amount_residual"), [100, 100, 70])
        sure = self._announced(300)
        answer = self._reconcile(lines + self._transaction(300))
        self.assertEqual(sure.amount_residual, 0)
        self.assertIn("4 to be reconciled by hand", answer["params"]["message"])

    def test_one_invoice_is_paid_by_one_transaction(self):
        move = self._announced(100)
        first, second = self._transaction(100), self._transaction(100)
        self._reconcile(first + second)
        self.assertEqual((first.is_reconciled, second.is_reconciled), (True, False))
        self.assertEqual(move.amount_residual, 0)
        with self.assertRaises(UserError):
            self._reconcile(first)

    def test_rest_of_a_partial_payment_is_what_counts(self):
        move = self._announced(100)
        self._pay(move, "2025-03-01", 30)
        self._reconcile(self._transaction(70))
        self.assertEqual(move.amount_residual, 0)

    def test_more_transactions_search_the_invoices_once(self):
        for total in (1, 2, 3):
            self._announced(total)
        two = self._transaction(1) + self._transaction(2)
        counts = []
        # The first time for what is kept between two looks: rights, rules.
        for lines in (two, two, two + self._transaction(3)):
            mine = lines.with_user(self.accountant)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            found = mine._chorus_pro_paid_invoices()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(len(found), 3)
        self.assertLessEqual(counts[2], counts[1])

    def test_registering_the_payment_proposes_the_announced_day(self):
        move, twin = self._announced(100), self._announced(50)
        later, never = self._announced(60, "2025-04-02"), self._invoice(pdf=False)

        def proposed(moves):
            action = moves.with_user(self.accountant).action_register_payment()
            return action["context"].get("default_payment_date")

        self.assertEqual(proposed(move + twin), date(2025, 3, 31))
        self.assertFalse(proposed(move + later))
        self.assertFalse(proposed(move + never))

    def test_who_may_not_change_transactions_reconciles_none(self):
        move, line = self._announced(100), self._transaction(100)
        with self.assertRaises(AccessError):
            self._reconcile(line, self.manager)
        self.assertEqual(move.amount_residual, 100)
