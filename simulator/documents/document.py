# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""An invoice as an XML document tells it, in the business terms (BT) of EN 16931.

Texts are empty and amounts None when absent.
"""

from dataclasses import dataclass
from decimal import Decimal

CREDIT_NOTES = frozenset({"381", "396", "503"})
INVOICES = frozenset({"380", "384", "386", "389", "393", "501"})

# ISO 6523 lists: 0002 is SIRENE, 0009 is SIRET; "1" means SIRET in earlier flows of Chorus Pro
_SIRET_SCHEMES = frozenset({"0002", "0009", "1"})


@dataclass(frozen=True)
class Party:
    """`tag`: the element that holds the identifier, or should."""

    identifier: str
    tag: str


@dataclass(frozen=True, kw_only=True)
class Line:
    """`adjustment`: charges less allowances; `gross` and `discount`: those of the price."""

    name: str
    quantity: Decimal | None
    price: Decimal | None
    price_quantity: Decimal | None
    gross: Decimal | None
    discount: Decimal | None
    adjustment: Decimal
    total: Decimal


@dataclass(frozen=True, kw_only=True)
class Vat:
    base: Decimal
    amount: Decimal
    category: str
    rate: Decimal | None


@dataclass(frozen=True, kw_only=True)
class Totals:
    """BT-106, 107, 108, 109, 110 (in the invoice's currency), 112, 113, 114, 115."""

    lines: Decimal | None
    allowances: Decimal
    charges: Decimal
    untaxed: Decimal
    tax: Decimal
    total: Decimal
    prepaid: Decimal
    rounding: Decimal
    payable: Decimal


@dataclass(frozen=True, kw_only=True)
class Document:
    """`payments`: (code of the means, account) pairs; `tax_point`: the code of BT-8;
    `service_tag`, `engagement_tag`: the elements that hold them, or should."""

    number: str
    issued: str
    type_code: str
    currency: str
    framework: str
    tax_point: str
    seller: Party
    buyer: Party
    service: str
    service_tag: str
    engagement: str
    engagement_tag: str
    contract: str
    origin: str
    payments: tuple
    lines: tuple
    vat: tuple
    totals: Totals
    # Whether the syntax or the profile has no lines
    without_lines: bool

    @property
    def is_credit_note(self):
        return self.type_code in CREDIT_NOTES


def party(node, places):
    """The SIRET of a party. `places`: (path below `node`, tag) where the sources have seen it.

    An identifier of 14 digits wins over a shorter one; other kinds of identifiers do not count.
    """
    found = [
        Party(element.text(), tag)
        for path, tag in places
        for element in node.all(path)
        if element.get("schemeID") in _SIRET_SCHEMES or element.get("schemeName") == "1"
    ]
    long_enough = [item for item in found if len(item.identifier) == 14]
    return next(iter(long_enough + found), Party("", places[0][1]))
