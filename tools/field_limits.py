# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The page of what Chorus Pro keeps of each field, from the two tables of limits."""

from choruspro.limits import AMOUNT_DECIMALS, AMOUNT_INTEGER_DIGITS
from choruspro.limits import LIMITS as API
from documents.limits import LIMITS as FILES

from .setup.home import CHECKOUT

PAGE = CHECKOUT / "docs" / "field-limits.md"
HEAD = """\
# What Chorus Pro keeps of each field

Made by `make docs` from `choruspro/limits.py` and `documents/limits.py`: do not edit it here.

Odoo fits each invoice into these limits before it sends it, and reports what it must not change.
Whatever is cut or rounded stays whole in the PDF. Control and invisible characters are taken out of
texts, and reported inside numbers and codes. *To confirm*: no public source says it of direct
deposit, see [To confirm in qualification](qualification.md).
"""
AMOUNTS = (
    f"Amounts: {AMOUNT_INTEGER_DIGITS} digits before the point, {AMOUNT_DECIMALS} after it; what "
    "does not fit is reported before sending."
)
COLUMNS = ("field", "what it is", "at most", "what does not fit is", "source", "doubt")


def page():
    """The page as text, in Markdown."""
    sections = (
        ("PDF format, and actions (API)", API, AMOUNTS),
        ("Factur-X, CII and UBL", FILES, "By the terms of EN 16931."),
    )
    return "\n".join([HEAD, *(_section(*section) for section in sections)])


def _section(title, limits, explanation):
    rows = [COLUMNS, ["---"] * len(COLUMNS), *(_cells(*row) for row in limits.items())]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return f"## {title}\n\n{explanation}\n\n{table}\n"


def _cells(name, limit):
    doubt = "confirmed" if limit.confirmed else "to confirm"
    return (f"`{name}`", limit.what, _most(limit), limit.fit.value, limit.source, doubt)


def _most(limit):
    """The limit in words."""
    parts = []
    if getattr(limit, "most", None):
        parts.append(f"{limit.most} of them")
    if getattr(limit, "decimals", None) is not None:
        parts.append(f"{limit.length} digits, {limit.decimals} of them decimals")
    elif limit.length:
        parts.append(f"{limit.length} characters")
    if limit.characters is not None:
        parts.append(f"`{limit.characters.pattern}`")
    return ", ".join(parts)
