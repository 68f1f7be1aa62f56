# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import fields, models
from odoo.exceptions import UserError


class ChorusProValidatorCorrection(models.TransientModel):
    """Who validates the invoice of a subcontractor or co-contractor instead."""

    _name = "chorus.pro.validator.correction"
    _inherit = "chorus.pro.dialog"
    _description = "Correction of a Validator at Chorus Pro"

    old_validator_id = fields.Many2one(
        related="move_id.chorus_pro_validator_id", related_sudo=False, string="Sent To"
    )
    validator_id = fields.Many2one(
        "res.partner",
        string="New Validator",
        help="The contractor who validates the invoice: Chorus Pro knows it by its SIRET.",
    )
    validator_siret = fields.Char(
        string="SIRET",
        related="validator_id.commercial_partner_id.company_registry", related_sudo=False,
        help="By it Chorus Pro knows the validator.",
    )

    def _dialog_title(self):
        return self.env._("Correct the Validator of %s", self.move_id.name)

    def action_confirm(self):
        """Queue the correction."""
        self.ensure_one()
        if not self.validator_id:
            raise UserError(self.env._("Choose who validates the invoice."))
        return self.move_id.action_chorus_pro_correct_validator(validator_id=self.validator_id.id)
