# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import base64

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.document_format import DOCUMENT_FORMATS


class ChorusProPreview(models.TransientModel):
    """What Chorus Pro would get of an invoice, looked at before it leaves. Nothing is archived."""

    _name = "chorus.pro.preview"
    _description = "Preview of a Document for Chorus Pro"

    move_id = fields.Many2one("account.move", required=True, readonly=True, ondelete="cascade")
    document_format = fields.Selection(
        DOCUMENT_FORMATS, string="Format", required=True, readonly=True
    )
    problems = fields.Text(compute="_compute_document", store=True)
    pdf = fields.Binary(string="PDF", compute="_compute_document", store=True)
    xml = fields.Text(string="XML", compute="_compute_document", store=True)
    size = fields.Integer(string="Size (bytes)", compute="_compute_document", store=True)

    @api.depends("move_id", "document_format")
    def _compute_document(self):
        for preview in self:
            preview.pdf = preview.xml = preview.problems = False
            preview.size = 0
            # With the rights of who looks, whoever computes: anyone may name any invoice here.
            move = preview.move_id.with_user(preview.create_uid)
            move.check_access("read")
            try:
                preview._show(move.with_company(move.company_id))
            except UserError as error:
                preview.problems = str(error)

    def _show(self, move):
        """Fill in what the format consists of.

        :raises UserError: it cannot be made, and why
        """
        if found := move._chorus_pro_document_findings(self.document_format):
            raise UserError("\n".join(each.text(self.env) for each in found))
        pdf = move._chorus_pro_readable_pdf()
        deposited = pdf
        if self.document_format == "facturx":
            deposited = pdf = move._chorus_pro_embed(pdf)
            self.xml = move._chorus_pro_render("facturx_xml").decode()
        elif self.document_format != "pdf":
            deposited = move._chorus_pro_render(self.document_format)
            # Without the files inside, which nobody wants to read as text.
            self.xml = move._chorus_pro_render_xml(self.document_format).decode()
        self.pdf = base64.b64encode(pdf)
        self.size = len(deposited)
