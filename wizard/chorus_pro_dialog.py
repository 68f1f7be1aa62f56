# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import api, fields, models


class ChorusProDialog(models.AbstractModel):
    """What the dialogs about an invoice that came back from Chorus Pro share."""

    _name = "chorus.pro.dialog"
    _description = "Dialog about an Invoice at Chorus Pro"

    move_id = fields.Many2one(
        "account.move", string="Invoice", required=True, readonly=True, ondelete="cascade"
    )
    status_date = fields.Datetime(related="move_id.chorus_pro_status_date")
    reason = fields.Text(related="move_id.chorus_pro_reason")

    # Anyone may name any invoice here, and related fields are read from what others have put in
    # the cache: the right to change it is checked when it is named. (Constraints run in sudo.)

    @api.model_create_multi
    def create(self, vals_list):
        dialogs = super().create(vals_list)
        dialogs.move_id.check_access("write")
        return dialogs

    def write(self, vals):
        result = super().write(vals)
        if "move_id" in vals:
            self.move_id.check_access("write")
        return result

    def _dialog_title(self):
        """Title of the dialog, with the number of the invoice."""
        raise NotImplementedError
