# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import api, fields, models
from odoo.exceptions import UserError

from ..choruspro.limits import MAX_COMMENT


class ChorusProCompletion(models.TransientModel):
    """What a suspended invoice lacks: files, a comment, or both."""

    _name = "chorus.pro.completion"
    _inherit = "chorus.pro.dialog"
    _description = "Completion of an Invoice at Chorus Pro"

    environment = fields.Selection(related="move_id.chorus_pro_environment", related_sudo=False)
    attachment_ids = fields.Many2many(
        "ir.attachment",
        string="Files",
        help="10 MB each. They go to the recipient with the invoice, and stay among its files "
        "here.",
    )
    attachment_type_id = fields.Many2one(
        "chorus.pro.attachment.type",
        string="Type of Document",
        help="What the files are, as Chorus Pro sorts them. Left empty: miscellaneous.",
    )
    comment = fields.Text(help="It replaces the comment that was deposited with the invoice.")
    comment_length = fields.Char(compute="_compute_comment_length")

    @api.depends("comment")
    @api.depends_context("lang")
    def _compute_comment_length(self):
        for dialog in self:
            length = len(dialog.comment or "")
            if length > MAX_COMMENT:
                dialog.comment_length = self.env._(
                    "%(over)s characters too many: Chorus Pro accepts %(limit)s.",
                    over=length - MAX_COMMENT,
                    limit=MAX_COMMENT,
                )
            else:
                dialog.comment_length = self.env._(
                    "%(length)s of %(limit)s characters", length=length, limit=MAX_COMMENT
                )

    def _dialog_title(self):
        return self.env._("Complete %s", self.move_id.name)

    def action_confirm(self):
        """Queue the completion."""
        self.ensure_one()
        comment = (self.comment or "").strip()
        if not comment and not self.attachment_ids:
            raise UserError(self.env._("Add the file that was asked for, or write a comment."))
        return self.move_id.action_chorus_pro_complete(
            comment=comment,
            attachment_ids=self.attachment_ids.ids,
            attachment_type=self.attachment_type_id.code,
        )
