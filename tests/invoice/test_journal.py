# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import re

from odoo.tests import tagged

from ...choruspro.checks import check_number
from ..common.chorus_pro import ChorusProCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestJournal(ChorusProCommon):
    """Numbers that Chorus Pro will refuse are seen on the sales journal."""

    def setUp(self):
        super().setUp()
        self.journal = self.company_data["default_journal_sale"]

    def _warning(self):
        self.journal.invalidate_recordset()
        return self.journal.with_user(self.accountant).chorus_pro_number_warning

    def _proposal(self):
        return re.search(r"the number (\S+):", self._warning())[1]

    def _number(self, name, move_type="out_invoice"):
        move = self._invoice(move_type=move_type, post=False)
        move.name = name
        move.action_post()
        return move

    def test_usual_sequence_is_good(self):
        self.assertFalse(self._warning())
        self._number("FAC/2026/00041")
        self.assertFalse(self._warning())

    def test_long_sequence_is_told_with_a_shorter_one(self):
        self._number("FACTURES-CLIENTS-2026-000001")
        self.assertIn("FACTURES-CLIENTS-2026-000002", self._warning())
        self.assertIn("28 characters", self._warning())
        self.assertFalse(check_number(self._proposal()))

    def test_refused_characters_are_told_and_replaced(self):
        self._number("Pièce n° 2026/00001")
        self.assertIn("è °", self._warning())
        self.assertEqual(self._proposal(), "Piece-n-2026/00002")

    def test_following_the_proposal_ends_the_warning(self):
        for bad in ("FACTURES-CLIENTS-2026-000001", "Facturé 2026/00001"):
            with self.subTest(bad):
                self._number(bad)
                self._number(self._proposal())
                self.assertFalse(self._warning())

    def test_every_proposal_is_a_number_that_chorus_pro_takes(self):
        for number in (
            "№§/2026/00001",
            "FACTURES CLIENTS (Île-de-France) 2026 00001",
            "#2026#1",
            "F" * 30 + "1",
            "-/-/1",
            "FAC/2026/000000000000000001",
        ):
            with self.subTest(number):
                proposal = self.journal._chorus_pro_proposed_number(number)
                self.assertFalse(check_number(proposal), proposal)
                self.assertRegex(proposal, r"\d$")

    def test_numbers_of_credit_notes_count_too(self):
        self._number("AVOIRS-DES-CLIENTS/2026/0001", "out_refund")
        self.assertIn("AVOIRS-DES-CLIENTS/2026/0002", self._warning())

    def test_other_journals_and_other_companies_are_left_alone(self):
        self.assertFalse(self.company_data["default_journal_purchase"].chorus_pro_number_warning)
        self._number("FACTURES-CLIENTS-2026-000001")
        self.connection.in_use = False
        self.assertFalse(self._warning())
