# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The card of a sales journal: each number is exactly the list that it opens."""

import json

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tests import new_test_user, tagged

from ...models.tracking.journal_card import CARD
from ..common.late import LateCommon

AVAILABLE, ORDERED, PAID = "MISE_A_DISPOSITION", "MANDATEE", "MISE_EN_PAIEMENT"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestJournalCard(LateCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Apart from what a database has before the tests.
        cls.journal = cls._journal("CARD")

    @classmethod
    def _journal(cls, code):
        usual = cls.company_data["default_journal_sale"]
        return usual.copy({"code": code, "default_account_id": usual.default_account_id.id})

    def _at(self, *events, **values):
        return self._at_chorus_pro(100, *events, journal_id=self.journal.id, **values)

    def _everywhere(self):
        settled = self._at((AVAILABLE, "2025-01-10"), (PAID, "2025-01-20"))
        self._pay(settled, "2025-01-22")
        self._at((AVAILABLE, "2025-01-10"), ("ABANDONNEE", "2025-01-20"))
        return {
            "to_handle": self._at((AVAILABLE, "2025-01-10"), ("SUSPENDUE", "2025-01-12", "Bon")),
            "waiting": self._at(("DEPOSEE", "2025-01-10"))
            + self._at((AVAILABLE, "2025-01-10"))
            + self._at((AVAILABLE, "2025-01-10"), ("SERVICE_FAIT", "2025-01-11")),
            "mandated": self._at((AVAILABLE, "2025-01-10"), (ORDERED, "2025-01-20")),
            "paid": self._at((AVAILABLE, "2025-01-10"), (PAID, "2025-01-20")),
        }

    def _card(self, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        return json.loads(self.journal.with_user(user or self.accountant).kanban_dashboard)

    def test_each_number_is_the_list_that_it_opens(self):
        expected = self._everywhere()
        card = self._card()
        self.assertEqual(expected.keys(), CARD.keys())
        for key, moves in expected.items():
            with self.subTest(key=key):
                self.assertEqual(card[f"chorus_pro_{key}"], len(moves))
                action = self.journal.with_user(self.accountant).with_context(
                    chorus_pro_card=key).action_chorus_pro_open_card()
                self.assertEqual(action["res_model"], "account.move")
                self.assertFalse(
                    [name for name in action["context"] if name.startswith("search_default")])
                found = self.env["account.move"].with_user(self.accountant).search(
                    Domain(action["domain"]))
                self.assertEqual(set(found.ids), set(moves.ids))

    def test_new_journal_has_nothing_at_chorus_pro(self):
        card = self._card()
        self.assertEqual([card[f"chorus_pro_{key}"] for key in CARD], [0, 0, 0, 0])

    def test_cards_of_all_journals_take_four_queries(self):
        journals = self.journal
        self._everywhere()
        counts = []
        for time in range(2):
            for _warm in range(2):
                self.env.flush_all()
                self.env.invalidate_all()
                mine = journals.with_user(self.accountant)
                mine.fetch(["type"])
                data = {journal.id: {} for journal in mine}
                before = self.env.cr.sql_log_count
                mine._fill_chorus_pro_card(data)
                count = self.env.cr.sql_log_count - before
            counts.append(count)
            for number in range(3):
                journals += self._journal(f"CA{time}{number}")
            self.journal = journals[-1]
            self._everywhere()
        self.assertEqual(counts[0], counts[1])
        self.assertLessEqual(counts[1], 5)

    def test_number_that_is_none_of_the_card_opens_nothing(self):
        journal = self.journal.with_user(self.accountant)
        for key in (None, "state", ["to_handle"], {}):
            with self.subTest(key=key), self.assertRaisesRegex(UserError, "sales journal"):
                journal.with_context(chorus_pro_card=key).action_chorus_pro_open_card()

    def test_screen_of_all_journals_shows_the_numbers(self):
        arch = self.env["account.journal"].with_user(self.accountant).get_view(
            self.env.ref("account.account_journal_dashboard_kanban_view").id, "kanban")["arch"]
        for key in CARD:
            self.assertIn(f"dashboard.chorus_pro_{key}", arch)

    def test_other_company_is_told_nothing(self):
        self._everywhere()
        other = self.setup_other_company()["company"]
        stranger = new_test_user(
            self.env, login="stranger", groups="account.group_account_manager",
            company_id=other.id, company_ids=[Command.set(other.ids)])
        with self.assertRaises(AccessError):
            self.journal.with_user(stranger).with_context(
                chorus_pro_card="paid").action_chorus_pro_open_card()
