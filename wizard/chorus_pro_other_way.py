# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import fields, models


class ChorusProOtherWay(models.TransientModel):
    """What became of an invoice at Peppol or the Approved Platform, beside Chorus Pro: a person
    decides whether it may come here."""

    _name = "chorus.pro.other.way"
    _inherit = "chorus.pro.dialog"
    _description = "Decision on an Invoice That Went by Another Platform"

    currency_id = fields.Many2one(related="move_id.currency_id", related_sudo=False)
    number = fields.Char(related="move_id.name", string="Number", related_sudo=False)
    customer_id = fields.Many2one(
        related="move_id.commercial_partner_id", string="Customer", related_sudo=False
    )
    total = fields.Monetary(related="move_id.amount_total", string="Total", related_sudo=False)
    chorus_state = fields.Selection(
        related="move_id.chorus_pro_state", string="Status at Chorus Pro", related_sudo=False
    )
    platform_state = fields.Char(string="Status There", compute="_compute_platform")
    platform_number = fields.Char(string="Message Number There", compute="_compute_platform")

    def _compute_platform(self):
        for dialog in self:
            move = dialog.move_id
            dialog.platform_state = move._chorus_pro_platform_state_label()
            number = "peppol_message_uuid"
            dialog.platform_number = move[number] if number in move._fields else False

    def _dialog_title(self):
        return self.env._("May %s Go to Chorus Pro?", self.move_id.name)

    def action_confirm(self):
        """The recipient does not have it: from now on it may be sent to Chorus Pro."""
        self.ensure_one()
        return self.move_id._chorus_pro_release()
