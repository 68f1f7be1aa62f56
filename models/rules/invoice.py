# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Rules of an invoice in every format: the codes of ``choruspro.checks``, and what only Odoo
knows."""

from odoo.tools import LazyTranslate

from .rule import WARNING, Rule

_lt = LazyTranslate(__name__)

CUSTOMER_SIRET = "commercial_partner_id.company_registry"

INVOICE_RULES = (
    # Whether it goes to Chorus Pro at all
    Rule(
        "not_customer_invoice",
        _lt("Only customer invoices and credit notes go to Chorus Pro, not receipts or bills."),
        _lt("Send it by other means."),
    ),
    Rule(
        "not_confirmed",
        _lt("Only confirmed invoices go to Chorus Pro, and this one is a draft."),
        _lt("Confirm it first."),
    ),
    Rule(
        "cancelled",
        _lt("It is cancelled."),
        _lt("Make another invoice."),
    ),
    Rule(
        "already_there",
        _lt("It is already at Chorus Pro, or on its way there."),
        _lt("Follow it there; to correct it, make a credit note."),
    ),
    Rule(
        "other_channel",
        _lt("It goes by %(channel)s too: the recipient would get it twice."),
        _lt("Choose one of the two."),
    ),
    Rule(
        "customer_abroad",
        _lt("Its customer is not in France: Chorus Pro is for French bodies."),
        _lt("Choose another sending method, or correct the country of the customer."),
        place="commercial_partner_id.country_id",
    ),
    Rule(
        "other_method",
        _lt("Its customer does not receive invoices by Chorus Pro."),
        _lt("Choose this sending method on the customer if it should."),
        place="commercial_partner_id.invoice_sending_method",
    ),
    Rule(
        "refused_before",
        _lt("It was refused earlier: %(reason)s"),
        _lt("Correct it, then send it again."),
    ),
    Rule(
        "connection_missing",
        _lt("The company %(company)s has no Chorus Pro connection in use."),
        _lt(
            "An administrator adds one in Invoicing, Configuration, Chorus Pro, Set-up Guide."
        ),
    ),
    Rule(
        "connection_incomplete",
        _lt("The Chorus Pro connection is not complete."),
        _lt("An administrator fills in: %(missing)s."),
    ),
    # Number and date
    Rule(
        "number_missing",
        _lt("The invoice has no number."),
        _lt("Confirm it first."),
    ),
    Rule(
        "number_too_long",
        _lt(
            "The invoice number %(number)s has %(length)s characters: Chorus Pro accepts %(limit)s."
        ),
        _lt("Shorten the sequence of the sales journal."),
        place="journal_id.code",
    ),
    Rule(
        "number_characters",
        _lt(
            "The invoice number %(number)s holds “%(characters)s”, which Chorus Pro refuses: only "
            "letters without accents, digits and - _ / + are accepted."
        ),
        _lt("Change the sequence of the sales journal."),
        place="journal_id.code",
    ),
    Rule(
        "date_missing",
        _lt("The invoice has no date."),
        _lt("Fill in the invoice date."),
        place="invoice_date",
    ),
    Rule(
        "date_in_future",
        _lt("The invoice is dated in the future (%(date)s)."),
        _lt("Correct the invoice date if this is a mistake."),
        place="invoice_date",
        severity=WARNING,
    ),
    Rule(
        "original_missing",
        _lt("This credit note does not say which invoice it corrects."),
        _lt("Make it from the invoice itself (Credit Note) for the recipient to find its way."),
        severity=WARNING,
    ),
    # The recipient
    Rule(
        "siret_missing",
        _lt("The customer has no SIRET."),
        _lt("Fill in its 14 digits in the field SIRET of the customer."),
        place=CUSTOMER_SIRET,
    ),
    Rule(
        "siret_invalid",
        _lt("“%(siret)s” is not a SIRET: 14 digits are needed."),
        _lt("Correct the field SIRET of the customer."),
        place=CUSTOMER_SIRET,
    ),
    Rule(
        "siret_is_siren",
        _lt(
            "“%(siret)s” is a SIREN (9 digits): Chorus Pro needs the SIRET (14 digits) of the "
            "establishment."
        ),
        _lt("Complete the field SIRET of the customer."),
        place=CUSTOMER_SIRET,
    ),
    Rule(
        "siret_checksum",
        _lt("The SIRET %(siret)s seems to have a typing error: its check digit is wrong."),
        _lt("Check the field SIRET of the customer, or ask Chorus Pro with Find in Chorus Pro."),
        place=CUSTOMER_SIRET,
        severity=WARNING,
    ),
    Rule(
        "recipient_unknown",
        _lt("Chorus Pro knows no structure with the SIRET of this customer."),
        _lt("Check the SIRET, or ask the customer which establishment receives the invoices."),
        place=CUSTOMER_SIRET,
    ),
    Rule(
        "recipient_inactive",
        _lt("%(name)s is closed at Chorus Pro."),
        _lt("Ask the customer for the SIRET that receives the invoices."),
        place=CUSTOMER_SIRET,
    ),
    Rule(
        "recipient_ambiguous",
        _lt("Chorus Pro knows several structures with this SIRET (%(names)s)."),
        _lt("Choose the one that receives the invoices, in the Chorus Pro tab of the customer."),
        place="commercial_partner_id.chorus_pro_structure_ids",
    ),
    Rule(
        "recipient_works_owner_only",
        _lt("This customer is declared at Chorus Pro as receiving works invoices only."),
        _lt("Ask the customer for the SIRET that receives the other invoices."),
        place=CUSTOMER_SIRET,
        severity=WARNING,
    ),
    Rule(
        "directory_old",
        _lt("What the customer demands was read at Chorus Pro on %(date)s."),
        _lt("Chorus Pro is asked again before the invoice leaves."),
        place=CUSTOMER_SIRET,
        severity=WARNING,
    ),
    Rule(
        "directory_silent",
        _lt("Chorus Pro could not be asked about the customer: %(reason)s"),
        _lt("Go on with what is known: it is asked again before the invoice leaves."),
        place=CUSTOMER_SIRET,
        severity=WARNING,
    ),
    # What it demands
    Rule(
        "service_required",
        _lt("This customer demands a service code."),
        _lt("Ask the customer for it, and fill in the Service Code of the invoice."),
        place="buyer_reference",
    ),
    Rule(
        "service_or_engagement_required",
        _lt("This customer demands a service code or an engagement number."),
        _lt("Fill in one of the two on the invoice."),
        place="buyer_reference",
    ),
    Rule(
        "service_unknown",
        _lt("The customer has no service %(service)s at Chorus Pro."),
        _lt("Correct the Service Code of the invoice."),
        place="buyer_reference",
    ),
    Rule(
        "service_inactive",
        _lt("The service %(service)s of the customer is closed at Chorus Pro."),
        _lt(
            "Ask the customer for the current one, and correct the Service Code of the invoice."
        ),
        place="buyer_reference",
    ),
    Rule(
        "service_reserved",
        _lt("The service %(service)s is reserved to invoices between public bodies."),
        _lt("Choose another Service Code."),
        place="buyer_reference",
    ),
    Rule(
        "service_too_long",
        _lt("The Service Code has %(length)s characters: Chorus Pro accepts %(limit)s."),
        _lt("Correct it."),
        place="buyer_reference",
    ),
    Rule(
        "service_characters",
        _lt(
            "The Service Code %(service)s holds “%(characters)s”, which Chorus Pro may refuse: its "
            "codes are of letters, digits, spaces, - and _."
        ),
        _lt("Check the Service Code with the customer."),
        place="buyer_reference",
        severity=WARNING,
    ),
    Rule(
        "engagement_required",
        _lt("This customer demands an engagement number."),
        _lt("Ask the customer for it, and fill in the Engagement Number of the invoice."),
        place="purchase_order_reference",
    ),
    Rule(
        "commitment_unknown",
        _lt(
            "Chorus Pro knows no order with the engagement number %(number)s for your structure."
        ),
        _lt(
            "Check the number with the customer: not every public body registers its orders there."
        ),
        place="purchase_order_reference",
        severity=WARNING,
    ),
    Rule(
        "reference_too_long",
        _lt("%(field)s has %(length)s characters: Chorus Pro accepts %(limit)s."),
        _lt("Shorten it."),
    ),
    Rule(
        "reference_characters",
        _lt(
            "%(field)s holds a character that is not shown (%(characters)s), such as a tab pasted "
            "from a spreadsheet: Chorus Pro refuses it."
        ),
        _lt("Delete it and type it again."),
    ),
    # Our side, amounts
    Rule(
        "supplier_missing",
        _lt("Your structure is not known."),
        _lt("Test the Chorus Pro connection."),
    ),
    Rule(
        "validator_required",
        _lt("This billing framework needs the SIRET of the validator."),
        _lt(
            "Choose the contractor who validates the invoice, with a SIRET of 14 digits."
        ),
        place="chorus_pro_validator_id",
    ),
    Rule(
        "bank_account_unknown",
        _lt(
            "The bank account %(account)s is not known as one of those of your structure at "
            "Chorus Pro."
        ),
        _lt(
            "Add it there; if it is there, an administrator tells which one it is on the Chorus "
            "Pro connection."
        ),
        place="partner_bank_id",
        severity=WARNING,
    ),
    Rule(
        "exemption_reason_required",
        _lt("This invoice is exempt from VAT without saying why."),
        _lt("Fill in the legal notes of its tax."),
        place="invoice_line_ids",
    ),
    Rule(
        "currency_unsupported",
        _lt(
            "The invoice is in %(currency)s, which Chorus Pro does not list among its currencies."
        ),
        _lt("Make it in euro."),
        place="currency_id",
    ),
    Rule(
        "amount_precision",
        _lt("An amount of the invoice is too large or has too many decimals."),
        _lt("Correct its lines."),
        place="invoice_line_ids",
    ),
    Rule(
        "totals_mismatch",
        _lt(
            "The totals of the invoice do not add up: %(expected)s was expected, %(total)s found."
        ),
        _lt("Check its lines."),
        place="invoice_line_ids",
    ),
    Rule(
        "payable_too_high",
        _lt("More is to be paid (%(payable)s) than the total (%(total)s)."),
        _lt("Check its lines."),
        place="invoice_line_ids",
        severity=WARNING,
    ),
    Rule(
        "vat_mismatch",
        _lt(
            "The VAT by rate (%(tax)s) does not add up to the VAT of the invoice (%(total_tax)s)."
        ),
        _lt("Check the taxes of its lines."),
        place="invoice_line_ids",
    ),
    Rule(
        "comment_too_long",
        _lt("The comment has %(length)s characters: Chorus Pro accepts %(limit)s."),
        _lt("Shorten it."),
        place="narration",
    ),
    Rule(
        "field_invalid",
        _lt("Chorus Pro does not accept the value of %(field)s."),
        _lt("Correct it."),
    ),
)
