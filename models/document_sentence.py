# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What an accountant reads when no document can be made of an invoice: cause, then remedy.

``documents`` translates nothing: it gives codes, paths of fields and facts.
"""

import re

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

# %(where)s: see WHERE and _where.
DOCUMENT_SENTENCES = {
    "number_missing": _lt("The invoice has no number. Confirm it first."),
    "number_invalid": _lt(
        "The invoice number %(number)s: Chorus Pro accepts at most %(limit)s characters, letters "
        "without accents, digits and - _ / +. Change the sequence of the sales journal."
    ),
    "currency_invalid": _lt(
        "The currency %(currency)s is not known by a code of three letters. Correct its name in "
        "the list of currencies."
    ),
    "tax_in_euro_missing": _lt(
        "The invoice is in %(currency)s and its VAT in euro is not known. Check the rate of the "
        "currency."
    ),
    "country_missing": _lt("%(where)s: the address has no country. Fill it in."),
    "name_missing": _lt("%(where)s: the name is missing. Fill it in."),
    "identifier_missing": _lt(
        "%(where)s: the SIRET is missing (VAT number for another country of the Union, RIDET or "
        "TAHITI number overseas). Fill it in."
    ),
    "siret_invalid": _lt(
        "%(where)s: “%(value)s” is not a SIRET: 14 digits are needed. Correct it."
    ),
    "vat_number_missing": _lt(
        "%(where)s: the VAT number is compulsory for VAT of category %(category)s. Fill it in, or "
        "change the taxes of the lines."
    ),
    "vat_number_invalid": _lt(
        "%(where)s: “%(value)s” is not a VAT number: it begins with the two letters of the "
        "country. Correct it, or type / when there is none."
    ),
    "iban_missing": _lt(
        "The invoice is to be paid by transfer and names no bank account. Choose the Recipient "
        "Bank of the invoice."
    ),
    "iban_invalid": _lt(
        "The bank account “%(iban)s” is not an IBAN: Chorus Pro pays to an IBAN only. Correct the "
        "account, or choose another Recipient Bank."
    ),
    "due_date_missing": _lt("The invoice has no due date. Fill in the due date or payment terms."),
    "lines_missing": _lt("The invoice has no line. Add one."),
    "line_id_repeated": _lt("%(where)s: its number is used twice."),
    "unit_missing": _lt("%(where)s: the unit of measure is missing. Choose one."),
    "line_mismatch": _lt(
        "%(where)s: quantity times price gives %(expected)s, the line says %(amount)s. Correct the "
        "line."
    ),
    "precision": _lt(
        "%(where)s: %(amount)s has more than two decimals, which Chorus Pro refuses. Use a "
        "currency with two decimals at most."
    ),
    "not_finite": _lt("%(where)s: %(amount)s is not a number. Correct it."),
    "negative": _lt("%(where)s: %(amount)s cannot be negative. Correct it."),
    "reason_missing": _lt("%(where)s: its reason is missing. Give a label to the tax."),
    "vat_repeated": _lt("VAT of category %(category)s at %(rate)s %% is totalled twice."),
    "vat_base_mismatch": _lt(
        "The lines with VAT of category %(category)s at %(rate)s %% add up to %(expected)s, not to "
        "%(amount)s. Check the taxes of the lines."
    ),
    "vat_amount_mismatch": _lt(
        "VAT at %(rate)s %% of %(base)s is %(expected)s, the invoice says %(amount)s. Check the "
        "taxes, and any tax amount typed by hand."
    ),
    "vat_rate_invalid": _lt(
        "A tax at %(rate)s %% has the VAT category %(category)s, which does not go with this rate. "
        "Correct the Tax Category Code of the tax."
    ),
    "vat_mixed": _lt(
        "Lines outside VAT (category O) stand on one invoice with others. Put them on an invoice "
        "of their own, or give their tax the category E with its reason."
    ),
    "exemption_reason_missing": _lt(
        "The invoice does not say why no VAT is due (category %(category)s). Fill in the legal "
        "notes or the exemption reason of the tax."
    ),
    "total_mismatch": _lt(
        "The totals of the invoice do not add up: %(expected)s was expected, %(amount)s found. "
        "Check its lines."
    ),
    "file_empty": _lt("The file “%(name)s” is empty. Remove it, or attach it again."),
    "file_too_large": _lt(
        "The file “%(name)s” weighs %(size)s MB: Chorus Pro accepts %(limit)s MB. Reduce it or "
        "remove it."
    ),
    "files_too_large": _lt(
        "The invoice and its files weigh %(size)s MB together: Chorus Pro accepts %(limit)s MB. "
        "Remove some."
    ),
    "extension_missing": _lt(
        "The file “%(name)s” has no extension, such as .pdf. Rename it and attach it again."
    ),
    "extension_refused": _lt(
        "Chorus Pro does not accept .%(extension)s files: “%(name)s”. Convert it, for example to "
        "PDF, or remove it."
    ),
    "not_for_xml": _lt(
        "An XML invoice carries files in PDF, PNG, JPEG, CSV, XLSX and ODS only, not “%(name)s”. "
        "Convert it, or send the invoice as Factur-X or PDF."
    ),
}
PDF_SENTENCES = {
    "empty": _lt("The PDF of the invoice is empty. Delete it and print the invoice again."),
    "not_pdf": _lt("The archived document is not a PDF. Delete it and print the invoice again."),
    "encrypted": _lt(
        "The PDF of the invoice is encrypted: Chorus Pro takes it without a password only. Replace "
        "it by one without."
    ),
    "no_page": _lt("The PDF of the invoice has no page. Delete it and print the invoice again."),
    "damaged": _lt("The PDF of the invoice is damaged. Delete it and print the invoice again."),
    "signed": _lt(
        "The PDF of the invoice is signed: the data put into it would break the signature. Send "
        "it in PDF format."
    ),
}
RENDERING_SENTENCE = _lt(
    "The document of the invoice does not follow the official schema, for a reason that is not "
    "known beforehand. Send the invoice in PDF format, and tell who looks after Odoo: %s"
)
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
MEGABYTE = 1000 * 1000


def document_problem_sentences(env, move, problems):
    """A list of sentences in the language of ``env``, for the :class:`Problem` of ``documents``
    found on ``move``."""
    return [_sentence(env, move, problem) for problem in problems]


def _sentence(env, move, problem):
    params = {**problem.params, "where": _where(env, move, problem.field)}
    if problem.code.endswith("_too_large"):
        params["size"] = f"{params['size'] / MEGABYTE:.2f}"
        params["limit"] = params["limit"] // MEGABYTE
    sentence = env._(DOCUMENT_SENTENCES[problem.code])
    return sentence % params


def _where(env, move, path):
    line = re.match(r"lines\[(\d+)\]", path)
    if line:
        position = int(line[1])
        label = _labels(move)[position]
        name = env._(WHERE_LINE if label else WHERE_LINE_WITHOUT_LABEL)
        return name % {"position": position + 1, "label": label}
    owner = re.match(r"\w+", path)[0]
    return env._(WHERE[owner]) if owner in WHERE else owner


def _labels(move):
    """First lines of the labels of the invoice's lines, in the order of the document."""
    items = move.invoice_line_ids.filtered(lambda line: line.display_type == "product")
    items = items.sorted(lambda line: (line.sequence, line.id))
    return [(line.name or "").strip().partition("\n")[0] for line in items]


def pdf_sentence(env, error):
    """The sentence for a :class:`PdfError`."""
    return env._(PDF_SENTENCES[error.code])


def rendering_sentence(env, error):
    """The sentence for a :class:`RenderingError`, with what the schema says."""
    sentence = env._(RENDERING_SENTENCE)
    return sentence % error
