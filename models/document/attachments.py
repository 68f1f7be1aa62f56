# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Files that go to Chorus Pro with an invoice."""

from odoo import api, fields, models

from ...choruspro.limits import ACCEPTED_EXTENSIONS, MAX_ATTACHMENT_BYTES
from ...documents.attachments import (
    MAX_TOTAL_BYTES,
    extension,
    find_invoices,
    find_problems,
    mime_type,
    short_names,
)
from ...documents.invoice import SupportingDocument
from ..access.odoo_fields import content_of

MEGABYTE = 1000 * 1000
# Formats in which the files travel inside the XML of the invoice.
XML_FORMATS = ("cii", "ubl")


class AccountMove(models.Model):
    _inherit = "account.move"

    chorus_pro_attachment_ids = fields.Many2many(
        "ir.attachment", "account_move_chorus_pro_attachment_rel", "move_id", "attachment_id",
        string="Files for Chorus Pro", copy=False,
        help="Supporting documents that the recipient gets with the invoice: 10 MB each, 120 MB "
        "with the invoice. Longer names are shortened to 50 characters.")
    chorus_pro_attachments_size = fields.Char(
        string="Size of the Files", compute="_compute_chorus_pro_attachments_size")

    @api.depends_context("lang")
    @api.depends("chorus_pro_attachment_ids.file_size")
    def _compute_chorus_pro_attachments_size(self):
        for move in self:
            files = move.chorus_pro_attachment_ids
            move.chorus_pro_attachments_size = bool(files) and self.env._(
                "Files: %(count)s, %(size)s MB of %(limit)d MB",
                count=len(files),
                size=f"{max(sum(files.mapped('file_size')) / MEGABYTE, 0.1):.1f}",
                limit=MAX_TOTAL_BYTES // MEGABYTE)

    @api.model_create_multi
    def create(self, vals_list):
        moves = super().create(vals_list)
        if any("chorus_pro_attachment_ids" in vals for vals in vals_list):
            moves._chorus_pro_keep_attachments()
        return moves

    def write(self, vals):
        result = super().write(vals)
        if "chorus_pro_attachment_ids" in vals:
            self._chorus_pro_keep_attachments()
        return result

    def _chorus_pro_keep_attachments(self):
        """Make the chosen files the invoice's own, so that they stay and its readers see them.

        A file of another record is copied. Only files that the user may read can be chosen.
        """
        for move in self:
            foreign = move.chorus_pro_attachment_ids.filtered(
                lambda file, move=move: (file.res_model, file.res_id) != (move._name, move.id))
            if not foreign:
                continue
            owned = move._chorus_pro_own_files(foreign)
            if owned != foreign:
                move.chorus_pro_attachment_ids = move.chorus_pro_attachment_ids - foreign + owned

    def _chorus_pro_own_files(self, files):
        """These files as the invoice's own: those of nobody become so, the others are copied.

        :raises AccessError: the user may not read one of them
        """
        files.check_access("read")
        owner = {"res_model": self._name, "res_id": self.id}
        owned = files.browse()
        for file in files:
            if (file.res_model, file.res_id) == (self._name, self.id):
                owned += file
            elif file.res_id:
                owned += file.copy({**owner, "name": file.name, "res_field": False})
            else:
                file.write(owner)
                owned += file
        return owned

    def _chorus_pro_supporting_documents(self, taken):
        """The chosen files, as :meth:`_chorus_pro_documents` gives them."""
        return self._chorus_pro_documents(self.chorus_pro_attachment_ids.sorted("id"), taken)

    @api.model
    def _chorus_pro_documents(self, files, taken=""):
        """These files as a tuple of :class:`SupportingDocument`, with names that Chorus Pro
        accepts, no two alike.

        :param taken: a name that none of them may have
        """
        names = short_names([taken, *files.mapped("name")])[1:]
        return tuple(
            SupportingDocument(
                name=name,
                content=content_of(file),
                mime_type=mime_type(name),
                description=file.name,
            )
            for file, name in zip(files, names, strict=True))

    def _chorus_pro_attachment_problems(self, document_format):
        """Tuple of :class:`Problem` of the chosen files, in this format of the invoice."""
        files = self.chorus_pro_attachment_ids.sorted("id")
        problems = find_problems(
            [(file.name, file.file_size) for file in files],
            extensions=ACCEPTED_EXTENSIONS, most_bytes=MAX_ATTACHMENT_BYTES,
            invoice_bytes=self.invoice_pdf_report_id.file_size or 0,
            in_xml=document_format in XML_FORMATS)
        if document_format == "facturx":
            problems += find_invoices([(file.name, _xml_of(file)) for file in files])
        return problems


def _xml_of(file):
    """The bytes of a file whose name says that it is XML, else b""."""
    return content_of(file) if extension(file.name or "") == "xml" else b""
