# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Quantity and price of a line in few enough decimals, so that the line still gives its amount.

EN 16931: amount of a line = quantity × price ÷ quantity that the price is for (BT-149). What a
person typed stays when it fits; else the price is rounded, or given for ten, a hundred, … units; at
last for the whole quantity, where it is the amount itself.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext

from .limits import LIMITS

CENT = Decimal("0.01")
ONE = "C62"  # UN/ECE recommendation 20: one
# More digits than any quantity times any price that Odoo can hold.
_PRECISION = 80
_MOST_ZEROS = 6  # a price for up to a million units


@dataclass(frozen=True, kw_only=True)
class WrittenPrice:
    """What the document says: prices are not negative, and for ``base`` units. ``gross``: None when
    there is no discount, or when it cannot be written."""

    quantity: Decimal
    unit: str
    net: Decimal
    gross: Decimal | None
    base: Decimal = Decimal(1)

    @property
    def amount(self):
        """What quantity and price give, to the cent."""
        return line_amount(self.quantity, self.net, self.base)


def cents(amount):
    """Rounded to two decimals, half away from zero as in commerce."""
    return rounded(amount, 2)


def rounded(value, decimals):
    """Rounded half away from zero, however many digits it has."""
    with localcontext() as context:
        context.prec = _PRECISION
        return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def line_amount(quantity, price, base=Decimal(1)):
    """Quantity × price ÷ base, to the cent."""
    with localcontext() as context:
        context.prec = _PRECISION
        return rounded(quantity * price / base, 2)


def unit_price(net_amount, quantity):
    """The price with the fewest decimals that gives net_amount for quantity, to the cent.

    For prices that include VAT, or that a discount has changed: with two decimals they would not
    add up.

    :raises ZeroDivisionError: there is no quantity (decimal.InvalidOperation for 0/0)
    """
    with localcontext() as context:
        context.prec = 40
        exact = net_amount / quantity
        for decimals in range(2, 16):
            price = rounded(exact, decimals)
            if line_amount(quantity, price) == cents(net_amount):
                return price
        return exact


def written_price(line):
    """The :class:`WrittenPrice` of a Line: its amount before allowances and charges, in numbers
    that Chorus Pro keeps."""
    quantity, net, gross = line.quantity, line.net_price, line.gross_price
    if net < 0:  # EN 16931, BR-27: the quantity bears the sign
        quantity, net = -quantity, -net
        gross = None if gross is None else -gross
    amount = line_amount(quantity, net)
    kept = fits("BT-129", quantity)
    if not kept:
        quantity = rounded(quantity, LIMITS["BT-129"].decimals)
        kept = fits("BT-129", quantity) and (quantity or not amount)
    if not kept:
        one = Decimal(1).copy_sign(amount)
        return WrittenPrice(quantity=one, unit=ONE, net=abs(amount), gross=None)
    for price, base in _candidates(quantity, net, amount):
        if fits("BT-146", price) and line_amount(quantity, price, base) == amount:
            break
    return WrittenPrice(
        quantity=quantity, unit=line.unit, net=price, gross=_gross(gross, price, base), base=base
    )


def fits(term, value):
    """Whether a number has few enough decimals for this term, and few enough digits before them."""
    limit = LIMITS[term]
    _sign, digits, exponent = value.normalize().as_tuple() if value else (0, (0,), 0)
    decimals = max(0, -exponent)
    whole = max(1, len(digits) + exponent)
    return decimals <= limit.decimals and whole <= limit.length - limit.decimals


def _candidates(quantity, net, amount):
    """(price, number of units that it is for), the simplest first; the last one always fits."""
    decimals = LIMITS["BT-146"].decimals
    yield net, Decimal(1)
    if not quantity:
        # Nothing is sold: no price can change that.
        yield rounded(net, decimals), Decimal(1)
        yield Decimal(0), Decimal(1)
        return
    yield rounded(net, decimals), Decimal(1)
    yield rounded(unit_price(abs(amount), abs(quantity)), decimals), Decimal(1)
    for zeros in range(1, _MOST_ZEROS + 1):
        base = Decimal(10) ** zeros
        yield rounded(net * base, decimals), base
    yield abs(amount), abs(quantity)


def _gross(gross, net, base):
    """The price before its discount, for as many units; None when it is not the higher one."""
    if gross is None:
        return None
    gross = rounded(gross * base, LIMITS["BT-148"].decimals)
    return gross if gross > net and fits("BT-148", gross) else None
