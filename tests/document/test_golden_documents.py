# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""One readable XML for each rule, of invoices posted by Odoo: reviewed as a difference.

Written anew by: CHORUS_PRO_GOLDEN=write make test TESTS=tests/document/test_golden_documents.py
"""

import os
from pathlib import Path

from lxml import etree

from odoo.tests import tagged

from ..common.chorus_pro import ChorusProCommon, make_pdf
from ..common.invoice_family import InvoiceFamily

FOLDER = Path(__file__).parents[1] / "common" / "golden"
CII = (
    "simple several_rates more_decimals line_discount global_discount included eco_contribution "
    "tax_outside_vat on_receipts exempt exempt_by_code exempt_for_two_reasons untaxed "
    "untaxed_and_taxed reverse_charge reversed_tax intra_community export overseas "
    "new_caledonia other_currency rounded_line rounded_tax early_discount retention "
    "already_paid part_paid paid_without_bank credit_note credit_note_alone deposit "
    "deposit_deducted delivered_elsewhere products sections_and_notes hidden_composition "
    "hidden_prices odd_texts"
).split()
UBL = "simple credit_note other_currency".split()


class NumberedFamily(InvoiceFamily):
    """Its invoices are numbered after their case, whatever was posted before."""

    case, made = "", 0

    def invoice(self, *lines, **values):
        self.made += 1
        return super().invoice(*lines, name=f"{self.case[:17]}-{self.made}", **values)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestGoldenDocuments(ChorusProCommon):
    def test_documents_are_as_reviewed(self):
        family = NumberedFamily(self.env, self.company)
        cases = family.named_cases()
        seen = set()
        for case in CII:
            family.case, family.made = case, 0
            move = cases[case]()
            self._archive(move, make_pdf())
            self._compare(f"{case}.cii.xml", move._chorus_pro_render("facturx_xml"), seen)
            if case in UBL:
                self._compare(f"{case}.ubl.xml", self._without_pdf(move), seen)
        self.assertEqual({path.name for path in FOLDER.iterdir()}, seen)

    def _without_pdf(self, move):
        """Its UBL, without the readable PDF that stands in it."""
        tree = etree.fromstring(move._chorus_pro_render("ubl"))
        [pdf] = tree.iter("{*}AdditionalDocumentReference")
        pdf.getparent().remove(pdf)
        return etree.tostring(tree, xml_declaration=True, encoding="UTF-8")

    def _compare(self, name, xml, seen):
        seen.add(name)
        path = FOLDER / name
        if os.environ.get("CHORUS_PRO_GOLDEN") == "write":
            path.write_bytes(xml)
        with self.subTest(document=name):
            self.assertEqual(xml.decode(), path.read_text() if path.exists() else "")
