# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The letters that claim interest: one per public body, printed, never sent."""

from datetime import date
from io import BytesIO

from freezegun import freeze_time
from pypdf import PdfReader

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import format_date

from ...models.access.storage import paris_today
from ..common.chorus_pro import ENGAGEMENT
from ..common.late import LateCommon

REPORT = "l10n_fr_chorus_pro.report_claim"
AVAILABLE, PAID = "MISE_A_DISPOSITION", "MISE_EN_PAIEMENT"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestClaim(LateCommon):
    def setUp(self):
        super().setUp()
        # Without it, Odoo asks for a layout before it prints anything.
        self.company.external_report_layout_id = self.env.ref("web.external_layout_standard")

    def _late(self, total=10000, **values):
        return self._at_chorus_pro(total, (AVAILABLE, "2025-01-10"), (PAID, "2025-03-31"), **values)

    def _claim(self, moves):
        return moves.with_user(self.accountant).action_chorus_pro_claim_interest()

    def _html(self, moves, user=None):
        reports = self.env["ir.actions.report"].with_user(user or self.accountant)
        html, _kind = reports.with_context(lang="en_US")._render_qweb_html(REPORT, moves.ids)
        return html.decode().replace("\N{NO-BREAK SPACE}", " ")

    def test_letter_says_what_is_owed_and_why(self):
        html = self._html(self._late())
        # Whatever the language of who prints it, the letter is in French.
        for words in ("10 000,00 €", "152,74 €", "40,00 €", "192,74 €", "11,15 %", "09/02/2025",
                      "31/03/2025", "L2192-13", "R2192-31", "D2192-35", self.customer.name):
            with self.subTest(words=words):
                self.assertIn(words, html)

    def test_each_public_body_gets_its_own_letter(self):
        other = self._create_customer(ENGAGEMENT)
        moves = self._late() + self._late(5000) + self._late(partner_id=other.id)
        html = self._html(moves)
        self.assertEqual(html.count("Amount claimed"), 2)
        # 152.74 + 76.37 + twice 40
        self.assertIn("309,11 €", html)

    def test_letter_is_a_pdf(self):
        action = self._claim(self._late())
        self.assertEqual((action["type"], action["report_name"]), ("ir.actions.report", REPORT))
        reports = self.env["ir.actions.report"].with_user(self.accountant).with_context(
            force_report_rendering=True)
        content, kind = reports._render_qweb_pdf(REPORT, self._late().ids)
        self.assertEqual(kind, "pdf")
        self.assertEqual(len(PdfReader(BytesIO(content)).pages), 1)

    def test_nothing_is_sent_and_the_invoice_notes_the_claim(self):
        move = self._late()
        mails = self.env["mail.mail"].search_count([])
        self._claim(move)
        self.assertEqual(move.chorus_pro_claimed_on, paris_today())
        self.assertRegex(" ".join(move.message_ids.mapped("body")), r"152[.,]74.* 50 days")
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)
        self.assertFalse(self._requests("soumettre"))

    def test_what_is_not_late_is_left_out_and_said(self):
        late = self._late()
        in_time = self._at_chorus_pro(100, (AVAILABLE, "2025-01-10"), (PAID, "2025-02-01"))
        action = self._claim(late + in_time)
        self.assertEqual(action["tag"], "display_notification")
        self.assertIn(in_time.name, action["params"]["message"])
        self.assertNotIn(late.name, action["params"]["message"])
        self.assertEqual(action["params"]["next"]["context"]["active_ids"], late.ids)
        self.assertFalse(in_time.chorus_pro_claimed_on)
        self.assertNotIn(in_time.name, self._html(late + in_time))

    def test_selection_without_anything_late_says_why_for_each(self):
        in_time = self._at_chorus_pro(100, (AVAILABLE, "2025-01-10"), (PAID, "2025-02-01"))
        elsewhere = self._invoice(pdf=False)
        with self.assertRaises(UserError) as caught:
            self._claim(in_time + elsewhere)
        for words in ("nothing to claim", in_time.name, elsewhere.name, "in time", "not at Chorus"):
            self.assertIn(words, str(caught.exception))
        with self.assertRaisesRegex(UserError, "nothing to claim"):
            self._html(in_time)

    def test_half_year_without_a_rate_is_said(self):
        self.env["chorus.pro.interest.rate"].search([("date_from", "=", "2025-01-01")]).unlink()
        with self.assertRaisesRegex(UserError, "no interest rate"):
            self._claim(self._late())

    def test_second_claim_says_that_there_was_a_first(self):
        move = self._late()
        with freeze_time("2026-05-04"):
            self._claim(move)
        action = self._claim(move)
        first = format_date(move.with_user(self.accountant).env, date(2026, 5, 4))
        self.assertIn(first, action["params"]["message"])
        self.assertEqual(move.chorus_pro_claimed_on, paris_today())

    # ------------------------------------------------------------------
    # The draft invoice
    # ------------------------------------------------------------------

    def _drafts(self, moves, user=None):
        action = moves.with_user(user or self.accountant).action_chorus_pro_invoice_interest()
        ids = [action["res_id"]] if action.get("res_id") else action["domain"][0][2]
        return self.env["account.move"].browse(ids)

    def test_draft_invoice_has_interest_and_indemnity_without_vat(self):
        late, smaller = self._late(), self._late(5000)
        [draft] = self._drafts(late + smaller)
        self.assertEqual((draft.state, draft.partner_id), ("draft", self.customer))
        self.assertEqual(
            draft.invoice_line_ids.mapped("price_subtotal"), [152.74, 40, 76.37, 40])
        self.assertEqual((draft.amount_tax, draft.amount_total), (0, 309.11))
        self.assertFalse(draft.invoice_line_ids.tax_ids)
        for words in (late.name, "50", "R2192-31"):
            self.assertIn(words, draft.invoice_line_ids[0].name)
        self.assertIn("Interest on late payment", " ".join(late.message_ids.mapped("body")))

    def test_each_public_body_gets_its_own_draft(self):
        other = self._create_customer(ENGAGEMENT)
        drafts = self._drafts(self._late() + self._late(partner_id=other.id))
        self.assertEqual(drafts.partner_id, self.customer + other)

    def test_invoice_of_interest_is_never_sent_by_itself(self):
        [draft] = self._drafts(self._late())
        self.connection.sends_when_confirmed = True
        ordinary = self._invoice(pdf=False)
        draft.invoice_date = date.today()
        # Nothing else may hold it back.
        draft.invoice_line_ids.tax_ids = self.tax_20
        draft.with_user(self.accountant).action_post()
        self.assertEqual(draft.state, "posted")
        self.assertTrue(draft.chorus_pro_is_concerned)
        self.assertFalse(draft.chorus_pro_state)
        # Where another one is.
        self.assertEqual(ordinary.chorus_pro_state, "queued")

    def test_interest_is_invoiced_once_unless_that_invoice_is_given_up(self):
        late, other = self._late(), self._late(5000)
        [draft] = self._drafts(late)
        with self.assertRaisesRegex(UserError, "already"):
            self._drafts(late)
        [second] = self._drafts(late + other)
        self.assertEqual(second.amount_total, 116.37)
        self.assertIn(late.name, " ".join(second.message_ids.mapped("body")))
        draft.button_cancel()
        self.assertEqual(self._drafts(late).amount_total, 192.74)

    def test_deleted_draft_may_be_made_again(self):
        late = self._late()
        self._drafts(late).unlink()
        self.assertEqual(self._drafts(late).amount_total, 192.74)

    def test_nothing_late_gives_no_draft(self):
        in_time = self._at_chorus_pro(100, (AVAILABLE, "2025-01-10"), (PAID, "2025-02-01"))
        before = self.env["account.move"].search_count([])
        with self.assertRaisesRegex(UserError, "in time"):
            self._drafts(in_time)
        self.assertEqual(self.env["account.move"].search_count([]), before)

    def test_open_invoice_says_that_it_is_not_paid(self):
        with freeze_time("2025-03-31"):
            move = self._at_chorus_pro(10000, (AVAILABLE, "2025-01-10"))
            html = self._html(move)
        self.assertIn("Not paid", html)
        self.assertIn("192,74 €", html)

    def test_two_companies_are_not_claimed_together(self):
        other = self.setup_other_company()["company"]
        self.accountant.company_ids = [Command.link(other.id)]
        foreign = self.env["account.move"].with_company(other).create(
            {"move_type": "out_invoice", "company_id": other.id, "partner_id": self.customer.id})
        mine = (self._late() + foreign).with_user(self.accountant).with_context(
            allowed_company_ids=[self.company.id, other.id])
        with self.assertRaisesRegex(UserError, "one company at a time"):
            mine.action_chorus_pro_claim_interest()

    def test_invoice_of_another_company_is_neither_claimed_nor_printed(self):
        other = self.setup_other_company()["company"]
        stranger = new_test_user(
            self.env, login="stranger", groups="account.group_account_manager",
            company_id=other.id, company_ids=[Command.set(other.ids)])
        move = self._late()
        with self.assertRaises(AccessError):
            move.with_user(stranger).action_chorus_pro_claim_interest()
        with self.assertRaises(AccessError):
            self._html(move, stranger)
        with self.assertRaises(AccessError):
            self._drafts(move, stranger)
        self.assertFalse(move.chorus_pro_claimed_on)
