# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What was paid is paid, whichever way: a public body never pays twice."""

import random
from decimal import Decimal
from unittest.mock import patch

from odoo import Command, fields
from odoo.tests import tagged

from ...choruspro.messages import BillingFramework
from ..common.chorus_pro import ChorusProCommon, KnownRates

A1, A2 = BillingFramework.A1, BillingFramework.A2
SEED = 40213
TABLES = 24


class AlreadyPaidCommon(ChorusProCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bank_journal = cls.company_data["default_journal_bank"]
        cls.method = cls.bank_journal.inbound_payment_method_line_ids[:1]

    # Ways to settle an invoice.

    def _entry(self, move, amount, account, **values):
        """Settle by an entry whose other side is ``account``."""
        receivable = self._receivable(move)
        other = {"account_id": account.id, "debit": amount, **values}
        own = {
            "account_id": receivable.account_id.id, "credit": amount,
            "partner_id": move.commercial_partner_id.id,
        }
        entry = self.env["account.move"].create(
            {"line_ids": [Command.create(own), Command.create(other)]}
        )
        entry.action_post()
        (receivable + entry.line_ids.filtered("credit")).reconcile()
        return entry

    def _receivable(self, move):
        return move.line_ids.filtered(lambda line: line.display_type == "payment_term")

    def _payment(self, move, amount, **values):
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        )
        return wizard.create(
            {"payment_date": fields.Date.today(), "amount": amount, **values}
        )._create_payments()

    def _without_entry(self, moves, amount, **values):
        """A payment of which Odoo makes no entry, as in its Enterprise edition."""
        self.method.payment_account_id = False
        with patch.object(
            type(self.env["account.move"]), "_get_invoice_in_payment_state",
            return_value="in_payment",
        ) as state:  # fmt: skip
            payment = self._payment(
                moves, amount, payment_method_line_id=self.method.id, **values
            )
            moves.flush_recordset()
        self.assertTrue(state.called)
        self.assertFalse(payment.move_id)
        return payment

    def _statement(self, move, amount):
        """A line of a bank statement, reconciled with the invoice."""
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.bank_journal.id, "amount": amount, "payment_ref": move.name,
                "date": fields.Date.today(), "partner_id": move.commercial_partner_id.id,
            }
        )  # fmt: skip
        _liquidity, suspense, _other = line._seek_for_lines()
        receivable = self._receivable(move)
        suspense.account_id = receivable.account_id
        (suspense + receivable).reconcile()
        return line

    def _credit_note(self, move, amount):
        """A credit note of this amount, reconciled with the invoice."""
        refund = self._invoice(
            [{"price_unit": amount, "tax_ids": [Command.clear()]}],
            move_type="out_refund", pdf=False, partner_id=move.partner_id.id,
        )  # fmt: skip
        (self._receivable(refund) + self._receivable(move)).reconcile()
        return refund

    def _bad_debt(self, move, amount):
        return self._entry(move, amount, self.company_data["default_account_expense"])

    # What is told.

    def _told(self, move):
        """(framework, paid, payable) of the XML, which are those of ``soumettre``."""
        invoice = move._chorus_pro_invoice()
        message = move._chorus_pro_submission_message(KnownRates())
        self.assertEqual(message.totals.payable, invoice.totals.payable)
        self.assertEqual(message.totals.total, invoice.totals.total)
        self.assertEqual(message.billing_framework.name, invoice.framework.name)
        totals = invoice.totals
        self.assertEqual(totals.total - totals.prepaid + totals.rounding, totals.payable)
        return message.billing_framework, totals.prepaid, totals.payable

    def assertTold(self, move, framework, paid, payable):
        expected = framework, Decimal(str(paid)), Decimal(str(payable))
        self.assertEqual(self._told(move), expected)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestAlreadyPaid(AlreadyPaidCommon):
    def test_entry_on_an_account_of_money_is_a_payment(self):
        move = self._invoice()
        self._entry(move, 120.0, self.bank_journal.default_account_id)
        self.assertTold(move, A2, 120, 0)

    def test_order_paid_at_the_till_is_paid(self):
        account = self.company_data["default_account_receivable"].copy()
        move = self._invoice()
        self._entry(move, 120.0, account)
        self.assertEqual(move.payment_state, "paid")
        self.assertTold(move, A2, 120, 0)

    def test_receivable_of_the_company_for_its_till_is_money_whoever_paid(self):
        account = self.company_data["default_account_receivable"].copy()
        self.company.account_default_pos_receivable_account_id = account
        move = self._invoice()
        self._entry(move, 100.0, account, partner_id=self.customer.id)
        self.assertTold(move, A1, 100, 20)

    def test_receivable_moved_to_somebody_or_held_back_is_no_money(self):
        receivable = self.company_data["default_account_receivable"]
        retention = receivable.copy({"code": "411790"})
        for account, values in ((receivable.copy(), {"partner_id": self.customer.id}),
                                (retention, {})):
            move = self._invoice()
            self._entry(move, 120.0, account, **values)
            self.assertTold(move, A1, 0, 120)

    def test_part_of_an_entry_that_is_given_up_is_no_money(self):
        move = self._invoice()
        receivable = self._receivable(move)
        loss = self.company_data["default_account_expense"]
        entry = self.env["account.move"].create({"line_ids": [
            Command.create({"account_id": receivable.account_id.id, "credit": 120.0,
                            "partner_id": self.customer.id}),
            Command.create({"account_id": self.bank_journal.default_account_id.id, "debit": 90.0}),
            Command.create({"account_id": loss.id, "debit": 30.0}),
        ]})  # fmt: skip
        entry.action_post()
        (receivable + entry.line_ids.filtered("credit")).reconcile()
        self.assertTold(move, A1, 90, 30)

    def test_payment_without_entry_is_paid(self):
        move = self._invoice()
        payment = self._without_entry(move, 120.0)
        self.assertEqual((payment.state, move.amount_residual), ("in_process", 120.0))
        self.assertTold(move, A2, 120, 0)

    def test_rejected_payment_without_entry_is_not_paid(self):
        move = self._invoice()
        payment = self._without_entry(move, 120.0)
        payment.action_reject()
        self.assertTold(move, A1, 0, 120)

    def test_payment_without_entry_is_not_counted_again_at_the_bank(self):
        move = self._invoice()
        payment = self._without_entry(move, 50.0)
        self._statement(move, 50.0)
        self.assertEqual(payment.state, "paid")
        self.assertTold(move, A1, 50, 70)

    def test_one_payment_without_entry_pays_several_invoices_once(self):
        first, second = self._invoice(), self._invoice()
        self._without_entry(first + second, 150.0, group_payment=True)
        self.assertTold(first, A2, 120, 0)
        self.assertTold(second, A1, 30, 90)

    def test_payment_without_entry_in_another_currency_is_converted(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        self.env["res.currency.rate"].search([("currency_id", "=", dollar.id)]).unlink()
        self.env["res.currency.rate"].create(
            {"currency_id": dollar.id, "name": "2020-01-01", "rate": 2.0,
             "company_id": self.company.id}
        )  # fmt: skip
        move = self._invoice()
        self._without_entry(move, 100.0, currency_id=dollar.id)
        self.assertTold(move, A1, 50, 70)

    def test_payment_that_is_more_than_the_invoice_leaves_nothing_to_pay(self):
        move = self._invoice()
        self._without_entry(move, 300.0)
        self.assertTold(move, A2, 120, 0)

    def test_statement_line_is_a_payment(self):
        move = self._invoice()
        self._statement(move, 120.0)
        self.assertTold(move, A2, 120, 0)

    def test_write_off_of_a_payment_is_not_asked_for_again(self):
        move = self._invoice()
        loss = self.company_data["default_account_expense"]
        self._payment(
            move, 119.5, payment_difference_handling="reconcile", writeoff_account_id=loss.id
        )
        self.assertEqual(move.payment_state, "paid")
        self.assertTold(move, A2, 120, 0)

    def test_credit_note_and_money_together_leave_the_credit_note_to_be_deducted(self):
        move = self._invoice()
        refund = self._credit_note(move, 20.0)
        self._payment(move, 100.0)
        self.assertEqual(move.payment_state, "paid")
        self.assertTold(move, A1, 100, 20)
        self.assertTold(refund, A1, 0, 20)

    def test_credit_note_that_chorus_pro_lacks_is_named(self):
        move = self._invoice()
        self.assertNotIn("credit_note_not_sent", self._ids(move))
        refund = self._credit_note(move, 20.0)
        self.assertIn("credit_note_not_sent", self._ids(move))
        self.assertNotIn("credit_note_not_sent", self._ids(refund))
        self._archive(refund)
        self.env["chorus.pro.submission"]._enqueue(refund)
        self.assertNotIn("credit_note_not_sent", self._ids(move))

    def _ids(self, move):
        return [each.id for each in move._chorus_pro_findings()[move]]

    def test_credit_note_paid_back_owes_nothing(self):
        refund = self._invoice(move_type="out_refund")
        self._payment(refund, 120.0)
        self.assertTold(refund, A1, 120, 0)

    def test_online_payment_of_a_quotation_is_paid(self):
        move = self._invoice()
        payment = self._without_entry(move, 60.0)
        move.matched_payment_ids = [Command.clear()]
        self.assertTold(move, A1, 0, 120)
        provider = self.env["payment.provider"].sudo().create(
            {"name": "Paiement en ligne", "code": "none", "company_id": self.company.id})
        method = self.env["payment.method"].sudo().with_context(active_test=False)
        transaction = self.env["payment.transaction"].sudo().create({
            "provider_id": provider.id, "amount": 60.0, "reference": "S00042",
            "payment_method_id": method.search([], limit=1).id,
            "currency_id": move.currency_id.id, "partner_id": self.customer.id, "state": "done",
            "payment_id": payment.id, "invoice_ids": [Command.set(move.ids)],
        })  # fmt: skip
        payment.payment_transaction_id = transaction
        self.assertTold(move, A1, 60, 60)

    # ------------------------------------------------------------------
    # A public body never pays twice
    # ------------------------------------------------------------------

    def test_public_body_never_pays_twice(self):
        """Whatever settles an invoice, the amount to pay is what Odoo still awaits, and what is no
        money: credit notes, which are sent on their own, and bad debts."""
        pick = random.Random(SEED)
        ways = {
            "payment": self._payment,
            "statement": self._statement,
            "entry": lambda move, amount: self._entry(
                move, amount, self.bank_journal.default_account_id),
            "credit note": self._credit_note,
            "bad debt": self._bad_debt,
            "without entry": self._without_entry,
        }  # fmt: skip
        asked = 0
        for table in range(TABLES):
            move = self._invoice([(pick.randint(500, 9000) / 10, None)], pdf=False)
            done, no_money, without_entry = [], Decimal(), Decimal()
            for _each in range(pick.randint(1, 4)):
                left = move.amount_residual - float(without_entry)
                name = pick.choice(list(ways))
                whole = pick.random() < 0.3
                amount = left if whole else round(left * pick.uniform(0.05, 0.9), 2)
                if amount < 0.01 or without_entry and name != "without entry":
                    # Odoo itself asks the payment for what another payment already covers.
                    continue
                ways[name](move, round(amount, 2))
                done.append((name, amount))
                told = Decimal(f"{amount:.2f}")
                no_money += told if name in ("credit note", "bad debt") else 0
                without_entry += told if name == "without entry" else 0
                with self.subTest(table=table, ways=done):
                    asked += 1
                    framework, paid, payable = self._told(move)
                    total = Decimal(f"{move.amount_total:.2f}")
                    owed = Decimal(f"{move.amount_residual:.2f}") - without_entry
                    self.assertEqual(payable, owed + no_money)
                    self.assertEqual(paid, total - payable)
                    self.assertTrue(0 <= payable <= total)
                    self.assertEqual(framework is A2, payable == 0)
        self.assertGreater(asked, TABLES)
