# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Every problem that a document can have is a sentence for an accountant."""

import re
from pathlib import Path

from odoo.tests import tagged

from ..documents import pdf
from ..documents.problems import PROBLEMS, Problem
from ..documents.rendering import RenderingError
from ..models.document_sentence import (
    DOCUMENT_SENTENCES,
    PDF_SENTENCES,
    document_problem_sentences,
    rendering_sentence,
)
from .common import ChorusProCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestDocumentSentences(ChorusProCommon):
    def test_every_problem_has_a_sentence_with_its_facts(self):
        self.assertEqual(set(DOCUMENT_SENTENCES), set(PROBLEMS))
        for code, template in PROBLEMS.items():
            facts = set(re.findall(r"{(\w+)}", template))
            used = set(re.findall(r"%\((\w+)\)", str(DOCUMENT_SENTENCES[code])))
            with self.subTest(code=code):
                self.assertFalse(used - facts - {"where"})

    def test_every_fault_of_a_pdf_has_a_sentence(self):
        codes = re.findall(r'PdfError\(\s*"(\w+)"', Path(pdf.__file__).read_text())
        self.assertEqual(set(codes), set(PDF_SENTENCES))

    def test_line_is_named_by_its_label_and_its_place(self):
        move = self._invoice(
            [{"name": "Chaise\nen bois", "price_unit": 1}, {"name": "Table", "price_unit": 2}]
        )
        problem = Problem("line_mismatch", "lines[0].net_amount", {"expected": 1, "amount": 2})
        [sentence] = document_problem_sentences(self.env, move, [problem])
        self.assertIn("Line 1, “Chaise”", sentence)
        self.assertNotIn("%(", sentence)

    def test_sizes_are_told_in_megabytes(self):
        problem = Problem(
            "file_too_large", "attachments[0]", {"name": "a.pdf", "size": 12345678, "limit": 10**7}
        )
        [sentence] = document_problem_sentences(self.env, self._invoice(), [problem])
        self.assertIn("12.35 MB", sentence)
        self.assertIn("accepts 10 MB", sentence)

    def test_rendering_error_says_what_the_schema_says(self):
        sentence = rendering_sentence(self.env, RenderingError("invoice F1: element X"))
        self.assertIn("element X", sentence)
        self.assertIn("PDF format", sentence)
