# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Rules of the document made of an invoice (Factur-X, CII, UBL), of its PDF and of the files that
go with it: the codes of ``documents``. All of them block."""

from odoo.tools import LazyTranslate

from .rule import Rule

_lt = LazyTranslate(__name__)

# By the code of the problem; %(where)s: see finding_of_document. Where each is corrected depends on
# the field that it is about.
DOCUMENT_RULES = (
    Rule(
        "document_number_missing",
        _lt("The invoice has no number."),
        _lt("Confirm it first."),
    ),
    Rule(
        "document_number_invalid",
        _lt(
            "The invoice number %(number)s: Chorus Pro accepts at most %(limit)s characters, "
            "letters without accents, digits and - _ / +."
        ),
        _lt("Change the sequence of the sales journal."),
    ),
    Rule(
        "document_currency_invalid",
        _lt("The currency %(currency)s is not known by a code of three letters."),
        _lt("Correct its name in the list of currencies."),
    ),
    Rule(
        "document_tax_in_euro_missing",
        _lt("The invoice is in %(currency)s and its VAT in euro is not known."),
        _lt("Check the rate of the currency."),
    ),
    Rule(
        "document_country_missing",
        _lt("%(where)s: the address has no country."),
        _lt("Fill it in."),
    ),
    Rule(
        "document_name_missing",
        _lt("%(where)s: the name is missing."),
        _lt("Fill it in."),
    ),
    Rule(
        "document_identifier_missing",
        _lt(
            "%(where)s: the SIRET is missing (VAT number for another country of the Union, RIDET "
            "or TAHITI number overseas)."
        ),
        _lt("Fill it in."),
    ),
    Rule(
        "document_siret_invalid",
        _lt("%(where)s: “%(value)s” is not a SIRET: 14 digits are needed."),
        _lt("Correct it."),
    ),
    Rule(
        "document_vat_number_missing",
        _lt("%(where)s: the VAT number is compulsory for VAT of category %(category)s."),
        _lt("Fill it in, or change the taxes of the lines."),
    ),
    Rule(
        "document_vat_number_invalid",
        _lt(
            "%(where)s: “%(value)s” is not a VAT number: it begins with the two letters of the "
            "country."
        ),
        _lt("Correct it, or type / when there is none."),
    ),
    Rule(
        "document_iban_missing",
        _lt("The invoice is to be paid by transfer and names no bank account."),
        _lt("Choose the Recipient Bank of the invoice."),
    ),
    Rule(
        "document_iban_invalid",
        _lt("The bank account “%(iban)s” is not an IBAN: Chorus Pro pays to an IBAN only."),
        _lt("Correct the account, or choose another Recipient Bank."),
    ),
    Rule(
        "document_due_date_missing",
        _lt("The invoice has no due date."),
        _lt("Fill in the due date or payment terms."),
    ),
    Rule(
        "document_lines_missing",
        _lt("The invoice has no line."),
        _lt("Add one."),
    ),
    Rule(
        "document_line_id_repeated",
        _lt("%(where)s: its number is used twice."),
        _lt("Number its lines anew."),
    ),
    Rule(
        "document_unit_missing",
        _lt("%(where)s: the unit of measure is missing."),
        _lt("Choose one."),
    ),
    Rule(
        "document_line_mismatch",
        _lt("%(where)s: quantity times price gives %(expected)s, the line says %(amount)s."),
        _lt("Correct the line."),
    ),
    Rule(
        "document_precision",
        _lt("%(where)s: %(amount)s has more than two decimals, which Chorus Pro refuses."),
        _lt("Use a currency with two decimals at most."),
    ),
    Rule(
        "document_not_finite",
        _lt("%(where)s: %(amount)s is not a number."),
        _lt("Correct it."),
    ),
    Rule(
        "document_negative",
        _lt("%(where)s: %(amount)s cannot be negative."),
        _lt("Correct it."),
    ),
    Rule(
        "document_reason_missing",
        _lt("%(where)s: its reason is missing."),
        _lt("Give a label to the tax."),
    ),
    Rule(
        "document_vat_repeated",
        _lt("VAT of category %(category)s at %(rate)s %% is totalled twice."),
        _lt("Check the taxes of the lines."),
    ),
    Rule(
        "document_vat_base_mismatch",
        _lt(
            "The lines with VAT of category %(category)s at %(rate)s %% add up to %(expected)s, "
            "not to %(amount)s."
        ),
        _lt("Check the taxes of the lines."),
    ),
    Rule(
        "document_vat_amount_mismatch",
        _lt("VAT at %(rate)s %% of %(base)s is %(expected)s, the invoice says %(amount)s."),
        _lt("Check the taxes, and any tax amount typed by hand."),
    ),
    Rule(
        "document_vat_rate_invalid",
        _lt(
            "A tax at %(rate)s %% has the VAT category %(category)s, which does not go with this "
            "rate."
        ),
        _lt("Correct the Tax Category Code of the tax."),
    ),
    Rule(
        "document_vat_mixed",
        _lt("Lines outside VAT (category O) stand on one invoice with others."),
        _lt(
            "Put them on an invoice of their own, or give their tax the category E with its "
            "reason."
        ),
    ),
    Rule(
        "document_exemption_reason_missing",
        _lt("The invoice does not say why no VAT is due (category %(category)s)."),
        _lt("Fill in the legal notes or the exemption reason of the tax."),
    ),
    Rule(
        "document_total_mismatch",
        _lt(
            "The totals of the invoice do not add up: %(expected)s was expected, %(amount)s found."
        ),
        _lt("Check its lines."),
    ),
    Rule(
        "document_file_empty",
        _lt("The file “%(name)s” is empty."),
        _lt("Remove it, or attach it again."),
    ),
    Rule(
        "document_file_too_large",
        _lt("The file “%(name)s” weighs %(size)s MB: Chorus Pro accepts %(limit)s MB."),
        _lt("Reduce it or remove it."),
    ),
    Rule(
        "document_files_too_large",
        _lt(
            "The invoice and its files weigh %(size)s MB together: Chorus Pro accepts %(limit)s "
            "MB."
        ),
        _lt("Remove some."),
    ),
    Rule(
        "document_extension_missing",
        _lt("The file “%(name)s” has no extension, such as .pdf."),
        _lt("Rename it and attach it again."),
    ),
    Rule(
        "document_extension_refused",
        _lt("Chorus Pro does not accept .%(extension)s files: “%(name)s”."),
        _lt("Convert it, for example to PDF, or remove it."),
    ),
    Rule(
        "document_not_for_xml",
        _lt(
            "An XML invoice carries files in PDF, PNG, JPEG, CSV, XLSX and ODS only, not "
            "“%(name)s”."
        ),
        _lt("Convert it, or send the invoice as Factur-X or PDF."),
    ),
    Rule(
        "document_impossible",
        _lt("No document can be made of this invoice: %(reason)s"),
        _lt("Correct it, or send it in PDF format."),
        place="chorus_pro_format",
    ),
    Rule(
        "document_framework",
        _lt("The billing framework %(framework)s exists in PDF format only."),
        _lt("Choose PDF as Document Format."),
        place="chorus_pro_format",
    ),
    Rule(
        "document_tax_category",
        _lt("The tax %(tax)s has a category of VAT that France does not have."),
        _lt("Choose another Tax Category Code on the tax."),
        place="invoice_line_ids",
    ),
    Rule(
        "document_several_taxes",
        _lt(
            "A line of the invoice bears several taxes, or one that is no percentage: Chorus Pro "
            "knows one rate of VAT a line."
        ),
        _lt("Check the taxes of its lines."),
        place="invoice_line_ids",
    ),
    Rule(
        "document_vat_total",
        _lt(
            "The VAT of this invoice cannot be told to Chorus Pro: by rate it does not add up to "
            "the total."
        ),
        _lt("Check the taxes of its lines."),
        place="invoice_line_ids",
    ),
    Rule(
        "document_schema",
        _lt(
            "The document of the invoice does not follow the official schema, for a reason that "
            "is not known beforehand: %(reason)s"
        ),
        _lt("Send the invoice in PDF format, and tell who looks after Odoo."),
        place="chorus_pro_format",
    ),
)
PDF_RULES = (
    Rule(
        "pdf_missing",
        _lt("The PDF of the invoice could not be made."),
        _lt("Print the invoice to see why."),
    ),
    Rule(
        "pdf_empty",
        _lt("The PDF of the invoice is empty."),
        _lt("Delete it and print the invoice again."),
    ),
    Rule(
        "pdf_invalid",
        _lt("The archived document is not a PDF."),
        _lt("Delete it and print the invoice again."),
    ),
    Rule(
        "pdf_encrypted",
        _lt("The PDF of the invoice is encrypted: Chorus Pro takes it without a password only."),
        _lt("Replace it by one without."),
    ),
    Rule(
        "pdf_no_page",
        _lt("The PDF of the invoice has no page."),
        _lt("Delete it and print the invoice again."),
    ),
    Rule(
        "pdf_damaged",
        _lt("The PDF of the invoice is damaged."),
        _lt("Delete it and print the invoice again."),
    ),
    Rule(
        "pdf_excessive",
        _lt("The PDF is no invoice: it holds too many files or pages, or unpacks to too much."),
        _lt("Delete it and print the invoice again."),
    ),
    Rule(
        "pdf_signed",
        _lt("The PDF of the invoice is signed: the data put into it would break the signature."),
        _lt("Send it in PDF format."),
    ),
    Rule(
        "pdf_too_large",
        _lt("The PDF weighs %(size)s bytes: Chorus Pro accepts %(limit)s."),
        _lt("Reduce its pictures, then print the invoice again."),
    ),
)
