# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Problems of an invoice found before it is sent, as codes: no network, no translation.

Every check takes plain data and gives a tuple of Problem, empty when all is well. PROBLEMS is the
table of all codes, with the field they are about and how bad they are.
"""

import re
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal

from . import limits
from .messages import BillingFramework, InvoiceSubmission, InvoiceType, MessageError, VatRegime
from .messages.writing import unseen_characters

BLOCKING = "blocking"  # Chorus Pro would refuse, or the law of the message forbids it
WARNING = "warning"  # may be right: shown, and sent

# code: (field, severity)
PROBLEMS = {
    "number_missing": ("number", BLOCKING),
    "number_too_long": ("number", BLOCKING),
    "number_characters": ("number", BLOCKING),
    # AIFE says it of numbers typed in the portal; of the API it is to be confirmed.
    "number_is_date": ("number", WARNING),
    "date_missing": ("invoice_date", BLOCKING),
    "date_in_future": ("invoice_date", WARNING),
    "siret_missing": ("recipient_siret", BLOCKING),
    "siret_invalid": ("recipient_siret", BLOCKING),
    "siret_is_siren": ("recipient_siret", BLOCKING),
    # The SIRETs of the qualification data set are fictive, and many fail (AIFE documentation).
    "siret_checksum": ("recipient_siret", WARNING),
    "recipient_unknown": ("recipient_siret", BLOCKING),
    "recipient_inactive": ("recipient_siret", BLOCKING),
    "recipient_ambiguous": ("recipient_siret", BLOCKING),
    "recipient_works_owner_only": ("recipient_siret", WARNING),
    "service_required": ("service_code", BLOCKING),
    "service_or_engagement_required": ("service_code", BLOCKING),
    "service_unknown": ("service_code", BLOCKING),
    "service_inactive": ("service_code", BLOCKING),
    "service_reserved": ("service_code", BLOCKING),
    "service_too_long": ("service_code", BLOCKING),
    "service_characters": ("service_code", WARNING),  # its source is one client
    "engagement_required": ("engagement_number", BLOCKING),
    "commitment_unknown": ("engagement_number", WARNING),
    "reference_too_long": ("", BLOCKING),  # the field is the reference
    "reference_characters": ("", BLOCKING),  # as above
    "original_missing": ("original_number", WARNING),
    # A posted invoice cannot be renamed: its number is quoted in the comment, or in a note.
    "original_left_out": ("original_number", WARNING),
    "supplier_missing": ("supplier_id", BLOCKING),
    "validator_required": ("validator_identifier", BLOCKING),
    "exemption_reason_required": ("exemption_reason", BLOCKING),
    "currency_unsupported": ("currency", BLOCKING),
    "amount_precision": ("totals", BLOCKING),
    "totals_mismatch": ("totals", BLOCKING),
    "payable_too_high": ("totals", WARNING),
    "vat_mismatch": ("vat_lines", BLOCKING),
    "comment_cut": ("comment", WARNING),
    "field_invalid": ("", BLOCKING),  # the field and the rule are those of MessageError
    "pdf_missing": ("pdf", BLOCKING),
    "pdf_empty": ("pdf", BLOCKING),
    "pdf_too_large": ("pdf", BLOCKING),
    "pdf_invalid": ("pdf", BLOCKING),
}

# The rows of limits.LIMITS, by field of the submission.
LIMITS = InvoiceSubmission.limits()
CENT = Decimal("0.01")
EURO = "EUR"
LA_POSTE = "356000000"
# Reserved to invoices between public bodies: it gets other suppliers' invoices refused (observed
# by clients).
RESERVED_SERVICE = "FACTURES_PUBLIQUES"


@dataclass(frozen=True)
class Problem:
    """One thing to correct. ``params`` fill the sentence made from ``code``."""

    code: str
    field: str
    severity: str
    params: dict = field(default_factory=dict)

    @property
    def blocking(self):
        return self.severity == BLOCKING


def blocking(problems):
    """Those of these problems, or of anything else with a ``blocking``, that block: a list. The
    others are only shown."""
    return [problem for problem in problems if problem.blocking]


def _problem(code, field_name=None, **params):
    field_, severity = PROBLEMS[code]
    return Problem(code, field_name or field_, severity, params)


def check_number(number):
    """The invoice's number: at most 20 characters among A-Z a-z 0-9 - _ / +, and no date."""
    if not number:
        return (_problem("number_missing"),)
    found = []
    length, limit = len(number), LIMITS["number"].length
    if length > limit:
        found.append(_problem("number_too_long", number=number, length=length, limit=limit))
    if strange := _strange(number, limits.INVOICE_NUMBER):
        found.append(_problem("number_characters", number=number, characters=strange))
    if _is_date(number):
        found.append(_problem("number_is_date", number=number))
    return tuple(found)


