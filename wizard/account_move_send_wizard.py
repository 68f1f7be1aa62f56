# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import fields, models


class AccountMoveSendWizard(models.TransientModel):
    """Odoo's Send wizard: what goes to Chorus Pro besides, chosen where the invoice is sent."""

    _inherit = "account.move.send.wizard"

    chorus_pro_format = fields.Selection(
        related="move_id.chorus_pro_format", related_sudo=False, readonly=False
    )
    chorus_pro_format_hint = fields.Char(
        related="move_id.chorus_pro_format_hint", related_sudo=False
    )
    chorus_pro_attachment_ids = fields.Many2many(
        related="move_id.chorus_pro_attachment_ids", related_sudo=False, readonly=False
    )
    chorus_pro_attachments_size = fields.Char(
        related="move_id.chorus_pro_attachments_size", related_sudo=False
    )
