# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Odoo's own arithmetic: whatever cents it moves, each line says the amount that is printed, and
the totals are Odoo's to the cent, in every format."""

from decimal import Decimal

from lxml import etree

from odoo import Command
from odoo.tests import tagged

from ..common.chorus_pro import ChorusProCommon, KnownRates, make_pdf
from ..common.family_records import FamilyRecords
from ..common.official_rules import official_rules

FORMATS = ("facturx_xml", "cii", "ubl")


def decimal(amount):
    return Decimal(f"{amount:.2f}")


@tagged("post_install_l10n", "post_install", "-at_install")
class TestOdooArithmetic(ChorusProCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.records = FamilyRecords(cls.env, cls.company)
        cls.exempt, cls.eco = (cls.records.taxes[name] for name in ("exempt", "eco"))
        cls.discount, cls.advances = cls.records.terms["discount"], cls.records.advances
        cls.rules = cls.enterClassContext(official_rules())

    def _line(self, price, *taxes, quantity=1.0, **values):
        ids = [tax.id for tax in taxes]
        return {
            "price_unit": price, "quantity": quantity, "tax_ids": [Command.set(ids)], **values,
        }  # fmt: skip

    def assertSaysWhatIsPrinted(self, move, total, printed=None):
        """Its amounts in every format are Odoo's, ``total`` with tax among them; each line has its
        printed amount, or those of ``printed`` where a tax of a fixed amount is part of it."""
        self.assertEqual(decimal(move.amount_total), Decimal(total))
        for document_format in ("pdf", "ubl"):
            self.assertEqual(move._chorus_pro_document_findings(document_format), [])
        invoice = move._chorus_pro_invoice()
        items = move.invoice_line_ids.filtered(lambda line: line.display_type == "product")
        items = items.sorted(lambda line: (line.sequence, line.id))
        printed = printed or [decimal(line.price_subtotal) for line in items]
        self.assertEqual([line.net_amount for line in invoice.lines], printed)
        totals = invoice.totals
        told = totals.untaxed, totals.tax, totals.total, totals.payable
        message = move._chorus_pro_submission_message(KnownRates()).totals
        self.assertEqual((message.untaxed, message.tax, message.total, message.payable), told)
        self.assertEqual(totals.total, decimal(move.amount_total))
        self._archive(move, make_pdf())
        for document_format in FORMATS:
            with self.subTest(document=document_format):
                xml = move._chorus_pro_render(document_format)
                self.assertEqual(self.rules.schema_errors(xml), [])
                self.assertEqual(self.rules.rule_errors(xml), [])
                tree = etree.fromstring(xml)
                names = ("LineTotalAmount", "LineExtensionAmount")
                amounts = [
                    Decimal(each.text) for name in names for each in tree.iter("{*}" + name)]
                # The total of the lines stands among them, first or last by syntax.
                self.assertCountEqual(amounts, [*printed, sum(printed)])
        return invoice

    def test_spare_cent_is_on_no_printed_line(self):
        self.company.tax_calculation_rounding_method = "round_globally"
        low, exempt = self._vat(5.5), self.exempt
        move = self._invoice([
            self._line(90.30, exempt),
            self._line(2.54, low, quantity=0.45),
            self._line(6.87, low, quantity=0.28),
        ])  # fmt: skip
        invoice = self.assertSaysWhatIsPrinted(move, "93.54")
        self.assertEqual(
            [line.net_amount for line in invoice.lines],
            [Decimal("90.30"), Decimal("1.14"), Decimal("1.92")])
        spare = sum(each.amount for each in invoice.charges)
        self.assertEqual(invoice.totals.untaxed, Decimal("93.36") + spare)

    def test_global_discount_of_sales(self):
        prices = (97.59, 95.34, 88.21)
        for rounding in ("round_per_line", "round_globally"):
            with self.subTest(rounding=rounding):
                self.company.tax_calculation_rounding_method = rounding
                lines = [self._line(price, self.tax_20) for price in prices]
                source = self._invoice(lines, post=False)
                discount = self._computed_lines(
                    source, "_prepare_global_discount_lines", "percent", 3.0)
                move = self._invoice([*lines, *discount])
                self.assertSaysWhatIsPrinted(move, f"{move.amount_total:.2f}")
                self.assertEqual(decimal(move.amount_untaxed), Decimal("272.71"))

    def _computed_lines(self, source, method, *args, sign=1, **values):
        """Values of the lines that Odoo's tax engine makes from those of ``source``, tax amounts
        typed included: what its sales do for discounts and deposits."""
        taxes = self.env["account.tax"]
        base_lines = [
            source._prepare_product_base_line_for_taxes_computation(line)
            for line in source.invoice_line_ids
        ]
        taxes._add_tax_details_in_base_lines(base_lines, self.company)
        taxes._round_base_lines_tax_details(base_lines, self.company)
        made = getattr(taxes, method)(base_lines, self.company, *args)
        self.assertTrue(made)
        result = []
        for base_line in made:
            extra = taxes._export_base_line_extra_tax_data(base_line)
            self.assertTrue(extra)
            if sign < 0:
                extra = taxes._reverse_quantity_base_line_extra_tax_data(extra)
            result.append({
                "name": "Calculé", "price_unit": base_line["price_unit"],
                "quantity": sign * base_line["quantity"],
                "tax_ids": [Command.set(base_line["tax_ids"].ids)], "extra_tax_data": extra,
                **values,
            })  # fmt: skip
        return result

    def test_early_discount_always_and_its_credit_note(self):
        term = self.env["account.payment.term"].create({
            "name": "1 % toujours", "early_discount": True, "discount_percentage": 1,
            "discount_days": 10, "early_pay_discount_computation": "mixed",
            "line_ids": [Command.create({"value": "percent", "value_amount": 100})],
        })  # fmt: skip
        for rounding, total in (("round_per_line", "22.80"), ("round_globally", "22.81")):
            with self.subTest(rounding=rounding):
                self.company.tax_calculation_rounding_method = rounding
                lines = [self._line(4.76, self.tax_20) for _each in range(4)]
                move = self._invoice(lines, invoice_payment_term_id=term.id)
                self.assertSaysWhatIsPrinted(move, total)
                wizard = self.env["account.move.reversal"].create(
                    {"move_ids": move.ids, "journal_id": move.journal_id.id})
                wizard.refund_moves()
                refund = move.reversal_move_ids
                refund.action_post()
                self.assertSaysWhatIsPrinted(refund, f"{refund.amount_total:.2f}")

    def test_group_of_taxes_with_early_discount(self):
        group = self._vat(0.0, amount_type="group", name="Éco + 20", children_tax_ids=[
            Command.set((self.eco + self.tax_20).ids)])  # fmt: skip
        term = self.discount
        for move_type in ("out_invoice", "out_refund"):
            with self.subTest(move_type=move_type):
                move = self._invoice(
                    [self._line(100.0, group)], move_type=move_type,
                    invoice_payment_term_id=term.id)  # fmt: skip
                printed = [Decimal("100.37")]
                self.assertSaysWhatIsPrinted(move, "119.60", printed=printed)
                self.assertIn("early_discount_group", [
                    each.id for each in move._chorus_pro_findings()[move]])
        apart = self._invoice(
            [self._line(100.0, self.eco, self.tax_20)],
            invoice_payment_term_id=term.id)
        self.assertSaysWhatIsPrinted(apart, "120.04", printed=[Decimal("100.37")])
        found = [each.id for each in apart._chorus_pro_findings()[apart]]
        self.assertNotIn("early_discount_group", found)

    def test_half_deposit_of_two_rates_then_the_final_invoice(self):
        low, advances = self._vat(5.5), self.advances
        for rounding in ("round_per_line", "round_globally"):
            with self.subTest(rounding=rounding):
                self.company.tax_calculation_rounding_method = rounding
                lines = [
                    self._line(23.90, low, quantity=25), self._line(17.0, self.tax_20, quantity=25)]
                source = self._invoice(lines, post=False)
                values = {"account_id": advances.id}
                paid = self._computed_lines(
                    source, "_prepare_down_payment_lines", "percent", 50.0, **values)
                deposit = self._invoice(paid)
                first = self.assertSaysWhatIsPrinted(deposit, f"{deposit.amount_total:.2f}")
                self.assertEqual(first.type.value, "386")
                deducted = self._computed_lines(
                    source, "_prepare_down_payment_lines", "percent", 50.0, sign=-1,
                    **{**values, "name": f"Acompte {deposit.name}"})
                move = self._invoice([*lines, *deducted])
                final = self.assertSaysWhatIsPrinted(move, f"{move.amount_total:.2f}")
                self.assertEqual(final.type.value, "380")
                self.assertEqual([each.number for each in final.preceding], [deposit.name])
                whole = decimal(source.amount_total)
                self.assertEqual(
                    decimal(deposit.amount_total) + decimal(move.amount_total), whole)

    def test_several_deposits_are_one_reference_and_a_note(self):
        values = {"account_id": self.advances.id}
        deposits = [
            self._invoice([self._line(price, self.tax_20, **values)])
            for price in (100.0, 200.0, 50.0)
        ]
        deducted = [
            self._line(
                -deposit.amount_untaxed, self.tax_20, name=f"Acompte {deposit.name}", **values)
            for deposit in deposits
        ]
        move = self._invoice([self._line(1000.0, self.tax_20), *deducted])
        invoice = self.assertSaysWhatIsPrinted(move, "780.00")
        self.assertEqual([each.number for each in invoice.preceding], [deposits[-1].name])
        [note] = invoice.notes
        for deposit in deposits[:-1]:
            self.assertIn(deposit.name, note.text)
        self.assertNotIn(deposits[-1].name, note.text)
