# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import fields, models

from ..models.invoice.channel import PLATFORM_METHOD


class AccountMoveSendWizard(models.TransientModel):
    """Odoo's Send wizard: what else goes to Chorus Pro, chosen where the invoice is sent."""

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

    def _chorus_pro_unticked(self, boxes):
        """``boxes`` (of ``sending_method_checkboxes``) without the platform's tick, for an invoice
        that goes by Chorus Pro alone: whoever wants the platform ticks it."""
        self.ensure_one()
        box = (boxes or {}).get(PLATFORM_METHOD)
        if not box or not box.get("checked") or not self._chorus_pro_is_alone(self.move_id):
            return boxes
        return {**boxes, PLATFORM_METHOD: {**box, "checked": False}}
