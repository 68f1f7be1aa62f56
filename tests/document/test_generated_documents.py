# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Whatever invoice Odoo posts, its documents break no official rule and say its amounts."""

from decimal import Decimal

from lxml import etree

from odoo.tests import tagged

from ..common.chorus_pro import ChorusProCommon, make_pdf
from ..common.invoice_family import COUNT, InvoiceFamily
from ..common.official_rules import official_rules

FORMATS = ("facturx_xml", "cii", "ubl")
# Where CII and UBL write an amount of the whole invoice.
PLACES = {
    "untaxed": ("TaxBasisTotalAmount", "TaxExclusiveAmount"),
    "total": ("GrandTotalAmount", "TaxInclusiveAmount"),
    "rounding": ("RoundingAmount", "PayableRoundingAmount"),
    "payable": ("DuePayableAmount", "PayableAmount"),
}

# What is held back of an invoice of the family: VAT is due on it, and it is paid later.
HELD_BACK = {"retention_as_tax": 50, "retention_as_line": 60}


@tagged("post_install_l10n", "post_install", "-at_install")
class TestGeneratedDocuments(ChorusProCommon):
    def test_every_invoice_breaks_no_rule_and_says_its_amounts(self):
        rules = self.enterContext(official_rules())
        made = 0
        for name, move in InvoiceFamily(self.env, self.company):
            made += 1
            self._archive(move, make_pdf())
            with self.subTest(case=name):
                self.assertEqual(move._chorus_pro_document_findings("ubl"), [])
            with self.subTest(case=name, page="lines"):
                self._assert_lines(move, HELD_BACK.get(name, 0))
            for document_format in FORMATS:
                with self.subTest(case=name, document=document_format):
                    xml = move._chorus_pro_render(document_format)
                    self.assertEqual(rules.schema_errors(xml), [])
                    self.assertEqual(rules.rule_errors(xml), [])
                    self._assert_amounts(move, xml, HELD_BACK.get(name, 0))
        self.assertEqual(made, COUNT)

    def _assert_lines(self, move, held_back):
        """Each line of the document is one that the page prints, of the same amount; what is held
        back is none."""
        written = [
            line.net_amount
            - sum(each.amount for each in line.charges)
            + sum(each.amount for each in line.allowances)
            for line in move._chorus_pro_invoice().lines
        ]
        printed = [
            Decimal(f"{amount:.2f}") for amount in _printed(move)
            if not (held_back and amount == -held_back)
        ]
        self.assertEqual(written, printed)

    def _assert_amounts(self, move, xml, held_back):
        tree = etree.fromstring(xml)

        def said(place):
            found = (each for name in PLACES[place] for each in tree.iter("{*}" + name))
            return sum(Decimal(each.text) for each in found)

        cents = Decimal("0.01")
        vat_lines = move.line_ids.filtered(
            lambda line: line.tax_repartition_line_id
            and line.tax_line_id.amount_type == "percent"
            and line.tax_line_id.amount >= 0
        )
        vat = abs(Decimal(sum(vat_lines.mapped("amount_currency")))).quantize(cents)
        total = Decimal(move.amount_total).quantize(cents)
        self.assertEqual(said("total") + said("rounding"), total + held_back)
        self.assertEqual(said("total") - said("untaxed"), vat)
        # What a credit note settles is not paid for that.
        due = total if move.move_type == "out_refund" else Decimal(move.amount_residual)
        self.assertEqual(said("payable"), due.quantize(cents))


def _printed(move):
    """Amounts without tax of what Odoo prints, in its order: as its template loops over them."""
    for line in move._get_move_lines_to_report():
        if line.collapse_composition or line.collapse_prices:
            for row in line._get_child_lines():
                is_total = row["display_type"] in ("line_section", "line_subsection")
                if line.collapse_composition or is_total:
                    yield row["price_subtotal"]
        elif line.display_type == "product":
            yield line.price_subtotal
