# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from decimal import Decimal

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ...choruspro.checks import blocking, check_submission
from ...choruspro.messages import BillingFramework, InvoiceType, PaymentMeans, VatRegime
from ..common.chorus_pro import ENGAGEMENT, ChorusProCommon, KnownRates


@tagged("post_install_l10n", "post_install", "-at_install")
class TestDocument(ChorusProCommon):
    def _message(self, move):
        return move._chorus_pro_submission_message(KnownRates())

    def assertAddsUp(self, move, payable=None):
        """The message agrees with Odoo's totals to the cent, and no check complains."""
        message = self._message(move)
        totals = message.totals
        money = move.currency_id
        self.assertEqual(money.compare_amounts(float(totals.tax), move.amount_tax), 0)
        self.assertEqual(sum(line.base for line in message.vat_lines), totals.untaxed)
        self.assertEqual(sum(line.amount for line in message.vat_lines), totals.tax)
        self.assertEqual(totals.untaxed + totals.tax, totals.total)
        expected = move.amount_total if payable is None else payable
        self.assertEqual(money.compare_amounts(float(totals.payable), expected), 0)
        self.assertFalse(blocking(check_submission(message)))
        return message

    def test_plain_invoice_says_everything_chorus_asks_for(self):
        move = self._invoice(
            buyer_reference=" SRV-1 ",
            purchase_order_reference="BC-7781",
            contract_reference="M-2026",
            narration="<p>Merci<br/>à bientôt</p>",
            partner_bank_id=self.bank.id,
        )
        message = self.assertAddsUp(move)
        self.assertEqual(message.number, move.name)
        self.assertEqual(message.invoice_date, move.invoice_date)
        self.assertEqual(message.invoice_type, InvoiceType.INVOICE)
        self.assertEqual(message.recipient_siret, self.customer.company_registry)
        self.assertEqual(message.service_code, "SRV-1")
        self.assertEqual(message.engagement_number, "BC-7781")
        self.assertEqual(message.contract_number, "M-2026")
        self.assertEqual(message.bank_account_id, "88231")
        self.assertEqual(message.billing_framework, BillingFramework.A1)
        self.assertEqual(message.vat_regime, VatRegime.ON_DEBITS)
        self.assertEqual(message.payment_means, PaymentMeans.TRANSFER)
        self.assertEqual(message.comment, "Merci\nà bientôt")
        self.assertEqual(message.vat_lines[0].rate_code, "TVA4")
        self.assertIsNone(message.vat_lines[0].manual_rate)

    def test_siret_with_spaces_is_normalised(self):
        self.customer.company_registry = "123 456 782 00051"
        self.assertEqual(self._message(self._invoice()).recipient_siret, "12345678200051")

    def test_several_rates_discounts_and_negative_lines_add_up(self):
        tax_10, tax_55 = self._vat(10.0), self._vat(5.5)
        move = self._invoice(
            [
                {"price_unit": 33.333, "quantity": 3, "tax_ids": [Command.set(self.tax_20.ids)]},
                {"price_unit": 19.99, "discount": 33.3, "tax_ids": [Command.set(tax_10.ids)]},
                {"price_unit": 0.07, "quantity": 7, "tax_ids": [Command.set(tax_55.ids)]},
                {"price_unit": -12.34, "tax_ids": [Command.set(self.tax_20.ids)]},
            ]
        )
        message = self.assertAddsUp(move)
        self.assertEqual([line.rate_code for line in message.vat_lines], ["TVA4", "TVA3", "TVA2"])

    def test_rate_that_chorus_does_not_list_goes_as_a_percentage(self):
        message = self.assertAddsUp(self._invoice([(100.0, self._vat(1.05))]))
        self.assertIsNone(message.vat_lines[0].rate_code)
        self.assertEqual(message.vat_lines[0].manual_rate, Decimal("1.05"))

    def test_prices_with_tax_included_add_up(self):
        included = self._vat(20.0, price_include_override="tax_included")
        move = self._invoice([(9.99, included), (0.05, included), (33.33, included)])
        self.assertAddsUp(move)

    def test_many_rounded_lines_add_up_with_both_rounding_methods(self):
        for method in ("round_per_line", "round_globally"):
            with self.subTest(method=method):
                self.company.tax_calculation_rounding_method = method
                self.assertAddsUp(self._invoice([(0.13 + n / 7, None) for n in range(25)]))

    def test_fixed_tax_is_part_of_the_base(self):
        eco = self._vat(1.0, amount_type="fixed", include_base_amount=True, sequence=0)
        move = self._invoice(
            [{"price_unit": 100.0, "tax_ids": [Command.set((eco + self.tax_20).ids)]}]
        )
        self.assertEqual(move.amount_total, 121.2)
        message = self._message(move)
        self.assertEqual(message.totals.untaxed, Decimal("101.00"))
        self.assertEqual(message.totals.tax, Decimal("20.20"))
        self.assertEqual(message.totals.total, Decimal("121.20"))

    def test_several_rates_on_one_line_are_refused_rather_than_counted_twice(self):
        for other in (
            self._vat(2.0, name="Taxe additionnelle"),
            self._vat(20.0, amount_type="division"),
        ):
            taxes = other if other.amount_type == "division" else self.tax_20 + other
            move = self._invoice([{"price_unit": 100.0, "tax_ids": [Command.set(taxes.ids)]}])
            with self.subTest(tax=other.name), self.assertRaisesRegex(UserError, "one VAT rate"):
                self._message(move)

    def test_bad_debt_is_not_a_payment(self):
        move = self._invoice()
        receivable = move.line_ids.filtered(lambda line: line.display_type == "payment_term")
        loss = self.env["account.move"].create(
            {
                "line_ids": [
                    Command.create({"account_id": receivable.account_id.id, "credit": 120.0,
                                    "partner_id": self.customer.id}),
                    Command.create({
                        "account_id": self.company_data["default_account_expense"].id,
                        "debit": 120.0,
                    }),
                ],
            }
        )
        loss.action_post()
        (receivable + loss.line_ids.filtered("credit")).reconcile()
        message = self.assertAddsUp(move, payable=120.0)
        self.assertEqual(message.billing_framework, BillingFramework.A1)

    def test_sections_and_notes_are_left_out(self):
        move = self._invoice(
            [
                {"display_type": "line_section", "name": "Lot 1", "quantity": 0},
                {"price_unit": 100.0, "tax_ids": [Command.set(self.tax_20.ids)]},
                {"display_type": "line_note", "name": "Note", "quantity": 0},
            ]
        )
        self.assertEqual(len(self.assertAddsUp(move).vat_lines), 1)

    def test_early_payment_discount_on_tax_adds_up(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "2 % à 10 jours",
                "early_discount": True,
                "discount_percentage": 2,
                "discount_days": 10,
                "early_pay_discount_computation": "mixed",
                "line_ids": [Command.create({"value": "percent", "value_amount": 100})],
            }
        )
        move = self._invoice(invoice_payment_term_id=term.id)
        self.assertEqual(move.amount_tax, 19.6)
        self.assertAddsUp(move)

    def test_cash_rounding_as_a_line_stands_outside_of_vat(self):
        rounding = self._cash_rounding()
        move = self._invoice([(10.01, None)], invoice_cash_rounding_id=rounding.id)
        message = self.assertAddsUp(move)
        self.assertEqual(message.totals.total, Decimal("12.01"))
        self.assertEqual(message.totals.payable, Decimal("12.00"))

    def test_cash_rounding_on_the_biggest_tax_adds_up(self):
        rounding = self.env["account.cash.rounding"].create(
            {"name": "0.05", "rounding": 0.05, "strategy": "biggest_tax"}
        )
        self.assertAddsUp(self._invoice([(10.01, None)], invoice_cash_rounding_id=rounding.id))

    def test_paid_invoice_becomes_a2_and_nothing_is_to_pay(self):
        move = self._invoice()
        self._pay(move)
        message = self.assertAddsUp(move, payable=0.0)
        self.assertEqual(message.billing_framework, BillingFramework.A2)

    def test_part_payment_is_deducted_and_stays_a1(self):
        move = self._invoice()
        self._pay(move, amount=50.0)
        message = self.assertAddsUp(move, payable=70.0)
        self.assertEqual(message.billing_framework, BillingFramework.A1)

    def test_credit_note_that_settles_is_not_a_payment(self):
        move = self._invoice()
        self._refund(move)
        self.assertEqual(move.amount_residual, 0.0)
        message = self.assertAddsUp(move, payable=120.0)
        self.assertEqual(message.billing_framework, BillingFramework.A1)

    def test_chosen_framework_wins(self):
        move = self._invoice(chorus_pro_billing_framework="A2")
        self.assertEqual(self._message(move).billing_framework, BillingFramework.A2)

    def test_credit_note_names_the_invoice_it_corrects(self):
        move = self._invoice()
        message = self.assertAddsUp(self._refund(move))
        self.assertEqual(message.invoice_type, InvoiceType.CREDIT_NOTE)
        self.assertEqual(message.original_number, move.name)
        self.assertEqual(message.totals.total, Decimal("120.00"))

    def test_credit_note_without_origin_goes_too(self):
        self.assertIsNone(self.assertAddsUp(self._invoice(move_type="out_refund")).original_number)

    def test_tax_due_on_payment_means_vat_on_receipts(self):
        transition = self.company_data["default_account_tax_sale"].copy({"reconcile": True})
        on_payment = self._vat(
            20.0,
            tax_exigibility="on_payment",
            cash_basis_transition_account_id=transition.id,
        )
        self.company.tax_exigibility = True
        message = self._message(self._invoice([(100.0, on_payment)]))
        self.assertEqual(message.vat_regime, VatRegime.ON_RECEIPTS)

    def test_exempt_invoice_says_why(self):
        exempt = self._vat(0.0, invoice_legal_notes="<p>Art. 261-4-4° du CGI</p>")
        message = self.assertAddsUp(self._invoice([(100.0, exempt)]))
        self.assertEqual(message.vat_regime, VatRegime.EXEMPT)
        self.assertEqual(message.exemption_reason, "Art. 261-4-4° du CGI")

    def test_invoice_without_tax_is_outside_of_vat(self):
        move = self._invoice([{"price_unit": 100.0, "tax_ids": [Command.clear()]}])
        self.assertEqual(self.assertAddsUp(move).vat_regime, VatRegime.NONE)

    def test_duplicate_does_not_take_the_engagement_number(self):
        move = self._invoice(
            purchase_order_reference="BC-1", chorus_pro_billing_framework="A2"
        )
        copy = move.copy()
        self.assertFalse(copy.purchase_order_reference)
        self.assertFalse(copy.chorus_pro_billing_framework)

    def test_contact_of_a_public_body_uses_the_siret_of_its_company(self):
        body = self._create_customer(ENGAGEMENT)
        contact = self.env["res.partner"].create({"name": "Mairie annexe", "parent_id": body.id})
        move = self._invoice(partner_id=contact.id)
        self.assertEqual(self._message(move).recipient_siret, ENGAGEMENT)

    def _pay(self, move, amount=None):
        values = {"payment_date": fields.Date.today()}
        if amount:
            values["amount"] = amount
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        ).create(values)._create_payments()

    def _refund(self, move):
        wizard = self.env["account.move.reversal"].create(
            {"move_ids": move.ids, "journal_id": move.journal_id.id}
        )
        wizard.refund_moves()
        refund = move.reversal_move_ids
        refund.action_post()
        return refund
