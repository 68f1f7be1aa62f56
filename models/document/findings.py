# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Findings made from the codes of ``documents``: which line, which party, where to correct it."""

import re

from odoo.tools import LazyTranslate

from ..rules.rule import Finding
from ..rules.rule_book import RULES, finding

_lt = LazyTranslate(__name__)

MEGABYTE = 1000 * 1000
WHERE = {
    "seller": _lt("Your company"),
    "buyer": _lt("The customer"),
    "delivery": _lt("The delivery address"),
    "allowances": _lt("A discount of the invoice"),
    "charges": _lt("A charge of the invoice"),
    "vat": _lt("The VAT of the invoice"),
    "totals": _lt("The totals of the invoice"),
}
WHERE_LINE = _lt("Line %(position)s, “%(label)s”")
WHERE_LINE_WITHOUT_LABEL = _lt("Line %(position)s")
# Paths from the invoice to the parties of its document, and to what is said of them.
PARTIES = {
    "seller": "company_id.partner_id",
    "buyer": "commercial_partner_id",
    "delivery": "partner_shipping_id",
}
PARTY_FIELDS = {
    "name": "name",
    "address": "country_id",
    "identifier": "company_registry",
    "vat_number": "vat",
}
PLACES = {
    "number": "journal_id.code",
    "currency": "currency_id",
    "attachments": "chorus_pro_attachment_ids",
    "payment.iban": "partner_bank_id",
    "payment.due_date": "invoice_date_due",
}
PDF_RULES = {"empty": "pdf_empty", "not_pdf": "pdf_invalid"}


def document_findings(move, problems):
    """A list of :class:`Finding` for the :class:`Problem` of ``documents`` found on ``move``."""
    return [_finding(move, problem) for problem in problems]


def pdf_finding(error):
    """The :class:`Finding` for a :class:`PdfError`."""
    return finding(PDF_RULES.get(error.code, f"pdf_{error.code}"))


def _finding(move, problem):
    params = {**problem.params, "where": _where(move, problem.field)}
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
        label = _labels(move)[position]
        name = move.env._(WHERE_LINE if label else WHERE_LINE_WITHOUT_LABEL)
        return name % {"position": position + 1, "label": label}
    owner = _owner(path)
    return WHERE.get(owner, owner)


def _labels(move):
    """First lines of the labels of the invoice's lines, in the order of the document."""
    items = move.invoice_line_ids.filtered(lambda line: line.display_type == "product")
    items = items.sorted(lambda line: (line.sequence, line.id))
    return [(line.name or "").strip().partition("\n")[0] for line in items]
