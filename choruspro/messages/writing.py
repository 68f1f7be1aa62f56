# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Strict values for requests: each function gives what JSON will hold, or raises MessageError."""

import base64
import re
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from ..limits import AMOUNT_DECIMALS, AMOUNT_INTEGER_DIGITS, MAX_INTEGER

PARIS = ZoneInfo("Europe/Paris")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029\ufffe\uffff]")
_CONTROL_IN_LINES = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]"
)
_IDENTIFIER = re.compile(r"[0-9]{1,19}")


class MessageError(ValueError):
    """A request that must not leave: ``field`` is the attribute, ``rule`` what it breaks.

    Rules: required, too_long, characters, choice, identifier, amount, date, empty, too_large,
    not_pdf, extension, one_of, unexpected. The value itself is never in the text.
    """

    def __init__(self, field, rule, limit=None):
        super().__init__(field, rule, limit)
        self.field = field
        self.rule = rule
        self.limit = limit

    def __str__(self):
        limit = f" (limit {self.limit})" if self.limit is not None else ""
        return f"field {self.field} breaks the rule {self.rule}{limit}"


def text(field, value, limit, pattern=None, lines=False):
    """A text that must be there, of at most ``limit`` characters; ``pattern`` matches all of it."""
    if not isinstance(value, str) or not value.strip():
        raise MessageError(field, "required")
    if len(value) > limit:
        raise MessageError(field, "too_long", limit)
    if (_CONTROL_IN_LINES if lines else _CONTROL).search(value):
        raise MessageError(field, "characters")
    if pattern is not None and not pattern.fullmatch(value):
        raise MessageError(field, "characters")
    return value


def control_characters(value):
    """The characters of a text (or None) that no field of one line may hold, each once, in the
    notation of Unicode: U+0009, …"""
    return tuple(f"U+{ord(each):04X}" for each in dict.fromkeys(_CONTROL.findall(value or "")))


def optional_text(field, value, limit, pattern=None, lines=False):
    """The same, or None when there is no text (None or "")."""
    return text(field, value, limit, pattern, lines) if value not in (None, "") else None


def accepts(value, limit, pattern=None, lines=False):
    """Whether ``text`` would let this value leave: ask before a text of a user is queued."""
    try:
        text("", value, limit, pattern, lines)
    except MessageError:
        return False
    return True


def is_identifier(value):
    """Whether ``identifier`` would let this value (text or int) leave."""
    if isinstance(value, str):
        return _IDENTIFIER.fullmatch(value) is not None and int(value) <= MAX_INTEGER
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_INTEGER


def identifier(field, value):
    """An identifier of the platform, kept as text here and sent as int64."""
    if not is_identifier(value):
        raise MessageError(field, "identifier")
    return int(value)


def optional_identifier(field, value):
    return identifier(field, value) if value not in (None, "") else None


def amount(field, value):
    """A Decimal (or int) that fits decimal(19,6); floats are refused, for they are not exact."""
    if isinstance(value, bool) or not isinstance(value, (Decimal, int)):
        raise MessageError(field, "amount")
    value = Decimal(value)
    if not value.is_finite() or value.adjusted() >= AMOUNT_INTEGER_DIGITS:
        raise MessageError(field, "amount")
    rounded = value.quantize(Decimal(1).scaleb(-AMOUNT_DECIMALS))
    if rounded != value:
        raise MessageError(field, "amount")
    if not value:
        return Decimal(0)
    return value if -value.as_tuple().exponent <= AMOUNT_DECIMALS else rounded


def choice(field, value, codes):
    """The code of an enumeration's member, given as member or as code."""
    try:
        return codes(value).value
    except ValueError as error:
        raise MessageError(field, "choice") from error


def day(field, value):
    """A calendar day as YYYY-MM-DD."""
    if isinstance(value, datetime) or not isinstance(value, date):
        raise MessageError(field, "date")
    return value.isoformat()


def to_paris_json(moment):
    """An aware datetime as ISO 8601 with milliseconds and offset, in Paris time.

    Parts of a millisecond are dropped. Raises MessageError for a naive one.
    """
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        raise MessageError("moment", "date")
    return moment.astimezone(PARIS).isoformat(timespec="milliseconds")


def file_base64(field, content, limit):
    """The bytes of a file as base64 on one line: line breaks in it break the deposit of a PDF."""
    if not isinstance(content, (bytes, bytearray, memoryview)) or not len(content):
        raise MessageError(field, "empty")
    if len(content) > limit:
        raise MessageError(field, "too_large", limit)
    return base64.b64encode(content).decode("ascii")


def file_name(field, value, limit):
    """A file's name with its extension, without folders."""
    text(field, value, limit)
    stem, _dot, extension = value.rpartition(".")
    if not stem or not extension or "/" in value or "\\" in value:
        raise MessageError(field, "extension")
    return value


def without_none(pairs):
    """The object without the keys that have nothing to say."""
    return {key: value for key, value in pairs.items() if value is not None}
