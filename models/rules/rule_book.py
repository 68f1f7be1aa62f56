# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The one list of rules, by code of ``choruspro.checks`` and of ``documents``, with those that only
Odoo knows; and the findings made from these codes."""

from odoo.tools import LazyTranslate

from .rule import WARNING, Finding, Rule

_lt = LazyTranslate(__name__)

# models/access/odoo_fields.py names the field; the rules use no other room.
CUSTOMER_SIRET = "commercial_partner_id.company_registry"

# Of an invoice in every format.
INVOICE_RULES = (
    # Whether it goes to Chorus Pro at all
    Rule("not_customer_invoice",
         _lt("Only customer invoices and credit notes go to Chorus Pro, not receipts or bills."),
         _lt("Send it by other means.")),
    Rule("not_confirmed", _lt("Only confirmed invoices go to Chorus Pro, and this one is a draft."),
         _lt("Confirm it first.")),
    Rule("cancelled", _lt("It is cancelled."), _lt("Make another invoice.")),
    Rule("already_there", _lt("It is already at Chorus Pro, or on its way there."),
         _lt("Follow it there; to correct it, make a credit note.")),
    Rule("other_channel", _lt("It is also sent by %(channel)s: the recipient would get it twice."),
         _lt("Choose one of the two.")),
    Rule("other_channel_has_it",
         _lt("It went by %(channel)s (%(state)s): the recipient would get it twice."),
         _lt("Follow it there.")),
    Rule("other_channel_ended", _lt("It went by %(channel)s, which now says “%(state)s”."),
         _lt("If the recipient does not have it, a Chorus Pro manager decides so on the invoice; "
             "else it would get it twice.")),
    Rule("customer_abroad", _lt("Its customer is not in France: Chorus Pro is for French bodies."),
         _lt("Choose another sending method, or correct the country of the customer."),
         place="commercial_partner_id.country_id"),
    Rule("other_method", _lt("Its customer does not receive invoices by Chorus Pro."),
         _lt("Choose this sending method on the customer if it should."),
         place="commercial_partner_id.invoice_sending_method"),
    Rule("internal_credit_note",
         _lt("It cancels %(number)s, which was rejected and issued again: the recipient does not "
             "expect it."),
         _lt("Keep it in Odoo only.")),
    Rule("refused_before", _lt("It was refused earlier: %(reason)s"),
         _lt("Correct it, then send it again.")),
    Rule("connection_missing", _lt("The company %(company)s has no Chorus Pro connection in use."),
         _lt("An administrator adds one in Invoicing, Configuration, Chorus Pro, Set-up Guide.")),
    Rule("connection_incomplete", _lt("The Chorus Pro connection is not complete."),
         _lt("An administrator fills in: %(missing)s.")),
    Rule("edi_without_pdf",
         _lt("Its format is PDF, which cannot go to Chorus Pro by EDI."),
         _lt("Choose Factur-X, CII or UBL on the connection, on the customer or on the invoice.")),
    # Number and date
    Rule("number_missing", _lt("The invoice has no number."), _lt("Confirm it first.")),
    Rule("number_too_long",
         _lt("The invoice number %(number)s has %(length)s characters: Chorus Pro accepts "
             "%(limit)s."),
         _lt("Shorten the sequence of the sales journal."), place="journal_id.code"),
    Rule("number_characters",
         _lt("The invoice number %(number)s contains “%(characters)s”, which Chorus Pro refuses: "
             "only letters without accents, digits and - _ / + are accepted."),
         _lt("Change the sequence of the sales journal."), place="journal_id.code"),
    Rule("number_is_date",
         _lt("The invoice number %(number)s is a date: the portal of Chorus Pro refuses it as a "
             "number."),
         _lt("If Chorus Pro refuses it here too, reset the invoice to draft and rename it; for the "
             "next ones, change the sequence of the sales journal."),
         place="journal_id.code", severity=WARNING),
    Rule("date_missing", _lt("The invoice has no date."),
         _lt("Fill in the invoice date."), place="invoice_date"),
    Rule("date_in_future", _lt("The invoice is dated in the future (%(date)s)."),
         _lt("Correct the invoice date if this is a mistake."),
         place="invoice_date", severity=WARNING),
    Rule("original_missing", _lt("This credit note does not say which invoice it corrects."),
         _lt("Make it from the invoice itself (Credit Note), so that the recipient can match the "
             "two."), severity=WARNING),
    Rule("original_left_out",
         _lt("This credit note corrects %(number)s, a number that Chorus Pro cannot hold: it keeps "
             "%(limit)s characters, letters without accents, digits and - _ / +."),
         _lt("Send it as it is: Odoo quotes the number in a note instead."), severity=WARNING),
    # The recipient
    Rule("siret_missing", _lt("The customer has no SIRET."),
         _lt("Fill in its 14 digits in the field SIRET of the customer."), place=CUSTOMER_SIRET),
    Rule("siret_invalid", _lt("“%(siret)s” is not a SIRET: 14 digits are needed."),
         _lt("Correct the field SIRET of the customer."), place=CUSTOMER_SIRET),
    Rule("siret_is_siren",
         _lt("“%(siret)s” is a SIREN (9 digits): Chorus Pro needs the SIRET (14 digits) of the "
             "establishment."),
         _lt("Complete the field SIRET of the customer."), place=CUSTOMER_SIRET),
    Rule("siret_checksum",
         _lt("The SIRET %(siret)s seems to have a typing error: its check digit is wrong."),
         _lt("Check the field SIRET of the customer, or ask Chorus Pro with Find in Chorus Pro."),
         place=CUSTOMER_SIRET, severity=WARNING),
    Rule("recipient_unknown", _lt("Chorus Pro has no structure with the SIRET of this customer."),
         _lt("Check the SIRET, or ask the customer which establishment receives the invoices."),
         place=CUSTOMER_SIRET),
    Rule("recipient_inactive", _lt("%(name)s is closed at Chorus Pro."),
         _lt("Ask the customer for the SIRET that receives the invoices."), place=CUSTOMER_SIRET),
    Rule("recipient_ambiguous",
         _lt("Chorus Pro has several structures with this SIRET (%(names)s)."),
         _lt("Choose the one that receives the invoices, in the Chorus Pro tab of the customer."),
         place="commercial_partner_id.chorus_pro_structure_ids"),
    Rule("recipient_works_owner_only",
         _lt("This customer is declared at Chorus Pro as receiving works invoices only."),
         _lt("Ask the customer for the SIRET that receives the other invoices."),
         place=CUSTOMER_SIRET, severity=WARNING),
    Rule("directory_old",
         _lt("The customer's requirements were last read from Chorus Pro on %(date)s."),
         _lt("Odoo checks them again before it sends the invoice."),
         place=CUSTOMER_SIRET, severity=WARNING),
    Rule("directory_silent", _lt("Odoo could not check the customer at Chorus Pro: %(reason)s"),
         _lt("Go on with what is known: Odoo checks again before it sends the invoice."),
         place=CUSTOMER_SIRET, severity=WARNING),
    # What it requires
    Rule("service_required", _lt("This customer requires a service code."),
         _lt("Ask the customer for it, and fill in the Service Code."),
         place="buyer_reference"),
    Rule("service_or_engagement_required",
         _lt("This customer requires a service code or an engagement number."),
         _lt("Fill in one of the two."), place="buyer_reference"),
    Rule("service_unknown", _lt("The customer has no service %(service)s at Chorus Pro."),
         _lt("Correct the Service Code."), place="buyer_reference"),
    Rule("service_inactive",
         _lt("The service %(service)s of the customer is closed at Chorus Pro."),
         _lt("Ask the customer for the current one, and correct the Service Code."),
         place="buyer_reference"),
    Rule("service_reserved",
         _lt("The service %(service)s is reserved to invoices between public bodies."),
         _lt("Choose another Service Code."), place="buyer_reference"),
    Rule("service_too_long",
         _lt("The Service Code has %(length)s characters: Chorus Pro accepts %(limit)s."),
         _lt("Correct it."), place="buyer_reference"),
    Rule("service_characters",
         _lt("The Service Code %(service)s contains “%(characters)s”, which Chorus Pro may refuse: "
             "its codes use letters, digits, spaces, - and _."),
         _lt("Check the Service Code with the customer."),
         place="buyer_reference", severity=WARNING),
    Rule("engagement_required", _lt("This customer requires an engagement number."),
         _lt("Ask the customer for it, and fill in the Engagement Number."),
         place="purchase_order_reference"),
    Rule("commitment_unknown",
         _lt("Chorus Pro has no order with the engagement number %(number)s for your structure."),
         _lt("Check the number with the customer: not every public body registers its orders "
             "there."), place="purchase_order_reference", severity=WARNING),
    Rule("reference_too_long",
         _lt("%(field)s has %(length)s characters: Chorus Pro accepts %(limit)s."),
         _lt("Shorten it.")),
    Rule("reference_characters",
         _lt("%(field)s contains an invisible character (%(characters)s), such as a tab pasted "
             "from a spreadsheet: Chorus Pro refuses it."),
         _lt("Delete it and type it again.")),
    # Our side, amounts
    Rule("supplier_missing", _lt("Your structure is not known."),
         _lt("Test the Chorus Pro connection.")),
    Rule("works_framework",
         _lt("Chorus Pro accepts no document of a works contract (%(framework)s) from other "
             "software."),
         _lt("Deposit it on the portal as a PDF under the same number; then Already Deposited? on "
             "the invoice, and Odoo follows it."),
         place="chorus_pro_billing_framework"),
    Rule("validator_required", _lt("This billing framework needs the SIRET of the validator."),
         _lt("Choose the contractor who validates the invoice, with a SIRET of 14 digits."),
         place="chorus_pro_validator_id"),
    Rule("bank_account_unknown",
         _lt("The bank account %(account)s is not one of those of your structure at Chorus Pro."),
         _lt("Add it there; if it is there already, an administrator selects it on the Chorus Pro "
             "connection."), place="partner_bank_id", severity=WARNING),
    Rule("bank_account_missing",
         _lt("The invoice is to be paid by transfer and names no bank account of yours."),
         _lt("Choose the Recipient Bank of the invoice."),
         place="partner_bank_id", severity=WARNING),
    Rule("bank_account_not_trusted",
         _lt("The bank account %(account)s is not trusted in Odoo, which may refuse to confirm the "
             "invoice, or take the account off it."),
         _lt("Who may validate bank accounts turns on “Send Money” on it, or chooses another one."),
         place="partner_bank_id", severity=WARNING),
    Rule("tax_missing", _lt("%(lines)s: without a tax, so outside VAT for Chorus Pro."),
         _lt("Choose the tax of the line; when no VAT is due, one of 0 %% with its legal notes."),
         place="invoice_line_ids"),
    Rule("credit_note_not_sent",
         _lt("The credit note %(number)s is deducted from this invoice in Odoo, but Chorus Pro "
             "does not have it: the recipient would pay too much."),
         _lt("Send the credit note too."), severity=WARNING),
    Rule("early_discount_group",
         _lt("With this early payment discount, Odoo leaves the fixed amount of the tax group "
             "%(tax)s out of the total."),
         _lt("If it is due, put the taxes of the group on the line instead of the group."),
         place="invoice_line_ids", severity=WARNING),
    Rule("exemption_reason_required", _lt("This invoice is exempt from VAT without saying why."),
         _lt("Fill in the legal notes of its tax."), place="invoice_line_ids"),
    Rule("currency_unsupported",
         _lt("The invoice is in %(currency)s, which Chorus Pro does not list among its "
             "currencies."),
         _lt("Make it in euro."), place="currency_id"),
    Rule("amount_precision", _lt("An amount of the invoice is too large or has too many decimals."),
         _lt("Correct its lines."), place="invoice_line_ids"),
    Rule("totals_mismatch",
         _lt("The totals of the invoice do not add up: %(expected)s was expected, %(total)s "
             "found."),
         _lt("Check its lines."), place="invoice_line_ids"),
    Rule("payable_too_high",
         _lt("The amount to pay (%(payable)s) is higher than the total (%(total)s)."),
         _lt("Check its lines."), place="invoice_line_ids", severity=WARNING),
    Rule("vat_mismatch",
         _lt("The VAT by rate (%(tax)s) does not add up to the VAT of the invoice "
             "(%(total_tax)s)."),
         _lt("Check the taxes of its lines."), place="invoice_line_ids"),
    Rule("comment_cut",
         _lt("The note has %(length)s characters, and Chorus Pro keeps %(limit)s as the comment."),
         _lt("Shorten it, or send it as it is: the PDF holds all of it, and the comment begins "
             "with what says to whom to pay (factoring)."),
         place="narration", severity=WARNING),
    Rule("field_invalid", _lt("Chorus Pro does not accept the value of %(field)s."),
         _lt("Correct it.")),
)
# Of the document made from an invoice (Factur-X, CII, UBL) and of the files that go with it; all
# of them block. %(where)s: see models/document/render.py. Where the rule gives no place, it depends
# on the field.
DOCUMENT_RULES = (
    Rule("document_number_missing", _lt("The invoice has no number."), _lt("Confirm it first.")),
    Rule("document_number_invalid",
         _lt("The invoice number %(number)s: Chorus Pro accepts at most %(limit)s characters, "
             "letters without accents, digits and - _ / +."),
         _lt("Change the sequence of the sales journal.")),
    Rule("document_reference_too_long",
         _lt("%(where)s has %(length)s characters: Chorus Pro accepts %(limit)s."),
         _lt("Shorten it.")),
    Rule("document_currency_invalid", _lt("The currency %(currency)s has no three-letter code."),
         _lt("Correct its name in the list of currencies.")),
    Rule("document_tax_in_euro_missing",
         _lt("The invoice is in %(currency)s and its VAT in euro is not known."),
         _lt("Check the rate of the currency.")),
    Rule("document_country_missing", _lt("%(where)s: the address has no country."),
         _lt("Fill in the country %(of)s.")),
    Rule("document_name_missing", _lt("%(where)s: the name is missing."),
         _lt("Fill in the name %(of)s.")),
    Rule("document_identifier_missing",
         _lt("%(where)s: the SIRET is missing (VAT number for another country of the Union, RIDET "
             "or TAHITI number overseas)."),
         _lt("Fill in the number %(of)s.")),
    Rule("document_siret_invalid",
         _lt("%(where)s: “%(value)s” is not a SIRET: 14 digits are needed."),
         _lt("Correct the SIRET %(of)s.")),
    Rule("document_vat_number_missing",
         _lt("%(where)s: the VAT number is compulsory for VAT of category %(category)s."),
         _lt("Fill in the VAT number %(of)s, or change the taxes of the lines.")),
    Rule("document_vat_number_invalid",
         _lt("%(where)s: “%(value)s” is not a VAT number: it begins with the two letters of the "
             "country."),
         _lt("Correct the VAT number %(of)s, or type / when there is none.")),
    Rule("document_iban_missing",
         _lt("The invoice is to be paid by transfer and names no bank account."),
         _lt("Choose the Recipient Bank of the invoice.")),
    Rule("document_iban_invalid",
         _lt("The bank account “%(iban)s” is not an IBAN: Chorus Pro pays to an IBAN only."),
         _lt("Correct the account, or choose another Recipient Bank.")),
    Rule("document_due_date_missing", _lt("The invoice has no due date."),
         _lt("Fill in the due date or payment terms.")),
    Rule("document_lines_missing", _lt("The invoice has no line."), _lt("Add a line.")),
    Rule("document_line_id_repeated", _lt("%(where)s: its number is used twice."),
         _lt("Renumber its lines.")),
    Rule("document_unit_missing", _lt("%(where)s: the unit of measure is missing."),
         _lt("Choose a unit of measure.")),
    Rule("document_line_mismatch",
         _lt("%(where)s: quantity times price gives %(expected)s, the line says %(amount)s."),
         _lt("Correct the line.")),
    Rule("document_precision",
         _lt("%(where)s: %(amount)s has more than two decimals, which Chorus Pro refuses."),
         _lt("Use a currency with two decimals at most.")),
    Rule("document_amount_too_large",
         _lt("%(where)s: %(amount)s has more digits than Chorus Pro keeps."),
         _lt("Split the invoice.")),
    Rule("document_rate_decimals",
         _lt("A tax is at %(rate)s %%: Chorus Pro keeps %(decimals)s decimals of a rate."),
         _lt("Correct the rate of the tax."), place="invoice_line_ids"),
    Rule("document_not_finite", _lt("%(where)s: %(amount)s is not a number."),
         _lt("Correct the amount.")),
    Rule("document_negative", _lt("%(where)s: %(amount)s cannot be negative."),
         _lt("Correct the amount.")),
    Rule("document_reason_missing", _lt("%(where)s: its reason is missing."),
         _lt("Give a label to the tax.")),
    Rule("document_vat_repeated",
         _lt("VAT of category %(category)s at %(rate)s %% is totalled twice."),
         _lt("Check the taxes of the lines.")),
    Rule("document_vat_base_mismatch",
         _lt("The lines with VAT of category %(category)s at %(rate)s %% add up to %(expected)s, "
             "not to %(amount)s."),
         _lt("Check the taxes of the lines.")),
    Rule("document_vat_amount_mismatch",
         _lt("VAT at %(rate)s %% of %(base)s is %(expected)s, the invoice says %(amount)s."),
         _lt("Check the taxes, and any tax amount typed by hand.")),
    Rule("document_vat_rate_invalid",
         _lt("A tax at %(rate)s %% has the VAT category %(category)s, which does not match this "
             "rate."),
         _lt("Correct the Tax Category Code of the tax.")),
    Rule("document_vat_rate_not_french",
         _lt("The invoice charges VAT at %(rate)s %%, a rate that France does not have: Chorus Pro "
             "refuses it."),
         _lt("Choose a French VAT on its lines.")),
    Rule("document_vat_mixed", _lt("The invoice mixes lines outside VAT (category O) with others."),
         _lt("Put them on a separate invoice, or give their tax the category E with its reason.")),
    Rule("document_exemption_reason_missing",
         _lt("The invoice does not say why no VAT is due (category %(category)s)."),
         _lt("Fill in the legal notes or the exemption reason of the tax.")),
    Rule("document_total_mismatch",
         _lt("The totals of the invoice do not add up: %(expected)s was expected, %(amount)s "
             "found."),
         _lt("Check its lines.")),
    Rule("document_file_empty", _lt("The file “%(name)s” is empty."),
         _lt("Remove it, or attach it again.")),
    Rule("document_file_too_large",
         _lt("The file “%(name)s” weighs %(size)s MB: Chorus Pro accepts %(limit)s MB."),
         _lt("Reduce it or remove it.")),
    Rule("document_files_too_large",
         _lt("The invoice and its files weigh %(size)s MB together: Chorus Pro accepts %(limit)s "
             "MB."),
         _lt("Remove some.")),
    Rule("document_extension_missing", _lt("The file “%(name)s” has no extension, such as .pdf."),
         _lt("Rename it and attach it again.")),
    Rule("document_extension_refused",
         _lt("Chorus Pro does not accept .%(extension)s files: “%(name)s”."),
         _lt("Convert it, for example to PDF, or remove it.")),
    Rule("document_file_is_invoice",
         _lt("The file “%(name)s” is an invoice itself, and a Factur-X file carries one only: its "
             "recipient could read the wrong one."),
         _lt("Remove it from the files for Chorus Pro, or send the invoice as PDF.")),
    Rule("document_not_for_xml",
         _lt("An XML invoice can carry only PDF, PNG, JPEG, CSV, XLSX and ODS files, not "
             "“%(name)s”."),
         _lt("Convert it, or send the invoice as Factur-X or PDF.")),
    Rule("document_impossible", _lt("No document can be made from this invoice: %(reason)s"),
         _lt("Correct it, or send it in PDF format."), place="chorus_pro_format"),
    Rule("document_framework",
         _lt("The billing framework %(framework)s exists in PDF format only."),
         _lt("Choose PDF as Document Format."), place="chorus_pro_format"),
    Rule("document_tax_category",
         _lt("The tax %(tax)s has a category of VAT that France does not have."),
         _lt("Choose another Tax Category Code on the tax."), place="invoice_line_ids"),
    Rule("document_several_taxes",
         _lt("The line “%(line)s” bears %(taxes)s: Chorus Pro accepts one VAT rate per line, as a "
             "percentage."),
         _lt("Leave one VAT on it. Money held back (retention) can be a negative percentage; "
             "better, choose payment terms in two parts."),
         place="invoice_line_ids"),
    Rule("document_retention_in_vat",
         _lt("The tax %(tax)s is held back before VAT and lowers it, but VAT is due on the whole "
             "amount."),
         _lt("Untick “Affect Base of Subsequent Taxes” on this tax; better, replace it by payment "
             "terms in two parts."),
         place="invoice_line_ids"),
    Rule("document_vat_total",
         _lt("The VAT of this invoice cannot be declared to Chorus Pro: by rate, it does not add "
             "up to the total."),
         _lt("Check the taxes of its lines."), place="invoice_line_ids"),
    Rule("document_schema",
         _lt("The document of the invoice does not follow the official schema, for an unexpected "
             "reason: %(reason)s"),
         _lt("Send the invoice in PDF format, and inform your Odoo administrator."),
         place="chorus_pro_format"),
)
PDF_RULES = (
    Rule("pdf_missing", _lt("The PDF of the invoice could not be made."),
         _lt("Print the invoice to see why.")),
    Rule("pdf_empty", _lt("The PDF of the invoice is empty."),
         _lt("Delete it and print the invoice again.")),
    Rule("pdf_invalid", _lt("The archived document is not a PDF."),
         _lt("Delete it and print the invoice again.")),
    Rule("pdf_encrypted",
         _lt("The PDF of the invoice is encrypted: Chorus Pro accepts only a PDF without a "
             "password."),
         _lt("Replace it with one that has no password.")),
    Rule("pdf_no_page", _lt("The PDF of the invoice has no page."),
         _lt("Delete it and print the invoice again.")),
    Rule("pdf_damaged", _lt("The PDF of the invoice is damaged."),
         _lt("Delete it and print the invoice again.")),
    Rule("pdf_excessive",
         _lt("The PDF is not an ordinary invoice: it has too many files or pages, or unpacks to "
             "too much data."),
         _lt("Delete it and print the invoice again.")),
    Rule("pdf_signed",
         _lt("The PDF of the invoice is signed: the data put into it would break the signature."),
         _lt("Send it in PDF format.")),
    Rule("pdf_too_large", _lt("The PDF weighs %(size)s bytes: Chorus Pro accepts %(limit)s."),
         _lt("Reduce its pictures, then print the invoice again.")),
)
RULES = {rule.id: rule for rule in (*INVOICE_RULES, *DOCUMENT_RULES, *PDF_RULES)}
# For a code that a later version of the client has and this list lacks.
UNKNOWN_RULE = Rule(
    "unknown",
    _lt("Chorus Pro would refuse this invoice (rule %(code)s)."),
    _lt("Correct the invoice."),
)
# By field of the client's problem, where its rule gives no place on the invoice.
PLACES = {
    "service_code": "buyer_reference",
    "engagement_number": "purchase_order_reference",
    "contract_number": "contract_reference",
}
LABELS = {
    "service_code": _lt("Service Code"),
    "engagement_number": _lt("Engagement Number"),
    "contract_number": _lt("Contract Number"),
    "original_number": _lt("Number of the corrected invoice"),
}


def finding(rule_id, severity="", place="", **params):
    """A :class:`Finding` of the rule with this id."""
    return Finding(RULES[rule_id], params, severity, place)


def finding_of(problem, severity=""):
    """The :class:`Finding` for a :class:`Problem` of the client, with its own severity unless
    another is given."""
    place, label = PLACES.get(problem.field, ""), LABELS.get(problem.field, problem.field)
    params = {"code": problem.code, "field": label, **problem.params}
    rule = RULES.get(problem.code, UNKNOWN_RULE)
    return Finding(rule, params, severity or problem.severity, "" if rule.place else place)


def problem_sentences(env, problems):
    """What is wrong and what to do about these problems of the client, one per line."""
    return "\n".join(finding_of(problem).text(env) for problem in problems)
