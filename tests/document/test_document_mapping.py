# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What an invoice of Odoo becomes, where no golden document shows it."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

from odoo.tests import tagged

from ...documents.invoice import IdentifierType, PaymentMeans, VatCategory
from ...models.document.en16931 import DocumentBuilder, _quotes
from ...models.document.en16931_lines import _optional
from ..common.flow import FlowCommon
from ..common.invoice_family import InvoiceFamily


@tagged("post_install_l10n", "post_install", "-at_install")
class TestDocumentMapping(FlowCommon):
    def test_seller_has_the_siret_that_chorus_knows(self):
        self.company.company_registry = "99999999900000"
        seller = self._invoice()._chorus_pro_invoice().seller
        self.assertEqual(seller.identifier.type, IdentifierType.SIRET)
        self.assertEqual(seller.identifier.value, self.connection.supplier_siret)

    def test_foreign_parties_are_identified_by_their_country(self):
        records = InvoiceFamily(self.env, self.company).records
        move = self._invoice()
        for name, expected in (
            ("european", ("0223", "DE136695976")),
            ("foreign", ("0227", "CHCOMMUNEDEMONTREU")),
            ("new caledonia", ("0228", "0123456789")),
            ("polynesia", ("0229", "A12345")),
            ("overseas", ("0002", "12345678200028")),
        ):
            customer = records.customers[name]
            found = DocumentBuilder(move).identifier(customer, customer.company_registry)
            self.assertEqual((found.type.value, found.value), expected)

    def test_public_body_of_a_territory_may_have_a_siret(self):
        customer = self._create_customer(country_id=self.env.ref("base.nc").id)
        found = DocumentBuilder(self._invoice()).identifier(customer, customer.company_registry)
        self.assertEqual(found.type, IdentifierType.SIRET)

    def test_slash_is_no_vat_number(self):
        self.customer.vat = "/"
        self.assertEqual(self._invoice()._chorus_pro_invoice().buyer.vat_number, "")

    def test_vat_in_euro_is_what_odoo_booked(self):
        dollar = InvoiceFamily(self.env, self.company).records.dollar
        move = self._invoice([(33.33, None), (10.01, None)], currency_id=dollar.id)
        booked = -sum(move.line_ids.filtered("tax_line_id").mapped("balance"))
        totals = move._chorus_pro_invoice().totals
        self.assertEqual(totals.tax_in_euro, Decimal(f"{booked:.2f}"))
        self.assertNotEqual(totals.tax_in_euro, totals.tax)

    def test_price_with_tax_keeps_the_discount_visible(self):
        included = self._vat(20.0, price_include_override="tax_included")
        line = {"price_unit": 12.0, "discount": 50.0, "tax_ids": [(6, 0, included.ids)]}
        [document_line] = self._invoice([line])._chorus_pro_invoice().lines
        self.assertEqual(document_line.net_price, Decimal("5.00"))
        self.assertEqual(document_line.gross_price, Decimal("10"))

    def test_line_without_tax_beside_taxed_ones_is_exempt_with_a_reason(self):
        lines = [{"price_unit": 100.0}, {"price_unit": 9.0, "tax_ids": [(5, 0, 0)]}]
        lines[0]["tax_ids"] = [(6, 0, self.tax_20.ids)]
        self.customer.lang = "en_US"
        invoice = self._invoice(lines)._chorus_pro_invoice()
        self.assertEqual(
            [(vat.category, vat.exemption_reason) for vat in invoice.vat],
            [(VatCategory.STANDARD, ""), (VatCategory.EXEMPT, "Not subject to VAT")],
        )

    def test_two_codes_of_exemption_in_one_group_are_told_in_words(self):
        def exempt(code):
            return self._vat(
                0.0, name=code, ubl_cii_tax_category_code="E",
                ubl_cii_tax_exemption_reason_code=code,
            )  # fmt: skip

        self.customer.lang = "en_US"
        codes = ("VATEX-FR-CGI261-4", "VATEX-EU-132")
        move = self._invoice([(50.0, exempt(code)) for code in codes])
        [vat] = move._chorus_pro_invoice().vat
        for code in codes:
            self.assertIn(f"{code} - Exempt based on", vat.exemption_reason)
        self.assertEqual(vat.exemption_code, "")
        self.assertEqual(move._chorus_pro_document_findings("ubl"), [])

    def test_same_code_with_several_words_stays_the_code(self):
        taxes = [
            self._vat(0.0, name=text, ubl_cii_tax_category_code="AE",
                      invoice_legal_notes=f"<p>{text}</p>")
            for text in ("Autoliquidation", "Art. 283")
        ]  # fmt: skip
        [vat] = self._invoice([(50.0, tax) for tax in taxes])._chorus_pro_invoice().vat
        self.assertEqual(vat.exemption_code, "VATEX-EU-AE")
        self.assertEqual(vat.exemption_reason, "Autoliquidation; Art. 283")

    def test_payment_means_follow_the_kind_of_payment(self):
        move = self._invoice()
        self.assertEqual(move._chorus_pro_invoice().payment.means, PaymentMeans.TRANSFER)
        cash = self.company_data["default_journal_cash"].inbound_payment_method_line_ids[:1]
        move.preferred_payment_method_line_id = cash
        self.assertEqual(move._chorus_pro_invoice().payment.means, PaymentMeans.CASH)

    def test_deposit_is_found_by_the_number_that_the_line_quotes(self):
        self.assertTrue(_quotes("Acompte FA/1, versé", "FA/1"))
        for text in ("Acompte FA/12", "Acompte XFA/1", "Acompte FA/1-2"):
            self.assertFalse(_quotes(text, "FA/1"))

    def test_period_of_a_deferred_line_is_told_where_odoo_has_it(self):
        class Line(SimpleNamespace):
            def __getitem__(self, name):
                return getattr(self, name)

        day = date(2026, 11, 1)
        line = Line(_fields={"deferred_start_date"}, deferred_start_date=day)
        self.assertEqual(_optional(line, "deferred_start_date"), day)
        self.assertIsNone(_optional(line, "deferred_end_date"))
