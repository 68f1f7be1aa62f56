# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import fields, models
from odoo.exceptions import UserError

from ..models.validation.decision import REASONS


class ChorusProValidationRefusal(models.TransientModel):
    """Why a subcontractor's invoice is refused: the subcontractor reads it."""

    _name = "chorus.pro.validation.refusal"
    _inherit = "chorus.pro.named.record"
    _description = "Refusal of a Subcontractor's Invoice"

    validation_id = fields.Many2one(
        "chorus.pro.validation", string="Invoice", required=True, readonly=True, ondelete="cascade"
    )
    supplier_name = fields.Char(related="validation_id.supplier_name", related_sudo=False)
    reason = fields.Selection(REASONS, required=True, default="other")
    comment = fields.Text(
        string="What the Subcontractor Reads",
        help="What is wrong and what to do, in 2,000 characters at most.",
    )

    def action_confirm(self):
        """Queue the refusal."""
        self.ensure_one()
        comment = (self.comment or "").strip()
        if not comment:
            raise UserError(
                self.env._("Write what is wrong: the subcontractor reads it and corrects it.")
            )
        return self.validation_id.action_refuse(comment=comment, reason=self.reason)
