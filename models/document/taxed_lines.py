# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What Odoo's tax engine computes for each line of an invoice, in the terms of VAT."""

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from ..rules.rule import FindingError
from ..rules.rule_book import finding

ZERO = Decimal(0)
CASH_ROUNDING, RETENTION = "cash_rounding", "retention"
# Retention money (retenue de garantie), in the French chart of accounts; what a line without tax
# that is held back says.
RETENTION_ACCOUNTS = "4117"
RETENTION_WORDS = re.compile(r"\b(?:retenues?|retentions?|holdback)\b", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class TaxedLine:
    """One base line: amounts in the invoice's currency, positive on a credit note as on an
    invoice, rounded for the whole invoice so that they add up to Odoo's totals.

    ``kind``: "" for a line that a person wrote, else the special type of Odoo; ``RETENTION`` for a
    line that is no price but holds money back. ``vat_tax``: the one tax that is VAT, or none.
    ``is_reversed``: the customer owes this VAT. ``untaxed``: without any tax. ``in_base`` and
    ``out_of_base``: taxes of a fixed amount (eco-contribution), as pairs (tax, amount), those that
    bear VAT and those that do not. ``held_back``: pairs (tax or line, amount), the negative
    percentages and the lines that make less to be paid now, VAT being due on the whole. ``hidden``:
    the lines that a section hides, if the record is that section (see sections.py).
    """

    record: object
    kind: str
    vat_tax: object
    is_reversed: bool
    untaxed: Decimal
    vat: Decimal
    vat_in_company_currency: Decimal
    in_base: tuple
    out_of_base: tuple
    held_back: tuple
    price_includes_tax: bool
    hidden: tuple = ()

    @property
    def rate(self):
        """Percentage of VAT that the customer is charged: none when it is reverse-charged."""
        if not self.vat_tax or self.is_reversed:
            return ZERO
        return decimal_number(self.vat_tax.amount)

    @property
    def base(self):
        """What VAT is due on."""
        return self.untaxed + sum((amount for _tax, amount in self.in_base), ZERO)

    def in_language(self, lang):
        """The same, whose records give their texts in ``lang``."""

        def translated(pairs):
            return tuple((tax.with_context(lang=lang), amount) for tax, amount in pairs)

        return replace(
            self,
            record=self.record.with_context(lang=lang),
            vat_tax=self.vat_tax.with_context(lang=lang),
            in_base=translated(self.in_base), out_of_base=translated(self.out_of_base),
            held_back=translated(self.held_back))


def taxed_lines(move):
    """A list of :class:`TaxedLine`, in the order in which they are printed.

    :raises FindingError: a line bears several rates of VAT, or one that is no percentage, or money
        held back lowers its VAT
    """
    base_lines, _tax_lines = move._get_rounded_base_and_tax_lines()
    taxed = [_taxed_line(move, base_line) for base_line in base_lines]
    return sorted(taxed, key=lambda line: (line.record.sequence, line.record.id))


def is_retention(line):
    """Whether this line of an invoice, negative and without tax, holds money back: by its account
    or its words."""
    if line.display_type != "product" or line.tax_ids or line.price_subtotal >= 0:
        return False
    is_booked_so = (line.account_id.code or "").startswith(RETENTION_ACCOUNTS)
    return is_booked_so or RETENTION_WORDS.search(line.name or "") is not None


def _taxed_line(move, base_line):
    details, record = base_line["tax_details"], base_line["record"]
    taxes_data = details["taxes_data"]
    currency, company_currency = move.currency_id, move.company_currency_id
    vat_tax, is_reversed, retained = _told_apart(move, record, taxes_data)
    vat_data = [
        data for data in taxes_data
        if data["tax"].amount_type != "fixed" and data["tax"] not in retained
    ]
    first = taxes_data.index(vat_data[0]) if vat_data else len(taxes_data)
    in_base, out_of_base = [], []
    for position, data in enumerate(taxes_data):
        if data["tax"].amount_type != "fixed":
            continue
        bears_vat = not vat_tax or (
            data["tax"].include_base_amount and vat_tax.is_base_affected and position < first)
        amount = decimal_amount(currency, data["tax_amount_currency"])
        (in_base if bears_vat else out_of_base).append((data["tax"], amount))
    untaxed = decimal_amount(
        currency, details["total_excluded_currency"] + details["delta_total_excluded_currency"])
    held_back = [
        (data["tax"], -decimal_amount(currency, data["tax_amount_currency"]))
        for data in taxes_data if data["tax"] in retained
    ]
    kind = base_line["special_type"] or ""
    if not kind and is_retention(record):
        kind = RETENTION
        held_back.append((record, -untaxed))
    return TaxedLine(
        record=record,
        kind=kind,
        vat_tax=vat_tax,
        is_reversed=is_reversed,
        untaxed=untaxed,
        vat=decimal_amount(currency, sum(data["tax_amount_currency"] for data in vat_data)),
        vat_in_company_currency=decimal_amount(
            company_currency, sum(data["tax_amount"] for data in vat_data)),
        in_base=tuple(in_base),
        out_of_base=tuple(out_of_base),
        held_back=tuple(held_back),
        price_includes_tax=any(data["price_include"] for data in taxes_data))


def _told_apart(move, record, taxes_data):
    """(VAT, whether the customer owes it, taxes that hold money back) of the percentages.

    :raises FindingError: they are not one VAT, and what is held back from the amount to pay
    """
    # A tax that is reverse-charged stands there twice: once to be paid, once taken back.
    taxes = move.env["account.tax"].union(
        *(data["tax"] for data in taxes_data if data["tax"].amount_type != "fixed"))
    retained = taxes.filtered(
        lambda tax: tax.amount_type == "percent" and tax.amount < 0
        and not tax.has_negative_factor)
    vat_tax = taxes - retained
    # The older way to have the customer owe the VAT: 20 % and -20 % on the same line.
    opposite = retained.filtered(lambda tax: len(vat_tax) == 1 and tax.amount == -vat_tax.amount)
    retained -= opposite
    if len(vat_tax) > 1 or vat_tax.filtered(lambda tax: tax.amount_type != "percent"):
        names = ", ".join(vat_tax.mapped("display_name"))
        raise FindingError(move.env, finding(
            "document_several_taxes", line=_first_line(record), taxes=names))
    order = [data["tax"] for data in taxes_data]
    lowering = retained.filtered(
        lambda tax: tax.include_base_amount and vat_tax.is_base_affected
        and order.index(tax) < order.index(vat_tax))
    if lowering:
        raise FindingError(move.env, finding(
            "document_retention_in_vat", tax=lowering[0].display_name))
    return vat_tax, bool(opposite) or vat_tax.has_negative_factor, retained


def _first_line(record):
    return (record.name or "").strip().partition("\n")[0]


def decimal_amount(currency, amount):
    """Exact Decimal of an amount that Odoo keeps as a float, to the currency's decimals."""
    return Decimal(f"{amount:.{currency.decimal_places}f}") + ZERO


def decimal_number(number):
    """Decimal of a price, a quantity or a rate that Odoo keeps as a float: what a person reads."""
    text = f"{Decimal(str(number)):f}"
    return Decimal(text.rstrip("0").rstrip(".") if "." in text else text) + ZERO
