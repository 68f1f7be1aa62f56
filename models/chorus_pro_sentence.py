# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What people read when something is wrong: for each code the cause, then the remedy.

The client (``choruspro``) translates nothing: it gives codes and facts. Here each code becomes a
sentence in the reader's language.
"""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

ERROR_SENTENCES = {
    "insecure_url": _lt(
        "The address of Chorus Pro starts with http: passwords would travel unprotected. "
        "Use an address that starts with https."
    ),
    "invalid_url": _lt(
        "An address of Chorus Pro is missing or is not a web address. Correct the Token URL and "
        "the API URL of the connection."
    ),
    "endpoint_not_found": _lt(
        "Nothing answers at the address of Chorus Pro. Check the environment and the addresses "
        "of the connection."
    ),
    "redirected": _lt(
        "The server answers with a redirection instead of Chorus Pro. Check the addresses of the "
        "connection, and the proxy."
    ),
    "token_refused": _lt(
        "PISTE refuses to give a token to this application. Check on the PISTE portal that the "
        "application is active."
    ),
    "tls_untrusted": _lt(
        "The certificate of the server is not trusted. Nothing was sent. Check the addresses and "
        "the proxy."
    ),
    "ca_bundle_unreadable": _lt("The file of trusted authorities cannot be read. Replace it."),
    "proxy_refused": _lt(
        "The proxy does not let the call through. Ask who runs your network to open the way to "
        "Chorus Pro."
    ),
    "invalid_proxy": _lt("The address of the proxy is not valid. Correct it."),
    "certificate_unreadable": _lt(
        "The certificate file cannot be read. Give the whole .p12 (or .pfx) file, as it was "
        "exported with its private key."
    ),
    "certificate_password": _lt(
        "The password of the certificate file is missing or wrong. Type the one chosen when the "
        ".p12 file was exported."
    ),
    "certificate_without_key": _lt(
        "The certificate file lacks the private key. Export it again with its key, as .p12."
    ),
    "certificate_key_mismatch": _lt(
        "The private key in the file is not that of its certificate. Export both again, as one "
        ".p12 file."
    ),
    "certificate_expired": _lt(
        "The client certificate has expired. Renew it at your certification authority, declare "
        "the new one, and put its file here."
    ),
    "certificate_not_yet_valid": _lt(
        "The client certificate is not valid yet. Wait for its first day, or put the former one "
        "back."
    ),
    "certificate_refused": _lt(
        "The gateway does not accept the client certificate. Check that it is declared there, and "
        "that its file holds the authorities that signed it."
    ),
    "invalid_client": _lt(
        "PISTE does not know this Client ID and Client Secret. Copy them again from your PISTE "
        "application (tab Authentication, OAuth Credentials), for the right environment: sandbox "
        "keys serve qualification only."
    ),
    "technical_account": _lt(
        "Chorus Pro does not accept the technical account. Check its login and its password: the "
        "password expires after 424 days, and a new account works about 30 minutes after its "
        "creation."
    ),
    "api_not_authorised": _lt(
        "Your PISTE application has no right to this API. On the PISTE portal, accept the terms "
        "of use of the APIs Factures, Structures, Transverses and Utilisateurs, for this "
        "environment, and subscribe your application to them."
    ),
    "refused": _lt("Chorus Pro refused: correct the invoice or the settings, then send again."),
    "duplicate": _lt("Chorus Pro already has an invoice with this number from your structure."),
    "flow_unknown": _lt("Chorus Pro does not know this flow yet."),
    "too_large": _lt(
        "The file is larger than Chorus Pro accepts (10 MB). Reduce the PDF, for example its "
        "pictures, then send again."
    ),
    "rate_limited": _lt("Chorus Pro asks to wait. The next try is planned."),
    "connection_failed": _lt(
        "Chorus Pro cannot be reached. Nothing was sent. The next try is planned."
    ),
    "answer_lost": _lt(
        "The connection to Chorus Pro broke before its answer came. It will be asked again."
    ),
    "answer_timeout": _lt("Chorus Pro did not answer in time. It will be asked again."),
    "server_error": _lt("Chorus Pro is out of order for the moment. It will be asked again."),
    "unreadable_answer": _lt(
        "Chorus Pro gave an answer that cannot be read, such as a maintenance page. It will be "
        "asked again."
    ),
    "incomplete_answer": _lt("Chorus Pro gave half an answer. It will be asked again."),
    "page_missing": _lt("Chorus Pro gave an incomplete list. It will be asked again."),
    "window_overflow": _lt(
        "Chorus Pro gives more changes than can be listed at once. Ask Chorus Pro's support to "
        "raise the number of results of a search."
    ),
}
UNKNOWN_ERROR = _lt("Chorus Pro answered with an error that this version does not know.")

PROBLEM_SENTENCES = {
    "number_missing": _lt("The invoice has no number. Confirm it first."),
    "number_too_long": _lt(
        "The invoice number %(number)s has %(length)s characters: Chorus Pro accepts %(limit)s. "
        "Shorten the sequence of the sales journal."
    ),
    "number_characters": _lt(
        "The invoice number %(number)s holds “%(characters)s”, which Chorus Pro refuses: only "
        "letters without accents, digits and - _ / + are accepted. Change the sequence of the "
        "sales journal."
    ),
    "date_missing": _lt("The invoice has no date. Fill in the invoice date."),
    "date_in_future": _lt("The invoice is dated in the future (%(date)s)."),
    "siret_missing": _lt(
        "The customer has no SIRET. Fill in its 14 digits in the field SIRET of the customer."
    ),
    "siret_invalid": _lt(
        "“%(siret)s” is not a SIRET: 14 digits are needed. Correct the field SIRET of the customer."
    ),
    "siret_is_siren": _lt(
        "“%(siret)s” is a SIREN (9 digits): Chorus Pro needs the SIRET (14 digits) of the "
        "establishment. Complete the field SIRET of the customer."
    ),
    "siret_checksum": _lt(
        "The SIRET %(siret)s has a typing error: its check digit is wrong. Correct the field "
        "SIRET of the customer."
    ),
    "recipient_unknown": _lt(
        "Chorus Pro knows no structure with the SIRET of this customer. Check the SIRET, or ask "
        "the customer which establishment receives the invoices."
    ),
    "recipient_inactive": _lt(
        "%(name)s is closed at Chorus Pro. Ask the customer for the SIRET that receives the "
        "invoices."
    ),
    "recipient_ambiguous": _lt(
        "Chorus Pro knows several structures with this SIRET (%(names)s). Ask the customer which "
        "one receives the invoices."
    ),
    "recipient_works_owner_only": _lt(
        "This customer receives works invoices only: it cannot receive this one."
    ),
    "service_required": _lt(
        "This customer demands a service code. Ask the customer for it, and fill in the Service "
        "Code of the invoice."
    ),
    "service_or_engagement_required": _lt(
        "This customer demands a service code or an engagement number. Fill in one of the two on "
        "the invoice."
    ),
    "service_unknown": _lt(
        "The customer has no service %(service)s at Chorus Pro. Correct the Service Code of the "
        "invoice."
    ),
    "service_inactive": _lt(
        "The service %(service)s of the customer is closed at Chorus Pro. Ask the customer for the "
        "current one, and correct the Service Code of the invoice."
    ),
    "service_reserved": _lt(
        "The service %(service)s is reserved to invoices between public bodies. Choose another "
        "Service Code."
    ),
    "service_too_long": _lt(
        "The Service Code has %(length)s characters: Chorus Pro accepts %(limit)s. Correct it."
    ),
    "engagement_required": _lt(
        "This customer demands an engagement number. Ask the customer for it, and fill in the "
        "Engagement Number of the invoice."
    ),
    "commitment_unknown": _lt(
        "Chorus Pro knows no order with the engagement number %(number)s for your structure. Not "
        "every public body registers its orders there: check the number with the customer."
    ),
    "reference_too_long": _lt(
        "%(field)s has %(length)s characters: Chorus Pro accepts %(limit)s. Shorten it."
    ),
    "original_missing": _lt("This credit note does not say which invoice it corrects."),
    "supplier_missing": _lt("Your structure is not known. Test the Chorus Pro connection."),
    "validator_required": _lt("This billing framework needs the SIRET of the validator."),
    "exemption_reason_required": _lt(
        "This invoice is exempt from VAT without saying why. Fill in the legal notes of its tax."
    ),
    "currency_unsupported": _lt(
        "The invoice is in %(currency)s, which Chorus Pro does not list among its currencies. Make "
        "it in euro."
    ),
    "amount_precision": _lt("An amount of the invoice is too large or has too many decimals."),
    "totals_mismatch": _lt(
        "The totals of the invoice do not add up: %(expected)s was expected, %(total)s found. "
        "Check its lines."
    ),
    "payable_too_high": _lt("More is to be paid (%(payable)s) than the total (%(total)s)."),
    "vat_mismatch": _lt(
        "The VAT by rate (%(tax)s) does not add up to the VAT of the invoice (%(total_tax)s). "
        "Check the taxes of its lines."
    ),
    "comment_too_long": _lt(
        "The comment has %(length)s characters: Chorus Pro accepts %(limit)s. Shorten it."
    ),
    "field_invalid": _lt("Chorus Pro does not accept the value of %(field)s. Correct it."),
    "pdf_missing": _lt("The PDF of the invoice could not be made. Print the invoice to see why."),
    "pdf_empty": _lt("The PDF of the invoice is empty. Delete it and print the invoice again."),
    "pdf_too_large": _lt(
        "The PDF weighs %(size)s bytes: Chorus Pro accepts %(limit)s. Reduce its pictures, then "
        "print the invoice again."
    ),
    "pdf_invalid": _lt(
        "The archived document is not a PDF. Delete it and print the invoice again."
    ),
}
FIELD_LABELS = {
    "engagement_number": _lt("Engagement Number"),
    "contract_number": _lt("Contract Number"),
    "original_number": _lt("Number of the corrected invoice"),
}
UNKNOWN_PROBLEM = _lt("Chorus Pro would refuse this invoice (rule %(code)s).")


def error_sentence(env, error):
    """The sentence for a :class:`ChorusProError`, in ``env``'s language, with what was said."""
    sentence = env._(ERROR_SENTENCES.get(error.code, UNKNOWN_ERROR))
    if error.label and error.code in ("refused", "duplicate", "api_not_authorised"):
        return env._(
            "%(sentence)s Chorus Pro says: “%(label)s”.", sentence=sentence, label=error.label
        )
    return sentence


def problem_sentence(env, problem):
    """The sentence for a :class:`Problem` found by the checks, in ``env``'s language."""
    field = FIELD_LABELS.get(problem.field)
    params = {"code": problem.code, "field": env._(field) if field else problem.field}
    params |= problem.params
    template = env._(PROBLEM_SENTENCES.get(problem.code, UNKNOWN_PROBLEM))
    return template % params


def problem_sentences(env, problems):
    """The sentences of several problems, one a line."""
    return "\n".join(problem_sentence(env, problem) for problem in problems)
