# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import fields, models


class ChorusProDialog(models.AbstractModel):
    """What the dialogs about an invoice that came back from Chorus Pro share."""

    _name = "chorus.pro.dialog"
    _inherit = "chorus.pro.named.record"
    _description = "Dialog about an Invoice at Chorus Pro"

    _right_by_field = {"move_id": "write"}

    move_id = fields.Many2one(
        "account.move", string="Invoice", required=True, readonly=True, ondelete="cascade"
    )
    status_date = fields.Datetime(related="move_id.chorus_pro_status_date", related_sudo=False)
    reason = fields.Text(related="move_id.chorus_pro_reason", related_sudo=False)

    def _dialog_title(self):
        """Title of the dialog, with the number of the invoice."""
        raise NotImplementedError
