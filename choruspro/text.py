# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Untrusted texts and numbers, made fit to be stored and shown: what PostgreSQL, UTF-8 and XML 1.0
can hold, and how long a number may be."""

import re
from decimal import Decimal

REPLACEMENT = "\ufffd"
# More than any text of the contract: comments have 2,000 characters at most
MOST_CHARACTERS = 10_000
# Beyond them a number is no amount, identifier or count
MOST_DIGITS = 30
# NUL is no text for PostgreSQL, half a surrogate pair none for UTF-8, the others none for XML 1.0
_NOT_STORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_TOO_LARGE = 10**MOST_DIGITS


def storable(text):
    """The text (None gives "") with U+FFFD in place of each character that cannot be kept."""
    return _NOT_STORABLE.sub(REPLACEMENT, text or "")


def digits(number):
    """An int, float or Decimal written out, without exponent; None when it is not finite or has
    more than MOST_DIGITS digits before or after the point."""
    if isinstance(number, int):
        return str(number) if abs(number) < _TOO_LARGE else None
    number = Decimal(str(number)) if isinstance(number, float) else number
    # Checked before it is written out: 1E+100000000 is short, and long to write
    if not number.is_finite() or abs(number.adjusted()) >= MOST_DIGITS:
        return None
    if -number.as_tuple().exponent > MOST_DIGITS:
        return None
    return format(number.to_integral_value() if number == int(number) else number, "f")


def cut(text, length):
    """The text with at most ``length`` characters: cut between two words if it can be, with "…"
    at its end."""
    if len(text) <= length:
        return text
    head = text[: length - 1]
    between = re.match(r"(?s)(.*\S)\s", head) if not text[length - 1].isspace() else None
    words = between[1] if between and len(between[1]) > length // 2 else head
    return f"{words.rstrip()}…"
