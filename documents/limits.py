# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What Chorus Pro keeps of each term of a file (Factur-X, CII, UBL): how long, with which
characters and decimals, how many times; what happens to what does not fit; and who says so.

The one owner for files, by the terms of EN 16931 (BT-, BG-). ``choruspro.limits`` owns the fields
of the API, by their names there: the two are different boundaries with different lengths (a comment
has 2,000 characters, a note 1,024), and neither package may import the other.
docs/field-limits.md is made from both.
"""

import re
from dataclasses import dataclass
from enum import Enum

from .text import cut


class Fit(str, Enum):
    """What happens to a value that does not fit. The value is the word of the page of limits."""

    TOLD = "reported before sending"
    CUT = "cut"
    SPLIT = "split into several"
    LEFT_OUT = "left out, and quoted in a note"
    ROUNDED = "rounded; the line still adds up"


@dataclass(frozen=True, kw_only=True)
class Limit:
    """One row. ``length``: in characters; of a number, its digits with all its ``decimals``.
    ``most``: how many there may be. ``confirmed``: a public source says so of direct deposit; else
    to be confirmed in qualification."""

    what: str
    fit: Fit
    source: str
    confirmed: bool
    length: int | None = None
    decimals: int | None = None
    most: int | None = None
    characters: re.Pattern | None = None
    is_prose: bool = False  # several lines; what is cut ends with "…"

    def holds(self, text):
        """Whether this text can stay as it is."""
        fits = self.length is None or len(text) <= self.length
        return fits and (self.characters is None or bool(self.characters.fullmatch(text)))


_AIFE = "AIFE external specifications, rule G1.05"
_API = "AIFE external specifications, annex API (as typed clients repeat them)"
_NUMBER = re.compile(r"[A-Za-z0-9\-_/+]+")


def _annex(rule):
    """XP Z12-012 lists the checks that Chorus Pro makes of what platforms send it; direct deposit
    is believed to have the same fields."""
    return f"XP Z12-012, annex A, BR-FR-CPRO-{rule}"


def _name(what, rule, confirmed=False):
    source = _annex(rule) if rule else "as the names of the other parties"
    return Limit(what=what, length=99, fit=Fit.CUT, source=source, confirmed=confirmed)


def _address(what, rule):
    return Limit(what=what, length=400, fit=Fit.CUT, source=_annex(rule), confirmed=False)


def _reference(what, length, source):
    return Limit(what=what, length=length, fit=Fit.TOLD, source=source, confirmed=True)


def _price(what):
    return Limit(
        what=what, length=19, decimals=6, fit=Fit.ROUNDED, confirmed=True,
        source="AIFE external specifications: decimal(19,6); BR-FR-DEC-03",
    )  # fmt: skip


def _quantity(what):
    return Limit(
        what=what, length=19, decimals=4, fit=Fit.ROUNDED, confirmed=False,
        source="AIFE external specifications, annex EDI V4.10 (second hand); BR-FR-DEC-02",
    )  # fmt: skip


def _amount(what):
    return Limit(
        what=what, length=15, decimals=2, fit=Fit.TOLD, confirmed=True,
        source="AIFE external specifications: decimal(19,6); EN 16931, BR-DEC",
    )  # fmt: skip


def _rate(what):
    return Limit(
        what=what, length=4, decimals=2, fit=Fit.TOLD, confirmed=False, source="BR-FR-DEC-04"
    )


LIMITS = {
    "BT-1": Limit(
        what="invoice number", length=20, characters=_NUMBER, fit=Fit.TOLD, source=_AIFE,
        confirmed=True,
    ),
    "BG-3": Limit(
        what="earlier invoices", most=1, fit=Fit.LEFT_OUT, source=_annex(20), confirmed=False
    ),
    "BT-25": Limit(
        what="number of the earlier invoice", length=20, characters=_NUMBER, fit=Fit.LEFT_OUT,
        source=_annex("02"), confirmed=False,
    ),
    "BT-10": _reference("service code", 100, _API),
    "BT-12": _reference("contract number", 50, f"{_API}; {_annex(14)}"),
    "BT-13": _reference("engagement number", 50, f"{_API}; {_annex(15)}"),
    "BT-20": Limit(
        what="payment terms", length=1024, most=1, fit=Fit.SPLIT, is_prose=True,
        source=f"{_annex(35)}, {_annex(25)}; what is over goes on as a note", confirmed=False,
    ),
    "BT-22": Limit(
        what="note", length=1024, fit=Fit.SPLIT, is_prose=True, source=_annex(42), confirmed=False
    ),
    "BT-27": _name("seller", 43),
    "BT-28": _name("seller, trading name", 36),
    "BT-44": _name("buyer", 44),
    "BT-45": _name("buyer, trading name", 34),
    "BT-59": _name("payee", 37),
    "BT-70": _name("place of delivery, name", None),
    "BT-35": _address("seller, street", 32),
    "BT-36": _address("seller, second line of the address", 32),
    "BT-162": _address("seller, third line of the address", 32),
    "BT-37": _address("seller, city", 33),
    "BT-122": Limit(
        what="reference of a file", length=50, fit=Fit.CUT, source=_annex(30), confirmed=False
    ),
    "BT-123": Limit(
        what="description of a file", length=100, fit=Fit.CUT, confirmed=False,
        source="as the label of an attachment in the API",
    ),
    "BT-125-2": Limit(
        what="name of a file, with its extension", length=50, fit=Fit.CUT, confirmed=True,
        source=f"HTTP 400 for longer names (observed by clients); {_annex(41)}",
    ),
    "BT-154": Limit(
        what="description of a line", length=1024, fit=Fit.CUT, is_prose=True, source=_annex(31),
        confirmed=False,
    ),
    "BT-129": _quantity("quantity"),
    "BT-149": _quantity("quantity that the price is for"),
    "BT-146": _price("net price"),
    "BT-147": _price("discount on the price"),
    "BT-148": _price("gross price"),
    "BT-131": _amount("net amount of a line"),
    "BT-106": _amount("sum of the lines"),
    "BT-109": _amount("total without VAT"),
    "BT-110": _amount("total VAT"),
    "BT-112": _amount("total with VAT"),
    "BT-113": _amount("amount paid"),
    "BT-115": _amount("amount to pay"),
    "BT-116": _amount("base of VAT"),
    "BT-117": _amount("VAT of a rate"),
    "BT-119": _rate("rate of VAT"),
    "BT-152": _rate("rate of VAT of a line"),
}  # fmt: skip

# Names of the terms of a party in the dictionaries of terms.py, by group.
PARTY_TERMS = {
    "BG-4": {
        "name": "BT-27", "biz_name": "BT-28", "addr_l1": "BT-35", "addr_l2": "BT-36",
        "addr_l3": "BT-162", "city": "BT-37",
    },
    "BG-7": {"name": "BT-44", "biz_name": "BT-45"},
    "BG-10": {"name": "BT-59"},
    "BG-13": {"name": "BT-70"},
}  # fmt: skip


def fitted(terms, group=""):
    """The same dictionary of terms, with each text cut whose row says so, at any depth.

    :param group: BG-…, whose terms these are
    """
    names = PARTY_TERMS.get(group, {})
    return {key: _fitted(names.get(key, key), value) for key, value in terms.items()}


def _fitted(term, value):
    if isinstance(value, dict):
        return fitted(value, term)
    if isinstance(value, list):
        return [_fitted(term, each) for each in value]
    limit = LIMITS.get(term)
    if limit and limit.fit is Fit.CUT and isinstance(value, str):
        return cut(value, limit.length, "…" if limit.is_prose else "")
    return value
