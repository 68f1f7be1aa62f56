# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Every problem that a document can have is a rule for an accountant: sentence, remedy, place."""

import re
from pathlib import Path

from odoo.tests import tagged

from ...documents import pdf
from ...documents.pdf import PdfError
from ...documents.problems import PROBLEMS, Problem
from ...models.document.render import document_findings, pdf_finding
from ...models.rules.rule_book import DOCUMENT_RULES, PDF_RULES, RULES, UNKNOWN_RULE
from ..common.chorus_pro import ChorusProCommon


def _facts(rule):
    return set(re.findall(r"%\((\w+)\)", f"{rule.sentence} {rule.remedy}"))


@tagged("post_install_l10n", "post_install", "-at_install")
class TestDocumentFindings(ChorusProCommon):
    def test_every_problem_has_a_rule_with_its_facts(self):
        ids = {rule.id for rule in DOCUMENT_RULES}
        self.assertFalse({f"document_{code}" for code in PROBLEMS} - ids)
        for code, template in PROBLEMS.items():
            facts = set(re.findall(r"{(\w+)}", template))
            with self.subTest(code=code):
                self.assertFalse(_facts(RULES[f"document_{code}"]) - facts - {"where", "of"})

    def test_every_fault_of_a_pdf_has_a_rule(self):
        codes = re.findall(r'PdfError\(\s*"(\w+)"', Path(pdf.__file__).read_text())
        self.assertTrue(codes)
        for code in codes:
            with self.subTest(code=code):
                self.assertIn(pdf_finding(PdfError(code, "")).rule, PDF_RULES)

    def test_every_rule_says_what_is_wrong_and_what_to_do(self):
        for rule in (*RULES.values(), UNKNOWN_RULE):
            with self.subTest(rule=rule.id):
                self.assertTrue(str(rule.sentence) and str(rule.remedy))

    def test_every_place_is_a_field(self):
        move = self._invoice()
        places = {rule.place for rule in RULES.values() if rule.place}
        for problem in (
            Problem("name_missing", "seller.name"),
            Problem("country_missing", "buyer.address.country"),
            Problem("identifier_missing", "buyer.identifier"),
            Problem("vat_number_missing", "seller.vat_number"),
            Problem("iban_missing", "payment.iban"),
            Problem("due_date_missing", "payment.due_date"),
            Problem("total_mismatch", "totals.untaxed"),
            Problem("file_empty", "attachments[0]"),
        ):
            [found] = document_findings(move, [problem])
            places.add(found.place)
        for place in places:
            with self.subTest(place=place):
                path, _dot, name = place.rpartition(".")
                record = move.mapped(path) if path else move
                self.assertIn(name, record._fields)

    def test_party_is_corrected_on_its_own_form(self):
        move = self._invoice()
        problem = Problem("country_missing", "buyer.address.country")
        [found] = document_findings(move, [problem])
        told = found.as_dict(move)
        self.assertEqual(told["sentence"], "The customer: the address has no country.")
        self.assertEqual(told["remedy"], "Fill in the country of the customer.")
        self.assertEqual(
            (told["model"], told["res_id"], told["field"]),
            ("res.partner", move.commercial_partner_id.id, "country_id"),
        )

    def test_line_is_named_by_its_label_and_its_place(self):
        move = self._invoice(
            [{"name": "Chaise\nen bois", "price_unit": 1}, {"name": "Table", "price_unit": 2}]
        )
        problem = Problem("line_mismatch", "lines[0].net_amount", {"expected": 1, "amount": 2})
        [found] = document_findings(move, [problem])
        self.assertIn("Line 1, “Chaise”", found.text(self.env))
        self.assertEqual(found.as_dict(move)["field"], "invoice_line_ids")

    def test_sizes_are_told_in_megabytes(self):
        problem = Problem(
            "file_too_large", "attachments[0]", {"name": "a.pdf", "size": 12345678, "limit": 10**7}
        )
        [found] = document_findings(self._invoice(), [problem])
        self.assertIn("12.35 MB", found.sentence(self.env))
        self.assertIn("accepts 10 MB", found.sentence(self.env))
