# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What a public body sees of its invoice on the customer portal."""

from odoo.tests import HttpCase, tagged

from ..common.follow import FollowCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestPortal(FollowCommon, HttpCase):
    def _page(self, move):
        self.env.flush_all()
        return self.url_open(move.get_portal_url()).text

    def test_number_date_and_status_are_there_once_it_is_deposited(self):
        move = self._invoice()
        self.assertNotIn('name="chorus_pro"', self._page(move))
        submission = self._send(move)
        submission.sudo().write({"status_code": "MISE_A_DISPOSITION"})
        page = self._page(move)
        self.assertIn(submission.sudo().chorus_invoice_id, page)
        # In the language of the visitor.
        self.assertRegex(page, "Made available|Mise à disposition")

    def test_nobody_pays_a_public_invoice_by_card(self):
        move = self._invoice()
        if "transaction_ids" not in move._fields:
            self.assertNotIn("o_portal_pay", self._page(move))
            return
        self.assertFalse(move._has_to_be_paid())
        self.customer.with_company(self.company).invoice_sending_method = "manual"
        move.invalidate_recordset()
        self.env["ir.config_parameter"].sudo().set_param(
            "account_payment.enable_portal_payment", "True"
        )
        self.assertTrue(move._has_to_be_paid())
