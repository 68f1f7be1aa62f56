# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What Odoo's tax engine computes for each line of an invoice, in the terms of VAT."""

from dataclasses import dataclass, replace
from decimal import Decimal

from ..rules.rule import FindingError
from ..rules.rule_book import finding

ZERO = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class TaxedLine:
    """One base line: amounts in the invoice's currency, positive on a credit note as on an
    invoice, rounded for the whole invoice so that they add up to Odoo's totals.

    ``kind``: "" for a line that a person wrote, else the special type of Odoo. ``vat_tax``: the
    one tax that is a percentage, or none. ``untaxed``: without any tax. ``in_base`` and
    ``out_of_base``: taxes of a fixed amount (eco-contribution), as pairs (tax, amount), those that
    bear VAT and those that do not.
    """

    record: object
    kind: str
    vat_tax: object
    untaxed: Decimal
    vat: Decimal
    vat_in_company_currency: Decimal
    in_base: tuple
    out_of_base: tuple
    price_includes_tax: bool

    @property
    def rate(self):
        """Percentage of VAT that the customer is charged: none when it is reverse-charged."""
        if not self.vat_tax or self.vat_tax.has_negative_factor:
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
            in_base=translated(self.in_base), out_of_base=translated(self.out_of_base))


def taxed_lines(move):
    """A list of :class:`TaxedLine`, in the order in which they are printed.

    :raises FindingError: a line bears several rates of VAT, or one that is no percentage
    """
    base_lines, _tax_lines = move._get_rounded_base_and_tax_lines()
    taxed = [_taxed_line(move, base_line) for base_line in base_lines]
    return sorted(taxed, key=lambda line: (line.record.sequence, line.record.id))


def _taxed_line(move, base_line):
    details = base_line["tax_details"]
    taxes_data = details["taxes_data"]
    currency, company_currency = move.currency_id, move.company_currency_id
    percentages = [data for data in taxes_data if data["tax"].amount_type != "fixed"]
    # A tax that is reverse-charged stands there twice: once to be paid, once taken back.
    vat_tax = move.env["account.tax"].union(*(data["tax"] for data in percentages))
    if len(vat_tax) > 1 or vat_tax.filtered(lambda tax: tax.amount_type != "percent"):
        raise FindingError(move.env, finding("document_several_taxes"))
    first = taxes_data.index(percentages[0]) if percentages else len(taxes_data)
    in_base, out_of_base = [], []
    for position, data in enumerate(taxes_data):
        if data["tax"].amount_type != "fixed":
            continue
        bears_vat = not vat_tax or (
            data["tax"].include_base_amount and vat_tax.is_base_affected and position < first)
        amount = decimal_amount(currency, data["tax_amount_currency"])
        (in_base if bears_vat else out_of_base).append((data["tax"], amount))
    untaxed = details["total_excluded_currency"] + details["delta_total_excluded_currency"]
    return TaxedLine(
        record=base_line["record"],
        kind=base_line["special_type"] or "",
        vat_tax=vat_tax,
        untaxed=decimal_amount(currency, untaxed),
        vat=decimal_amount(currency, sum(data["tax_amount_currency"] for data in percentages)),
        vat_in_company_currency=decimal_amount(
            company_currency, sum(data["tax_amount"] for data in percentages)),
        in_base=tuple(in_base),
        out_of_base=tuple(out_of_base),
        price_includes_tax=any(data["price_include"] for data in taxes_data))


def decimal_amount(currency, amount):
    """Exact Decimal of an amount that Odoo keeps as a float, to the currency's decimals."""
    return Decimal(f"{amount:.{currency.decimal_places}f}") + ZERO


def decimal_number(number):
    """Decimal of a price, a quantity or a rate that Odoo keeps as a float: what a person reads."""
    text = f"{Decimal(str(number)):f}"
    return Decimal(text.rstrip("0").rstrip(".") if "." in text else text) + ZERO