def _strange(text, allowed):
    """The characters of a text that a pattern does not allow, each once; by their numbers in
    Unicode where nobody sees them."""
    strange = dict.fromkeys(allowed.sub("", text))
    return "".join("".join(unseen_characters(each)) or each for each in strange)


def _is_date(number):
    """Whether it is a day and nothing else, the year first or last: 20260305, 05/03/2026."""
    digits = re.sub(r"[-_/]", "", number)
    if not re.fullmatch(r"[0-9]{8}", digits):
        return False
    for pattern, first, last in (("%Y%m%d", 1000, 2999), ("%d%m%Y", 1900, 2199)):
        with suppress(ValueError):
            if first <= datetime.strptime(digits, pattern).year <= last:
                return True
    return False


def normalise_siret(text):
    """The text without the spaces, points and dashes that people put between groups of digits."""
    return re.sub(r"[\s.\-]", "", text or "")


def check_siret(text):
    """A SIRET has 14 digits; a wrong check digit is only a warning."""
    siret = normalise_siret(text)
    if not siret:
        return (_problem("siret_missing"),)
    if re.fullmatch(r"[0-9]{9}", siret):
        return (_problem("siret_is_siren", siret=siret),)
    if not re.fullmatch(r"[0-9]{14}", siret):
        return (_problem("siret_invalid", siret=siret),)
    if not has_valid_checksum(siret):
        return (_problem("siret_checksum", siret=siret),)
    return ()


def has_valid_checksum(siret):
    """Luhn's rule for 14 digits; branches of La Poste may follow a plain sum divisible by 5."""
    total = 0
    for position, digit in enumerate(reversed(siret)):
        value = int(digit) * (2 if position % 2 else 1)
        total += value - 9 if value > 9 else value
    if total % 10 == 0:
        return True
    return siret.startswith(LA_POSTE) and sum(map(int, siret)) % 5 == 0


def check_recipient(structures):
    """The structures found for the recipient's SIRET (StructureSummary): exactly one, active."""
    if not structures:
        return (_problem("recipient_unknown"),)
    if len(structures) > 1:
        names = ", ".join(structure.name for structure in structures)
        return (_problem("recipient_ambiguous", names=names),)
    if not structures[0].active:
        return (_problem("recipient_inactive", name=structures[0].name),)
    return ()


def check_requirements(requirements, service_code, engagement_number):
    """What the recipient requires. The "either" rule comes first: one of the two is enough.

    :param requirements: anything with service_required, engagement_required and
        service_or_engagement_required, such as StructureDetails
    """
    if requirements.service_or_engagement_required:
        if service_code or engagement_number:
            return ()
        return (_problem("service_or_engagement_required"),)
    found = []
    if requirements.service_required and not service_code:
        found.append(_problem("service_required"))
    if requirements.engagement_required and not engagement_number:
        found.append(_problem("engagement_required"))
    return tuple(found)


def check_service(services, service_code, on=None):
    """The service code, if any, is that of an open service of the recipient (Service).

    :param on: the day on which it must be valid, or None
    """
    if not service_code:
        return ()
    if service_code == RESERVED_SERVICE:
        return (_problem("service_reserved", service=service_code),)
    known = [service for service in services if service.code == service_code]
    if not known:
        return (_problem("service_unknown", service=service_code),)
    if not any(_is_open(service, on) for service in known):
        return (_problem("service_inactive", service=service_code),)
    return ()


def _is_open(service, on):
    if not service.active:
        return False
    return on is None or (service.valid_from or on) <= on <= (service.valid_until or on)


def check_pdf(size, head):
    """The file to deposit.

    :param size: in bytes, None when there is no file
    :param head: its first bytes
    """
    if size is None:
        return (_problem("pdf_missing"),)
    if not size:
        return (_problem("pdf_empty"),)
    found = []
    if bytes(head[:5]) != b"%PDF-":
        found.append(_problem("pdf_invalid"))
    if size > limits.MAX_PDF_BYTES:
        found.append(_problem("pdf_too_large", size=size, limit=limits.MAX_PDF_BYTES))
    return tuple(found)


