# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The page of an invoice: its references bear Chorus Pro's names, in the customer's language."""

import re

from lxml import html

from odoo.tests import tagged

from ..common.chorus_pro import FREE, ChorusProCommon

OF_CORE = ("Buyer Reference", "Purchase Order Reference", "Contract Reference")
NAMES = {
    "en_US": ("Service Code: SRV-1", "Engagement Number: EJ-7", "Contract Number: M-26"),
    "fr_FR": (
        "Code service\u00a0: SRV-1",
        "N° d'engagement\u00a0: EJ-7",
        "N° de marché\u00a0: M-26",
    ),
}


@tagged("post_install_l10n", "post_install", "-at_install")
class TestPage(ChorusProCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        module = cls.env["ir.module.module"].search([("name", "=", "l10n_fr_chorus_pro")])
        module._update_translations(["fr_FR"])

    def _page(self, **values):
        """Its text, spaces made one, as the accountant prints it."""
        references = {
            "buyer_reference": "SRV-1",
            "purchase_order_reference": "EJ-7",
            "contract_reference": "M-26",
        }
        move = self._invoice(pdf=False, **references, **values)
        report = self.env["ir.actions.report"].with_user(self.accountant)
        page, _kind = report._render_qweb_html("account.report_invoice", move.ids)
        text = html.fromstring(page).text_content()
        return " ".join(text.replace("\u00a0", "\0").split()).replace("\0", "\u00a0")

    def test_references_have_the_names_of_chorus_in_each_language(self):
        annex = self._create_customer(False, name="Annexe", type="delivery", is_company=False,
                                      parent_id=self.customer.id)  # fmt: skip
        for lang, names in NAMES.items():
            self.customer.lang = lang
            for shipping in (self.customer, annex, self.env["res.partner"]):
                page = self._page(partner_shipping_id=shipping.id)
                with self.subTest(lang=lang, shipping=shipping.name):
                    for name in names:
                        self.assertEqual(page.count(name), 1)
                    for word in OF_CORE:
                        self.assertNotIn(word, page)
                    self.assertEqual(len(re.findall(f"SIRET\u00a0?: {FREE}", page)), 1)

    def test_page_for_other_customers_is_as_before(self):
        self.customer.invoice_sending_method = "email"
        self.customer.lang = "en_US"
        page = self._page()
        for word in OF_CORE:
            self.assertIn(f"{word}:", page)
        for name in NAMES["en_US"]:
            self.assertNotIn(name, page)
