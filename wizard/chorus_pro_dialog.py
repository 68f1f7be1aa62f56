# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import api, fields, models


class ChorusProDialog(models.AbstractModel):
    """What the dialogs about an invoice that came back from Chorus Pro share."""

    _name = "chorus.pro.dialog"
    _description = "Dialog about an Invoice at Chorus Pro"

    move_id = fields.Many2one(
        "account.move", string="Invoice", required=True, readonly=True, ondelete="cascade"
    )
    # With the rights of who looks: anyone may name any invoice here.
    state = fields.Selection(related="move_id.chorus_pro_state", related_sudo=False)
    status_date = fields.Datetime(related="move_id.chorus_pro_status_date", related_sudo=False)
    reason = fields.Text(related="move_id.chorus_pro_reason", related_sudo=False)

    @api.constrains("move_id")
    def _check_move_id(self):
        self.move_id.check_access("read")

    def _dialog_title(self):
        """Title of the dialog, with the number of the invoice."""
        raise NotImplementedError
