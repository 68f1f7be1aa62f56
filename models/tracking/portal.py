# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import models
from odoo.tools import format_date


class AccountMove(models.Model):
    """What a public body sees of its invoice on the customer portal."""

    _inherit = "account.move"

    def _chorus_pro_portal_facts(self):
        """What the page of an invoice that its reader may see says about Chorus Pro: pairs of a
        label and a text; none when Chorus Pro has not taken it."""
        self.ensure_one()
        self.check_access("read")
        submission = self._chorus_pro_last_submission()
        if submission.state != "deposited" or submission.environment == "qualification":
            return []
        env = self.env
        facts = [
            (env._("Number:"), submission.chorus_invoice_id),
            (env._("Deposited on:"), format_date(env, submission.deposit_date)),
            (env._("Status:"), submission._label("status")),
        ]
        return [fact for fact in facts if fact[1]]

    def _has_to_be_paid(self):
        """A public accountant pays by transfer, never by card on a portal. Only
        ``account_payment`` asks."""
        if self.sudo().chorus_pro_is_concerned:
            return False
        return super()._has_to_be_paid()
