# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import api, fields, models
from odoo.exceptions import UserError


class ChorusProReissue(models.TransientModel):
    """A rejected invoice is cancelled and made again: what this will do, before it does."""

    _name = "chorus.pro.reissue"
    _inherit = "chorus.pro.dialog"
    _description = "Reissue of an Invoice That Chorus Pro Rejected"

    credit_reason = fields.Char(
        string="Reason on the Credit Note",
        compute="_compute_credit_reason",
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    date = fields.Date(string="Date of the Credit Note", default=fields.Date.context_today)

    @api.depends("move_id")
    def _compute_credit_reason(self):
        for dialog in self:
            lang = dialog.move_id.partner_id.lang or self.env.lang
            dialog.credit_reason = dialog.with_context(lang=lang).env._("rejected at Chorus Pro")

    def _dialog_title(self):
        return self.env._("Issue %s Again", self.move_id.name)

    def action_confirm(self):
        """Do it, and open the copy to correct."""
        self.ensure_one()
        if not self.credit_reason:
            raise UserError(self.env._("Say why the invoice is cancelled."))
        return self.move_id.action_chorus_pro_reissue(reason=self.credit_reason, date=self.date)
