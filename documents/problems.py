# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What would get an invoice refused, found before its document is made: codes, no translation.

Problems of attached files are found in attachments.py. Rules of EN 16931 are named by their number
(BR-…). Amounts are compared to the cent, where the standard often allows one unit of currency.
"""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from .invoice import ZERO, IdentifierType, VatCategory
from .limits import LIMITS
from .pricing import CENT, cents, fits, line_amount
from .text import one_line

# Where French VAT is charged, and its rates, those of Corsica, overseas and former years among them
# (AIFE external specifications, rule G1.24; BR-FR-16).
FRENCH_VAT = frozenset(("FR", "GP", "MQ", "RE", "MC"))
FRENCH_RATES = frozenset(map(Decimal, (
    "0", "0.9", "1.05", "1.75", "2.1", "5.5", "7", "8.5", "9.2", "9.6", "10", "13", "19.6", "20",
    "20.6",
)))  # fmt: skip
# Categories that must give the reason why no VAT is due.
UNTAXED = frozenset(VatCategory) - {VatCategory.STANDARD, VatCategory.ZERO_RATED}
# What the customer's own number or code is for: never cut.
REFERENCES = {"service_code": "BT-10", "contract_number": "BT-12", "engagement_number": "BT-13"}

# code: the sentence, filled with the params; it is translated by its code
PROBLEMS = {
    "number_missing": "the invoice has no number",
    "number_invalid": "{number}: at most {limit} characters among A-Z a-z 0-9 - _ / +",
    "reference_too_long": "{length} characters, at most {limit} are accepted",
    "currency_invalid": "{currency}: not a currency code of three letters",
    "tax_in_euro_missing": "an invoice in {currency} must also give its VAT total in euro",
    "country_missing": "the address has no country of two letters",
    "name_missing": "the name is missing",
    "identifier_missing": "the SIRET, or another identifier, is missing",
    "siret_invalid": "{value}: a SIRET has 14 digits",
    "vat_number_missing": "a VAT number is compulsory for VAT category {category}",
    "vat_number_invalid": "{value}: a VAT number begins with the two letters of its country",
    "iban_missing": "a transfer needs the IBAN of the account to be paid",
    "iban_invalid": "{iban}: not a valid IBAN",
    "due_date_missing": "give a due date or payment terms",
    "lines_missing": "the invoice has no line",
    "line_id_repeated": "line number {id} is used twice",
    "unit_missing": "the unit of measure is missing",
    "line_mismatch": "quantity × price gives {expected}, the line has {amount}",
    "precision": "{amount} has more than two decimals",
    "amount_too_large": "{amount} has too many digits",
    "rate_decimals": "{rate} %: a rate has {decimals} decimals at most",
    "not_finite": "{amount} is not a number",
    "negative": "{amount}: must not be negative",
    "reason_missing": "give the reason, or its code",
    "vat_repeated": "two VAT totals for category {category} at {rate} %",
    "vat_base_mismatch": "lines at {category} {rate} % add up to {expected}, not {amount}",
    "vat_amount_mismatch": "{rate} % of {base} is {expected}, not {amount}",
    "vat_rate_invalid": "{rate} %: not a rate for category {category}",
    "vat_rate_not_french": "{rate} %: France has no such rate of VAT",
    "vat_mixed": "lines outside VAT cannot be mixed with others",
    "exemption_reason_missing": "give the reason why no VAT is due (category {category})",
    "total_mismatch": "expected {expected}, found {amount}",
    "file_empty": "{name} is empty",
    "file_too_large": "{name} has {size} bytes, at most {limit} are accepted",
    "files_too_large": "invoice and attachments have {size} bytes, at most {limit} are accepted",
    "extension_missing": "{name} has no extension",
    "extension_refused": "Chorus Pro does not accept .{extension} files ({name})",
    "file_is_invoice": "{name} is an invoice itself, and a Factur-X file carries one only",
    "not_for_xml": "{name}: an XML invoice carries pdf, png, jpeg, csv, xlsx and ods files only",
}


@dataclass(frozen=True)
class Problem:
    """``field`` is a path in Invoice, such as "lines[2].net_amount", or "attachments[0]"."""

    code: str
    field: str
    params: dict = field(default_factory=dict)

    def __str__(self):
        return f"{self.field}: {PROBLEMS[self.code].format(**self.params)}"


def problem(code, path, **params):
    """A Problem at a path in Invoice."""
    return Problem(code, path, params)


class InvalidInvoice(ValueError):
    """No document can be made of this invoice; ``problems`` are all that is wrong."""

    def __init__(self, number, problems):
        self.problems = tuple(problems)
        super().__init__(f"invoice {number}: " + "; ".join(map(str, self.problems)))


def find_problems(invoice):
    """A tuple of Problem; empty when a document can be made. Sums are checked only when all amounts
    can be written."""
    found = [*_heading(invoice), *_parties(invoice), *_payment(invoice), *_lines(invoice)]
    unwritable = list(_amounts(invoice))
    found += unwritable
    if not unwritable:
        found += [*_line_sums(invoice), *_vat(invoice), *_totals(invoice)]
    return tuple(found)


def _heading(invoice):
    if not invoice.number:
        yield problem("number_missing", "number")
    elif not LIMITS["BT-1"].holds(invoice.number):
        limit = LIMITS["BT-1"].length
        yield problem("number_invalid", "number", number=invoice.number, limit=limit)
    for name, term in REFERENCES.items():
        text, limit = one_line(getattr(invoice, name)), LIMITS[term]
        if not limit.holds(text):
            yield problem("reference_too_long", name, length=len(text), limit=limit.length)
    if not re.fullmatch("[A-Z]{3}", invoice.currency):
        yield problem("currency_invalid", "currency", currency=invoice.currency)
    elif invoice.currency != "EUR" and invoice.totals.tax_in_euro is None:
        yield problem("tax_in_euro_missing", "totals.tax_in_euro", currency=invoice.currency)


def _parties(invoice):
    categories = {line.category for line in invoice.vat}
    intra = VatCategory.INTRA_COMMUNITY in categories
    for name, party, needs_vat in (
        ("seller", invoice.seller, intra or VatCategory.EXPORT in categories),
        ("buyer", invoice.buyer, intra),
        ("delivery", invoice.delivery, False),
    ):
        if party is not None:
            yield from party_problems(name, party)
            if needs_vat and not party.vat_number:
                category = "K" if intra else "G"
                yield problem("vat_number_missing", f"{name}.vat_number", category=category)


def party_problems(name, party):
    """The problems of one Party, whatever the invoice: iterable of Problem.

    :param name: of its field: ``seller``, ``buyer`` or ``delivery``
    """
    if not one_line(party.name):
        yield problem("name_missing", f"{name}.name")
    if not re.fullmatch("[A-Z]{2}", party.address.country):
        yield problem("country_missing", f"{name}.address.country")
    if name != "delivery":
        yield from _identifier(f"{name}.identifier", party.identifier)
    if party.vat_number and not re.match("[A-Z]{2}[A-Z0-9]", compact(party.vat_number)):
        # BR-CO-09
        yield problem("vat_number_invalid", f"{name}.vat_number", value=party.vat_number)


def _identifier(path, identifier):
    value = compact(identifier.value) if identifier else ""
    if not value:
        yield problem("identifier_missing", path)
    elif identifier.type is IdentifierType.SIRET and not re.fullmatch("[0-9]{14}", value):
        yield problem("siret_invalid", path, value=identifier.value)


def compact(code):
    """A SIRET, IBAN or VAT number without the spaces, points and dashes of its groups."""
    return re.sub(r"[\s.\-]", "", code).upper()


def _payment(invoice):
    payment = invoice.payment
    iban = compact(payment.iban)
    if not invoice.is_credit_note:
        if payment.means.is_transfer and not iban:
            yield problem("iban_missing", "payment.iban")
        if iban and not is_iban(iban):
            yield problem("iban_invalid", "payment.iban", iban=payment.iban)
    if invoice.totals.payable > 0 and not (payment.due_date or one_line(payment.terms)):
        yield problem("due_date_missing", "payment.due_date")  # BR-CO-25


def is_iban(iban):
    """Whether the check digits of ISO 13616 agree; ``iban`` is compact (see compact)."""
    if not re.fullmatch("[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", iban):
        return False
    return int("".join(str(int(character, 36)) for character in iban[4:] + iban[:4])) % 97 == 1


def _lines(invoice):
    if not invoice.lines:
        yield problem("lines_missing", "lines")  # BR-16
    seen = set()
    for position, line in enumerate(invoice.lines):
        path = f"lines[{position}]"
        if line.id in seen or not line.id:
            yield problem("line_id_repeated", f"{path}.id", id=line.id)
        seen.add(line.id)
        if not one_line(line.name):
            yield problem("name_missing", f"{path}.name")  # BR-25
        if not line.unit:
            yield problem("unit_missing", f"{path}.unit")  # BR-23


def _adjustments(owner, path):
    for kind in ("allowances", "charges"):
        for position, adjustment in enumerate(getattr(owner, kind)):
            yield f"{path}{kind}[{position}]", adjustment


def _amounts(invoice):
    """BR-DEC-*: what is money has two decimals; all numbers are finite."""
    money, numbers = [], []
    adjustments = list(_adjustments(invoice, ""))
    for position, line in enumerate(invoice.lines):
        path = f"lines[{position}]"
        money.append((f"{path}.net_amount", line.net_amount))
        for name in ("quantity", "net_price", "gross_price", "vat_rate"):
            numbers.append((f"{path}.{name}", getattr(line, name)))
        adjustments += _adjustments(line, f"{path}.")
    for path, adjustment in adjustments:
        money += [(f"{path}.amount", adjustment.amount), (f"{path}.base", adjustment.base)]
        numbers.append((f"{path}.percent", adjustment.percent))
    for position, vat in enumerate(invoice.vat):
        money += [(f"vat[{position}].base", vat.base), (f"vat[{position}].amount", vat.amount)]
    money += [(f"totals.{name}", value) for name, value in vars(invoice.totals).items()]
    for path, value in (*numbers, *money):
        if value is not None and not value.is_finite():
            yield problem("not_finite", path, amount=value)
    for path, value in money:
        if value is not None and value.is_finite():
            yield from _money(path, value)
    for path, adjustment in adjustments:
        if adjustment.amount.is_finite() and adjustment.amount < 0:
            yield problem("negative", f"{path}.amount", amount=adjustment.amount)
        if not (one_line(adjustment.reason) or adjustment.reason_code):
            yield problem("reason_missing", f"{path}.reason")  # BR-33, 38, 42, 44


def _money(path, value):
    if cents(value) != value:
        yield problem("precision", path, amount=value)
    elif not fits("BT-131", value):
        yield problem("amount_too_large", path, amount=value)


def _sum(values):
    return sum(values, ZERO)


def _line_sums(invoice):
    for position, line in enumerate(invoice.lines):
        expected = line_amount(line.quantity, line.net_price) + (
            _sum(charge.amount for charge in line.charges)
            - _sum(allowance.amount for allowance in line.allowances)
        )
        if expected != line.net_amount:
            path = f"lines[{position}].net_amount"
            yield problem("line_mismatch", path, expected=expected, amount=line.net_amount)


def _vat(invoice):
    bases = defaultdict(Decimal)
    for line in invoice.lines:
        bases[line.vat_category, line.vat_rate] += line.net_amount
    for sign, adjustments in ((-1, invoice.allowances), (1, invoice.charges)):
        for adjustment in adjustments:
            bases[adjustment.vat_category, adjustment.vat_rate] += sign * adjustment.amount
    groups = {(vat.category, vat.rate) for vat in invoice.vat}
    if len(groups) > 1 and VatCategory.OUT_OF_SCOPE in {category for category, _rate in groups}:
        yield problem("vat_mixed", "vat")  # BR-O-11
    for category, rate in bases.keys() - groups:
        yield _base_mismatch("vat", category, rate, bases[category, rate], ZERO)
    seen = set()
    for position, vat in enumerate(invoice.vat):
        path, key = f"vat[{position}]", (vat.category, vat.rate)
        if key in seen:
            yield problem("vat_repeated", path, category=key[0].value, rate=key[1])
        seen.add(key)
        if bases.get(key) != vat.base:
            yield _base_mismatch(f"{path}.base", *key, bases.get(key, ZERO), vat.base)
        yield from _vat_group(path, vat)
        if vat.category is VatCategory.STANDARD:
            yield from rate_problems(path, vat.rate, invoice.seller.address.country)


def rate_problems(path, rate, country):
    """Yield the Problem of a rate of VAT (Decimal) that a seller of this country cannot charge."""
    if country in FRENCH_VAT and rate not in FRENCH_RATES:
        yield problem("vat_rate_not_french", f"{path}.rate", rate=rate)


def _base_mismatch(path, category, rate, expected, amount):
    name = getattr(category, "value", category)
    return problem(
        "vat_base_mismatch", path, category=name, rate=rate, expected=expected, amount=amount
    )


def _vat_group(path, vat):
    taxed = vat.category is VatCategory.STANDARD
    category = vat.category.value
    if not fits("BT-119", vat.rate):
        decimals = LIMITS["BT-119"].decimals
        yield problem("rate_decimals", f"{path}.rate", rate=vat.rate, decimals=decimals)
    if (vat.rate > 0) is not taxed:
        yield problem("vat_rate_invalid", f"{path}.rate", rate=vat.rate, category=category)
    if vat.category in UNTAXED and not (one_line(vat.exemption_reason) or vat.exemption_code):
        yield problem("exemption_reason_missing", f"{path}.exemption_reason", category=category)
    # VAT rounded on each line may differ from VAT rounded on the sum; the standard allows less than
    # one unit of currency (BR-CO-17), and none where there is no VAT.
    expected = cents(vat.base * vat.rate / 100)
    if abs(vat.amount - expected) >= (1 if taxed else CENT):
        yield problem(
            "vat_amount_mismatch", f"{path}.amount",
            rate=vat.rate, base=vat.base, expected=expected, amount=vat.amount,
        )


def _totals(invoice):
    totals = invoice.totals
    allowances = _sum(allowance.amount for allowance in invoice.allowances)
    charges = _sum(charge.amount for charge in invoice.charges)
    for name, expected in (
        ("lines", _sum(line.net_amount for line in invoice.lines)),
        ("untaxed", totals.lines - allowances + charges),
        ("tax", _sum(vat.amount for vat in invoice.vat)),
        ("total", totals.untaxed + totals.tax),
        ("payable", totals.total - totals.prepaid + totals.rounding),
    ):
        amount = getattr(totals, name)
        if amount != expected:
            yield problem("total_mismatch", f"totals.{name}", expected=expected, amount=amount)
