# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The bytes that are deposited: Factur-X, CII, UBL."""

from datetime import datetime, time, timezone

from odoo import models
from odoo.exceptions import UserError

from ...documents.attachments import short_names
from ...documents.invoice import SupportingDocument
from ...documents.pdf import (
    XML_NAME,
    PdfError,
    PdfMetadata,
    embed_invoice,
    holds_exactly,
    without_embedded_files,
)
from ...documents.problems import InvalidInvoice, find_problems
from ...documents.rendering import RenderingError, Syntax, render
from ..rules.rule import FindingError
from ..rules.rule_book import finding
from .findings import document_findings, pdf_finding

SYNTAXES = {"facturx": Syntax.FACTURX, "cii": Syntax.FACTURX, "ubl": Syntax.UBL}
# Found on the invoice's data before, in every format.
SAID_BEFORE = ("number", "buyer.identifier")


class AccountMove(models.Model):
    _inherit = "account.move"

    def _chorus_pro_render(self, document_format):
        """The bytes that would be deposited: the seam for tests, previews and integrators.

        The same invoice gives the same XML bytes. An archived PDF that holds what it should is
        given to the byte; nothing is archived here.

        :param document_format: ``facturx`` (PDF), ``facturx_xml`` (the XML in it), ``cii``,
            ``ubl`` (XML with the readable PDF and the attachments inside)
        :raises UserError: what has to be corrected first, in sentences
        """
        self.ensure_one()
        if document_format == "facturx_xml":
            return self._chorus_pro_render_xml("facturx")
        if document_format == "facturx":
            return self._chorus_pro_embed(self._chorus_pro_readable_pdf())
        pdf = self._chorus_pro_without_files(self._chorus_pro_readable_pdf())
        readable = SupportingDocument(
            name=short_names([f"{self.name.replace('/', '-')}.pdf"])[0],
            content=pdf,
            mime_type="application/pdf",
        )
        supporting = (readable, *self._chorus_pro_supporting_documents(taken=readable.name))
        return self._chorus_pro_render_xml(document_format, supporting)

    def _chorus_pro_render_xml(self, document_format, supporting=()):
        try:
            return render(self._chorus_pro_invoice(), SYNTAXES[document_format], supporting)
        except InvalidInvoice as error:
            found = document_findings(self, error.problems)
            raise UserError("\n".join(each.text(self.env) for each in found)) from error
        except RenderingError as error:
            raise FindingError(self.env, finding("document_schema", reason=error)) from error

    def _chorus_pro_readable_pdf(self):
        """Bytes of the archived PDF; of one made now and not kept when there is none."""
        if self.invoice_pdf_report_id:
            return self.invoice_pdf_report_id.raw or b""
        sender = self.env["account.move.send"].with_context(force_report_rendering=True)
        data = {self: {"pdf_report": sender._get_default_pdf_report_id(self)}}
        sender._prepare_invoice_pdf_report(data)
        return data[self]["pdf_attachment_values"]["raw"]

    def _chorus_pro_embed(self, pdf):
        """``pdf`` as Factur-X: our XML and the attachments in it and no other file; the very bytes
        given when it is so already.

        :raises UserError: the PDF cannot be used, or the invoice has no document
        """
        xml = self._chorus_pro_render_xml("facturx")
        attachments = self._chorus_pro_supporting_documents(taken=XML_NAME)
        expected = {XML_NAME: xml, **{each.name: each.content for each in attachments}}
        try:
            if holds_exactly(pdf, expected):
                return pdf
            return embed_invoice(
                without_embedded_files(pdf), xml, self._chorus_pro_pdf_metadata(), attachments
            )
        except PdfError as error:
            raise FindingError(self.env, pdf_finding(error)) from error

    def _chorus_pro_without_files(self, pdf):
        """``pdf`` without the files that other software embedded.

        :raises UserError: it cannot be used
        """
        try:
            return without_embedded_files(pdf)
        except PdfError as error:
            raise FindingError(self.env, pdf_finding(error)) from error

    def _chorus_pro_pdf_metadata(self):
        company = self.company_id.name or ""
        return PdfMetadata(
            title=f"{company}: {self.name}",
            author=company,
            subject=f"Factur-X {self.name}",
            moment=datetime.combine(self.invoice_date, time(), timezone.utc),
        )

    def _chorus_pro_document_findings(self, document_format):
        """What forbids to make the document of this invoice, as a list of :class:`Finding`.

        Only the data are looked at: no PDF is made, nothing is asked of Chorus Pro. The number and
        the customer's SIRET, which every format needs, are checked elsewhere.

        :param document_format: as :meth:`_chorus_pro_document_format` gives it
        """
        self.ensure_one()
        problems = list(self._chorus_pro_attachment_problems(document_format))
        found = []
        if document_format != "pdf":
            try:
                problems += [
                    problem
                    for problem in find_problems(self._chorus_pro_invoice())
                    if problem.field not in SAID_BEFORE
                ]
            except FindingError as error:
                found.append(error.finding)
            except UserError as error:
                # From a module that completes the document.
                found.append(finding("document_impossible", reason=error))
        return found + document_findings(self, problems)
