# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Retention money (retenue de garantie): VAT is due on the whole, less is to be paid now."""

from decimal import Decimal

from odoo import Command
from odoo.tests import tagged

from ..common.chorus_pro import ChorusProCommon, KnownRates, make_pdf
from ..common.official_rules import official_rules

FORMATS = ("facturx_xml", "cii", "ubl")


@tagged("post_install_l10n", "post_install", "-at_install")
class TestHeldBack(ChorusProCommon):
    def _line(self, *taxes, price=1000.0, **values):
        taxes = self.env["account.tax"].union(*taxes)
        return {"price_unit": price, "tax_ids": [Command.set(taxes.ids)], **values}

    def _retention(self, rate=-5.0, **values):
        return self._vat(rate, name=f"Retenue de garantie {rate} %", sequence=90, **values)

    def _retention_line(self, price=-60.0, **values):
        return self._line(price=price, **{"name": "Retenue de garantie 5 %", **values})

    def assertHeldBack(self, move, tax, total, payable, held_back):
        """Every format says the same amounts, and no official rule is broken."""
        expected = tuple(Decimal(str(each)) for each in (tax, total, payable))
        for document_format in ("pdf", "ubl"):
            self.assertEqual(move._chorus_pro_document_findings(document_format), [])
        totals = move._chorus_pro_submission_message(KnownRates()).totals
        self.assertEqual((totals.tax, totals.total, totals.payable), expected)
        invoice = move._chorus_pro_invoice()
        totals = invoice.totals
        self.assertEqual((totals.tax, totals.total, totals.payable), expected)
        self.assertEqual(move.currency_id.compare_amounts(move.amount_total, payable), 0)
        self.assertIn(held_back, invoice.notes[-1].text)
        rules = self.enterContext(official_rules())
        self._archive(move, make_pdf())
        for document_format in FORMATS:
            xml = move._chorus_pro_render(document_format)
            self.assertEqual(rules.schema_errors(xml), [])
            self.assertEqual(rules.rule_errors(xml), [])
        return invoice

    def test_negative_tax_lowers_what_is_to_be_paid_and_no_vat(self):
        move = self._invoice([self._line(self.tax_20, self._retention())])
        invoice = self.assertHeldBack(move, 200, 1200, 1150, "50,00")
        self.assertEqual(invoice.lines[0].net_amount, 1000)
        self.assertEqual(move._chorus_pro_invoice().framework.value, "A1")

    def test_negative_tax_on_the_total_with_vat(self):
        self.tax_20.include_base_amount = True
        retention = self._retention(is_base_affected=True)
        move = self._invoice([self._line(self.tax_20, retention)])
        self.assertHeldBack(move, 200, 1200, 1140, "60,00")

    def test_several_retentions_and_rates_and_reverse_charge(self):
        retention, share = self._retention(), self._retention(-1.5)
        move = self._invoice([
            self._line(self.tax_20, retention, share),
            self._line(self._vat(10.0), retention, price=100.0),
            self._line(self._vat(0.0, ubl_cii_tax_category_code="AE"), retention, price=200.0),
        ])  # fmt: skip
        # 5 % of 1,300 and 1.5 % of 1,000.
        invoice = self.assertHeldBack(move, 210, 1510, 1430, "65,00")
        self.assertIn("15,00", invoice.notes[-1].text)

    def test_retention_without_vat(self):
        exempt = self._vat(0.0, invoice_legal_notes="<p>Art. 293 B du CGI</p>")
        move = self._invoice([self._line(exempt, self._retention())])
        self.assertHeldBack(move, 0, 1000, 950, "50,00")

    def test_negative_line_without_tax_that_says_retention(self):
        move = self._invoice([self._retention_line(), self._line(self.tax_20)])
        invoice = self.assertHeldBack(move, 200, 1200, 1140, "60,00")
        self.assertEqual([line.net_amount for line in invoice.lines], [1000])

    def test_negative_line_booked_as_retention(self):
        account = self.company_data["default_account_receivable"].copy(
            {"code": "411790", "account_type": "asset_current"})
        move = self._invoice(
            [self._line(self.tax_20), self._retention_line(name="RG 5 %", account_id=account.id)]
        )
        self.assertHeldBack(move, 200, 1200, 1140, "60,00")

    def test_other_negative_line_without_tax_stays_a_line(self):
        move = self._invoice([self._line(self.tax_20), self._retention_line(name="Bon d'achat")])
        invoice = move._chorus_pro_invoice()
        self.assertEqual(invoice.totals.total, 1140)
        self.assertEqual(len(invoice.lines), 2)

    def test_credit_note_holds_back_as_its_invoice_did(self):
        lines = [self._line(self.tax_20, self._retention())]
        self.assertHeldBack(
            self._invoice(lines, move_type="out_refund"), 200, 1200, 1150, "50,00")

    def test_price_with_tax(self):
        included = self._vat(20.0, price_include_override="tax_included", name="20 TTC")
        move = self._invoice([self._line(included, self._retention(), price=1200.0)])
        self.assertHeldBack(move, 200, 1200, 1150, "50,00")

    def test_paid_invoice_owes_nothing_and_what_is_held_back_is_not_lost(self):
        move = self._invoice([self._line(self.tax_20, self._retention())])
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        ).create({})._create_payments()
        invoice = move._chorus_pro_invoice()
        self.assertEqual((invoice.framework.value, invoice.totals.payable), ("A2", 0))
        self.assertEqual((invoice.totals.total, invoice.totals.prepaid), (1200, 1200))
        self.assertEqual(move._chorus_pro_submission_message(KnownRates()).totals.payable, 0)

    def test_retention_that_lowers_vat_is_named(self):
        retention = self._vat(
            -5.0, name="Retenue avant TVA", sequence=0, include_base_amount=True)
        move = self._invoice([self._line(retention, self.tax_20)])
        for document_format in ("pdf", "facturx"):
            [found] = move._chorus_pro_document_findings(document_format)
            self.assertEqual(found.id, "document_retention_in_vat")
            self.assertIn("Retenue avant TVA", found.text(self.env))
            self.assertIn("payment terms", found.text(self.env))

    def test_taxes_that_are_no_single_vat_are_named(self):
        other = self._vat(2.0, name="Taxe additionnelle")
        move = self._invoice([self._line(self.tax_20, other, name="Lot 1\nmaçonnerie")])
        for document_format in ("pdf", "facturx"):
            [found] = move._chorus_pro_document_findings(document_format)
            self.assertEqual(found.id, "document_several_taxes")
            for name in ("Lot 1”", self.tax_20.name, "Taxe additionnelle"):
                self.assertIn(name, found.sentence(self.env))

    def test_finding_names_the_line_after_a_retention(self):
        move = self._invoice([
            self._retention_line(sequence=1), self._line(self.tax_20, name="Lot 7", sequence=2),
        ])  # fmt: skip
        move.invoice_line_ids.filtered("tax_ids").with_context(
            check_move_validity=False).name = " "
        [found] = move._chorus_pro_document_findings("facturx")
        self.assertEqual((found.id, found.params["where"]), ("document_name_missing", "Line 1"))