def check_totals(totals, vat_lines):
    """The amounts agree to the cent.

    untaxed + tax = total; the VAT lines add up to the tax and to the untaxed amount. The payable
    amount may be less than the total (instalments paid); more is only a warning.
    """
    amounts = (totals.untaxed, totals.tax, totals.total, totals.payable)
    lines = [amount for line in vat_lines for amount in (line.base, line.amount)]
    if not all(map(_is_sendable, (*amounts, *lines))):
        return (_problem("amount_precision"),)
    found = []
    expected = totals.untaxed + totals.tax
    if not _same(expected, totals.total):
        found.append(_problem("totals_mismatch", expected=expected, total=totals.total))
    if vat_lines or totals.tax:
        base = sum((line.base for line in vat_lines), Decimal(0))
        tax = sum((line.amount for line in vat_lines), Decimal(0))
        if not _same(base, totals.untaxed) or not _same(tax, totals.tax):
            sums = {"base": base, "untaxed": totals.untaxed, "tax": tax, "total_tax": totals.tax}
            found.append(_problem("vat_mismatch", **sums))
    if abs(totals.payable) > abs(totals.total):
        found.append(_problem("payable_too_high", payable=totals.payable, total=totals.total))
    return tuple(found)


def _same(one, other):
    return abs(one - other) < CENT


def _is_sendable(value):
    return (
        isinstance(value, (Decimal, int))
        and Decimal(value).is_finite()
        and Decimal(value).adjusted() < limits.AMOUNT_INTEGER_DIGITS
        and round(Decimal(value), limits.AMOUNT_DECIMALS) == value
    )


def check_currency(currency, listed=()):
    """The currency (code of ISO 4217) is the euro, or one that the platform lists.

    :param listed: codes, see ChorusProClient.currencies; without them only the euro is safe
    """
    code = currency or ""
    if limits.CURRENCY.fullmatch(code) and (code == EURO or code in listed):
        return ()
    return (_problem("currency_unsupported", currency=code),)


def check_references(*, service_code, engagement_number, contract_number, original_number=None):
    """References (text or None) are not longer than Chorus Pro accepts, in any format; they hold no
    character that nobody sees, and the service code none that it refuses. The number of an earlier
    invoice that does not fit is a warning: it is quoted in words."""
    references = {
        "service_code": service_code or "",
        "engagement_number": engagement_number or "",
        "contract_number": contract_number or "",
    }
    found = [
        _problem("reference_characters", name, characters=", ".join(unseen))
        for name, value in references.items()
        if (unseen := unseen_characters(value))
    ]
    for name, value in references.items():
        length, limit = len(value), LIMITS[name].length
        if length > limit:
            code = "service_too_long" if name == "service_code" else "reference_too_long"
            found.append(_problem(code, name, length=length, limit=limit))
    strange = _strange(service_code or "", limits.SERVICE_CODE)
    if strange and not unseen_characters(service_code):
        found.append(_problem("service_characters", service=service_code, characters=strange))
    original = LIMITS["original_number"]
    if original_number and not original.holds(original_number):
        found.append(_problem("original_left_out", number=original_number, limit=original.length))
    return tuple(found)


def check_comment(comment):
    """The comment (text or None) is kept whole; else Chorus Pro gets its beginning."""
    length, limit = len(comment or ""), LIMITS["comment"].length
    return (_problem("comment_cut", length=length, limit=limit),) if length > limit else ()


def check_submission(submission, *, today=None, currencies=()):
    """All problems of an InvoiceSubmission that are found without asking the platform. A text that
    may be cut blocks unless it was cut before (see messages.writing.fitted).

    Its PDF need not be deposited yet: main_attachment_id is not checked. The message can be sent
    unless a problem is blocking.

    :param today: a date, to find invoices dated in the future; or None
    :param currencies: see check_currency
    """
    found = [*check_number(submission.number)]
    if not isinstance(submission.invoice_date, date):
        found.append(_problem("date_missing"))
    elif today and submission.invoice_date > today:
        found.append(_problem("date_in_future", date=submission.invoice_date))
    found += check_siret(submission.recipient_siret)
    if not submission.supplier_id:
        found.append(_problem("supplier_missing"))
    found += check_currency(submission.currency, currencies)
    framework = submission.billing_framework
    if BillingFramework(framework).needs_validator and not submission.validator_identifier:
        found.append(_problem("validator_required"))
    if submission.vat_regime == VatRegime.EXEMPT and not submission.exemption_reason:
        found.append(_problem("exemption_reason_required"))
    if submission.invoice_type == InvoiceType.CREDIT_NOTE and not submission.original_number:
        found.append(_problem("original_missing"))
    names = ("service_code", "engagement_number", "contract_number", "original_number")
    found += check_references(**{name: getattr(submission, name) for name in names})
    found += check_totals(submission.totals, submission.vat_lines)
    found += _check_message(submission, {problem.field for problem in blocking(found)})
    return tuple(found)


def _check_message(submission, known_fields):
    """What would still block the message, so that nothing is found too late."""
    try:
        replace(submission, main_attachment_id="1").to_json()
    except MessageError as error:
        if error.field not in known_fields:
            return (_problem("field_invalid", error.field, rule=error.rule, limit=error.limit),)
    return ()
