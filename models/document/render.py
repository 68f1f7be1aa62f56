# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The bytes that are deposited (Factur-X, CII, UBL), and the findings about them: which line,
which party, where to correct it."""

import re
from contextlib import contextmanager
from datetime import datetime, time, timezone

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate

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
from ...documents.problems import REFERENCES, InvalidInvoice, find_problems, party_problems
from ...documents.rendering import RenderingError, Syntax, render
from ..access.odoo_fields import SIRET_FIELD, content_of
from ..rules import rule_book
from ..rules.rule import Finding, FindingError
from ..rules.rule_book import LABELS, RULES, finding
from .attachments import MEGABYTE
from .en16931 import DocumentBuilder
from .sections import printed_groups
from .submission_message import InvoiceTerms
from .taxed_lines import is_retention

_lt = LazyTranslate(__name__)

# By format of the invoice.
XML_SYNTAXES = {"facturx": Syntax.FACTURX, "cii": Syntax.FACTURX, "ubl": Syntax.UBL}
# The rules of every format find these.
FOUND_ELSEWHERE = ("number", "buyer.identifier", *REFERENCES)
WHERE = {
    "seller": _lt("Your company"),
    "buyer": _lt("The customer"),
    "delivery": _lt("The delivery address"),
    "allowances": _lt("A discount of the invoice"),
    "charges": _lt("A charge of the invoice"),
    "vat": _lt("The VAT of the invoice"),
    "totals": _lt("The totals of the invoice"),
    **{name: LABELS[name] for name in REFERENCES},
}
# The same as they complete a remedy: "Fill in the country …".
OF = {
    "seller": _lt("of your company"),
    "buyer": _lt("of the customer"),
    "delivery": _lt("of the delivery address"),
}
WHERE_LINE = _lt("Line %(position)s, “%(label)s”")
WHERE_LINE_WITHOUT_LABEL = _lt("Line %(position)s")
# Paths from the invoice to the parties of its document, and to what they declare.
PARTIES = {
    "seller": "company_id.partner_id",
    "buyer": "commercial_partner_id",
    "delivery": "partner_shipping_id",
}
PARTY_FIELDS = {
    "name": "name", "address": "country_id", "identifier": SIRET_FIELD, "vat_number": "vat",
}
PLACES = {
    "number": "journal_id.code",
    "currency": "currency_id",
    "attachments": "chorus_pro_attachment_ids",
    "payment.iban": "partner_bank_id",
    "payment.due_date": "invoice_date_due",
    **{name: rule_book.PLACES[name] for name in REFERENCES},
}


class AccountMove(models.Model):
    _inherit = "account.move"

    def _chorus_pro_render(self, document_format, invoice=None):
        """The bytes that would be deposited: the seam for tests, previews and integrators.

        The same invoice gives the same XML bytes. An archived PDF that holds what it should comes
        back byte for byte; nothing is archived here.

        :param document_format: ``facturx`` (PDF), ``facturx_xml`` (the XML in it), ``cii``,
            ``ubl`` (XML with the readable PDF and the attachments inside)
        :param invoice: what :meth:`_chorus_pro_invoice` gives, from a caller who has it already
        :raises UserError: what has to be corrected first, in sentences
        """
        self.ensure_one()
        if document_format == "facturx_xml":
            return render_xml(self, "facturx", invoice=invoice)
        if document_format == "facturx":
            return self._chorus_pro_embed(readable_pdf(self), invoice)
        readable = SupportingDocument(
            name=short_names([f"{self.name.replace('/', '-')}.pdf"])[0],
            content=without_files(self, readable_pdf(self)),
            mime_type="application/pdf")
        supporting = (readable, *self._chorus_pro_supporting_documents(taken=readable.name))
        return render_xml(self, document_format, supporting, invoice)

    def _chorus_pro_read_ahead(self):
        """Read at once what the documents of all these invoices are made from; each invoice would
        read its taxes anew."""
        lines = self.line_ids
        lines.mapped("tax_ids")
        lines.mapped("tax_tag_ids")

    def _chorus_pro_embed(self, pdf, invoice=None):
        """``pdf`` as Factur-X: our XML and the attachments in it and no other file; unchanged when
        it is so already.

        :raises UserError: the PDF cannot be used, or the invoice has no document
        """
        xml = render_xml(self, "facturx", invoice=invoice)
        attachments = self._chorus_pro_supporting_documents(taken=XML_NAME)
        expected = {XML_NAME: xml, **{each.name: each.content for each in attachments}}
        company = self.company_id.name or ""
        metadata = PdfMetadata(
            title=f"{company}: {self.name}", author=company, subject=f"Factur-X {self.name}",
            moment=datetime.combine(self.invoice_date, time(), timezone.utc))
        with _usable_pdf(self.env):
            if holds_exactly(pdf, expected):
                return pdf
            return embed_invoice(without_embedded_files(pdf), xml, metadata, attachments)

    def _chorus_pro_document_findings(self, document_format):
        """What prevents the document of this invoice, as a list of :class:`Finding`.

        Reads only the data: makes no PDF and asks Chorus Pro nothing. The number and the
        customer's SIRET, which every format needs, are checked elsewhere.

        :param document_format: as :meth:`_chorus_pro_document_format` gives it
        """
        self.ensure_one()
        problems, found = [], []
        try:
            if document_format == "pdf":
                problems += InvoiceTerms(self).money_problems()
            else:
                problems += [
                    problem for problem in find_problems(self._chorus_pro_invoice())
                    if problem.field not in FOUND_ELSEWHERE
                ]
        except FindingError as error:
            found.append(error.finding)
        except UserError as error:
            # From a module that completes the document.
            found.append(finding("document_impossible", reason=error))
        attachments = self._chorus_pro_attachment_findings(document_format)
        return found + attachments + document_findings(self, problems)

    def _chorus_pro_attachment_findings(self, document_format):
        """What is wrong with the chosen files, as a list of :class:`Finding`."""
        return document_findings(self, self._chorus_pro_attachment_problems(document_format))

    def _chorus_pro_edited_findings(self, document_format):
        """The same of a form in edition, which has no settled taxes yet: its parties as they are
        now, the rest as it was saved last."""
        saved = self._origin._chorus_pro_document_findings(document_format) if self._origin else []
        if document_format == "pdf":
            return saved
        builder = DocumentBuilder(self)
        parties = {"seller": builder.seller(), "buyer": builder.buyer()}
        problems = [
            problem for name, party in parties.items() for problem in party_problems(name, party)
            if problem.field not in FOUND_ELSEWHERE
        ]
        settled = tuple(f"{PARTIES[name]}." for name in parties)
        others = [
            each for each in saved
            # Whether a VAT number is needed depends on the taxes.
            if each.id == "document_vat_number_missing" or not each.place.startswith(settled)
        ]
        return others + document_findings(self, problems)


def render_xml(move, document_format, supporting=(), invoice=None):
    """Bytes of the XML of this invoice, with the files ``supporting`` in it.

    :param invoice: what ``_chorus_pro_invoice`` gives, from a caller who has it already

    :raises UserError: what has to be corrected first, in sentences
    """
    try:
        invoice = invoice or move._chorus_pro_invoice()
        return render(invoice, XML_SYNTAXES[document_format], supporting)
    except InvalidInvoice as error:
        found = document_findings(move, error.problems)
        raise UserError("\n".join(each.text(move.env) for each in found)) from error
    except RenderingError as error:
        raise FindingError(move.env, finding("document_schema", reason=error)) from error


def readable_pdf(move):
    """Bytes of the archived PDF; of one made now and not kept when there is none."""
    if move.invoice_pdf_report_id:
        return content_of(move.invoice_pdf_report_id)
    sender = move.env["account.move.send"].with_context(force_report_rendering=True)
    data = {move: {"pdf_report": sender._get_default_pdf_report_id(move)}}
    sender._prepare_invoice_pdf_report(data)
    return data[move]["pdf_attachment_values"]["raw"]


def without_files(move, pdf):
    """``pdf`` without the files that other software embedded.

    :raises FindingError: it cannot be used
    """
    with _usable_pdf(move.env):
        return without_embedded_files(pdf)


@contextmanager
def _usable_pdf(env):
    try:
        yield
    except PdfError as error:
        raise FindingError(env, pdf_finding(error)) from error


def document_findings(move, problems):
    """A list of :class:`Finding` for the :class:`Problem` of ``documents`` found on ``move``."""
    return [_finding(move, problem) for problem in problems]


def pdf_finding(error):
    """The :class:`Finding` for a :class:`PdfError`."""
    return finding("pdf_invalid" if error.code == "not_pdf" else f"pdf_{error.code}")


def _finding(move, problem):
    owner = _owner(problem.field)
    params = {**problem.params, "where": _where(move, problem.field), "of": OF.get(owner, "")}
    if problem.code.endswith("_too_large"):
        params["size"] = f"{params['size'] / MEGABYTE:.2f}"
        params["limit"] = params["limit"] // MEGABYTE
    rule = RULES[f"document_{problem.code}"]
    return Finding(rule, params, place=_place(problem.field))


def _owner(path):
    return re.match(r"\w+", path)[0]


def _place(path):
    """Where the field of a document is corrected: a path from the invoice."""
    owner, _dot, rest = path.partition(".")
    if owner in PARTIES:
        return f"{PARTIES[owner]}.{PARTY_FIELDS[_owner(rest)]}"
    return PLACES.get(path) or PLACES.get(_owner(path)) or "invoice_line_ids"


def _where(move, path):
    line = re.match(r"lines\[(\d+)\]", path)
    if line:
        position = int(line[1])
        printed = [line for line, _hidden in printed_groups(items(move))]
        return line_title(move.env, position, printed[position])
    owner = _owner(path)
    return WHERE.get(owner, owner)


def items(move):
    """The lines of the invoice that have a price, in the order of the document."""
    lines = move.invoice_line_ids.filtered(
        lambda line: line.display_type == "product" and not is_retention(line))
    return lines.sorted(lambda line: (line.sequence, line.id or line._origin.id))


def line_title(env, position, line):
    """How a sentence names this line, by its place (from 0) and the first line of its label."""
    label = (line.name or "").strip().partition("\n")[0]
    name = env._(WHERE_LINE if label else WHERE_LINE_WITHOUT_LABEL)
    return name % {"position": position + 1, "label": label}
