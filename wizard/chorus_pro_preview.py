# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import base64

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.document.formats import DOCUMENT_FORMATS
from ..models.document.render import readable_pdf, render_xml


class ChorusProPreview(models.TransientModel):
    """What Chorus Pro would get of an invoice, looked at before it leaves. Nothing is archived.

    Made once, with the rights of its user: a form in edition computes nothing here.
    """

    _name = "chorus.pro.preview"
    _inherit = "chorus.pro.named.record"
    _description = "Preview of a Document for Chorus Pro"

    move_id = fields.Many2one("account.move", required=True, readonly=True, ondelete="cascade")
    document_format = fields.Selection(
        DOCUMENT_FORMATS, string="Format", required=True, readonly=True
    )
    problems = fields.Text(readonly=True)
    pdf = fields.Binary(string="PDF", readonly=True)
    xml = fields.Text(string="XML", readonly=True)
    size = fields.Integer(string="Size (bytes)", readonly=True)

    @api.model
    def _of(self, move):
        """A preview of this invoice in the format in which it would leave.

        :raises AccessError: the user may not read the invoice
        """
        move.check_access("read")
        move = move.with_company(move.company_id)
        values = {"move_id": move.id, "document_format": move._chorus_pro_document_format()}
        try:
            values |= self._document(move, values["document_format"])
        except UserError as error:
            values["problems"] = str(error)
        return self.create(values)

    @api.model
    def _document(self, move, document_format):
        """What this format of an invoice consists of, as values of a preview.

        :raises UserError: it cannot be made, and why
        """
        if found := move._chorus_pro_document_findings(document_format):
            raise UserError("\n".join(each.text(self.env) for each in found))
        xml = False
        deposited = pdf = readable_pdf(move)
        if document_format == "facturx":
            deposited = pdf = move._chorus_pro_embed(pdf)
            xml = move._chorus_pro_render("facturx_xml").decode()
        elif document_format != "pdf":
            deposited = move._chorus_pro_render(document_format)
            # Without the files inside, which nobody wants to read as text.
            xml = render_xml(move, document_format).decode()
        return {"pdf": base64.b64encode(pdf), "xml": xml, "size": len(deposited)}
