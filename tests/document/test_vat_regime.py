# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""VAT, its regime and the reason why none is due: alike in the XML and in ``soumettre``."""

from decimal import Decimal

from odoo import Command
from odoo.tests import tagged

from ...choruspro.messages import VatRegime
from ...documents.invoice import VatCategory
from ..common.chorus_pro import ChorusProCommon, KnownRates
from ..common.family_records import FamilyRecords

LEGAL = "TVA non applicable, art. 293 B du CGI"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestVatRegime(ChorusProCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.taxes = FamilyRecords(cls.env, cls.company).taxes

    def _both(self, *taxes, **values):
        """(regime, reason) of ``soumettre``, breakdown of VAT of the XML; one line of 100."""
        ids = [tax.id for tax in taxes]
        move = self._invoice([{"price_unit": 100.0, "tax_ids": [Command.set(ids)]}], **values)
        message = move._chorus_pro_submission_message(KnownRates())
        invoice = move._chorus_pro_invoice()
        self.assertEqual(message.totals.total, invoice.totals.total)
        return (message.vat_regime, message.exemption_reason), invoice.vat

    def test_reverse_charge_is_an_exemption_with_its_code(self):
        opposite = self._vat(-20.0, name="Autoliquidation")
        for taxes in (
            (self.taxes["reversed"],),  # parts of 100 % and -100 %
            (self.tax_20, opposite),
            (self._vat(0.0, amount_type="group", name="20/-20", children_tax_ids=[
                Command.set((self.tax_20.copy() + opposite.copy()).ids)]),),
        ):  # fmt: skip
            with self.subTest(taxes=taxes):
                told, [vat] = self._both(*taxes)
                self.assertEqual(told, (VatRegime.EXEMPT, "VATEX-EU-AE"))
                self.assertEqual(
                    (vat.category, vat.rate, vat.base, vat.amount, vat.exemption_code),
                    (VatCategory.REVERSE_CHARGE, 0, 100, 0, "VATEX-EU-AE"),
                )

    def test_reason_is_that_of_the_xml_for_every_category(self):
        for name, reason in (
            ("reverse charge", "Autoliquidation"),
            ("intra", "VATEX-EU-IC"),
            ("export", "VATEX-EU-G"),
            ("outside", "VATEX-EU-O"),
            ("exempt", LEGAL),
            ("exempt by code", "VATEX-FR-CGI261-4"),
            ("exempt by label", "Exonéré"),
        ):
            with self.subTest(tax=name):
                told, [vat] = self._both(self.taxes[name])
                self.assertEqual(told, (VatRegime.EXEMPT, reason))
                self.assertEqual(vat.exemption_reason or vat.exemption_code, reason)

    def test_exempt_line_with_a_tax_of_a_fixed_amount_is_exempt(self):
        told, [vat] = self._both(self.taxes["exempt"], self.taxes["stay"])
        self.assertEqual(told, (VatRegime.EXEMPT, LEGAL))
        self.assertEqual((vat.base, vat.exemption_reason), (Decimal("101.10"), LEGAL))

    def test_zero_rated_line_says_something(self):
        told, _vat = self._both(self.taxes["zero"])
        self.assertEqual(told, (VatRegime.EXEMPT, "TVA 0 %"))

    def test_reason_is_in_the_language_of_the_customer(self):
        tax = self.taxes["exempt by label"]
        self.env["res.lang"]._activate_lang("fr_FR")
        tax.with_context(lang="en_US").invoice_label = "Exempt"
        tax.with_context(lang="fr_FR").invoice_label = "Exonéré de TVA"
        self.customer.lang = "fr_FR"
        told, [vat] = self._both(tax)
        self.assertEqual(told[1], "Exonéré de TVA")
        self.assertEqual(vat.exemption_reason, "Exonéré de TVA")

    def test_rate_that_france_does_not_have_is_named_before_sending(self):
        for rate, is_french in ((12.0, False), (19.0, False), (20.0, True), (0.9, True)):
            tax = self._vat(rate, name=f"TVA {rate}")
            move = self._invoice([(100.0, tax)])
            for document_format in ("pdf", "facturx", "ubl"):
                with self.subTest(rate=rate, format=document_format):
                    found = move._chorus_pro_document_findings(document_format)
                    ids = [each.id for each in found]
                    self.assertEqual(ids, [] if is_french else ["document_vat_rate_not_french"])
                    self.assertFalse([each for each in found if not each.blocking])
                    text = " ".join(each.text(self.env) for each in found)
                    self.assertEqual(f"{rate:g} %" in text, not is_french)

    def test_company_outside_of_french_vat_has_its_own_rates(self):
        move = self._invoice([(100.0, self._vat(11.0))])
        self.company.partner_id.country_id = self.env.ref("base.nc")
        self.assertEqual(move._chorus_pro_document_findings("pdf"), [])
