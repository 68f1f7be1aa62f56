# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Which announced invoices a transfer pays. A public accountant pays several at once, and the label
of the transfer may or may not name them."""

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True)
class Announced:
    """An invoice whose payment was announced. payer: whatever tells public bodies apart. amount:
    what is open. day: of the announcement."""

    number: str
    payer: object
    amount: Decimal
    day: date


def fitting(amount, label, announced):
    """The invoices that a transfer pays, or () when none or more than one answer fits.

    To the cent, and all of one public body: those that the label names; else one alone, or all that
    were announced on the same day, or all that were announced.

    :param Decimal amount: of the transfer
    :param str label: of the transfer, as the bank gives it
    :param announced: any number of :class:`Announced`
    :return: a tuple of them, in their order
    """
    announced = tuple(announced)
    if named := tuple(one for one in announced if _names(label, one.number)):
        return named if _pays(amount, named) else ()
    groups = defaultdict(list)
    for one in announced:
        groups["one", one].append(one)
        groups["day", one.payer, one.day].append(one)
        groups["payer", one.payer].append(one)
    found = {tuple(group) for group in groups.values() if _pays(amount, group)}
    return found.pop() if len(found) == 1 else ()


def _pays(amount, invoices):
    is_one_payer = len({one.payer for one in invoices}) == 1
    return is_one_payer and sum(one.amount for one in invoices) == amount


def _names(label, number):
    """Whether a label names a number, whatever the bank made of its separators."""
    parts = [re.escape(part) for part in re.split(r"[\W_]+", number) if part]
    pattern = r"(?<![^\W_])" + r"[\W_]*".join(parts) + r"(?![^\W_])"
    return bool(parts) and re.search(pattern, label, re.IGNORECASE) is not None
