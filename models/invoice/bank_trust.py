# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The account to be paid to: told before Odoo needs its trust, and when Odoo took it off.

Since spring 2026 Odoo 19 confirms no invoice that is to be paid to an account which it does not
trust (``allow_out_payment``); what its own jobs confirm loses the account without a word.
"""

from odoo import models

from ...choruspro.messages import PaymentMeans
from ..access.odoo_fields import account_number
from ..document.submission_message import InvoiceTerms
from ..rules.rule_book import finding


class AccountMove(models.Model):
    _inherit = "account.move"

    def _post(self, soft=True):
        named = self.filtered(lambda move: move.partner_bank_id and move.chorus_pro_is_concerned)
        posted = super()._post(soft)
        for move in (named & posted).filtered(lambda move: not move.partner_bank_id):
            move.message_post(
                body=self.env._(
                    "Odoo took the bank account off this invoice when it was confirmed, for it is "
                    "not trusted: Chorus Pro would not know where to pay. Have the account "
                    "trusted, then choose it again as Recipient Bank."
                )
            )
        return posted

    def _chorus_pro_bank_findings(self):
        """About the account of an invoice that is to be paid by transfer."""
        if not self._chorus_pro_is_paid_to_bank():
            return
        bank = self.partner_bank_id
        if self.state == "draft" and bank and not bank.allow_out_payment:
            yield finding("bank_account_not_trusted", account=account_number(bank))
        # The document of the other formats needs it: they say so themselves.
        if self.state == "posted" and not bank and self._chorus_pro_document_format() == "pdf":
            yield finding("bank_account_missing")

    def _chorus_pro_is_paid_to_bank(self):
        """Whether its recipient is to pay it to an account of the company."""
        means = InvoiceTerms(self).payment_means
        return self.move_type == "out_invoice" and means == PaymentMeans.TRANSFER
