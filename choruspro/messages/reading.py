# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Tolerant values of answers: absent or null, number or text, one object or a list of them.

Only what makes an answer useless raises ProtocolError; an optional value that cannot be
understood reads as absent. An Answer declares each of its fields once, with ``given``: its name
here, its place in the JSON of Chorus Pro, and the function that reads it.
"""

import base64
import re
from dataclasses import field, fields
from datetime import datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from functools import reduce

from ..errors import INCOMPLETE_ANSWER, UNREADABLE_ANSWER, ProtocolError
from ..text import MOST_CHARACTERS, digits, storable
from .writing import PARIS, is_identifier

_LONGEST_NUMBER = 100  # characters of an amount that comes as text
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_MOMENT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)"
    r"(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?"
    r"\s*(Z|[+-]\d\d(?::?\d\d)?)?"
)


def answer(data):
    """The answer itself, which must be a JSON object."""
    if not isinstance(data, dict):
        raise ProtocolError(UNREADABLE_ANSWER, label="not a JSON object")
    return data


def part(data, key):
    """The object under ``key``, or an empty one."""
    value = data.get(key)
    return value if isinstance(value, dict) else {}


def rows(data, key):
    """The objects under ``key``: a list, or a bare object that stands for a list of one."""
    value = data.get(key)
    if isinstance(value, dict):
        return [value]
    if value is None:
        return []
    if not isinstance(value, list):
        raise ProtocolError(UNREADABLE_ANSWER, label=f"{key} is not a list")
    found = [row for row in value if row is not None]
    if not all(isinstance(row, dict) for row in found):
        raise ProtocolError(UNREADABLE_ANSWER, label=f"{key} holds something that is no object")
    return found


def text(data, key):
    """The value as text without surrounding blanks, "" when absent; numbers become digits.

    It can be stored anywhere (see text.py), and has at most MOST_CHARACTERS characters.
    """
    return _as_text(data.get(key))


def required_text(data, key):
    """The same, for codes and numbers.

    :raises ProtocolError: there is none
    """
    found = text(data, key)
    if not found:
        raise ProtocolError(INCOMPLETE_ANSWER, label=key)
    return found


def identifier(data, key):
    """An identifier of the platform as text, "" when absent or when it is none."""
    found = text(data, key)
    return found if is_identifier(found) else ""


def required_identifier(data, key):
    """The same.

    :raises ProtocolError: it is absent, or could not be sent back as int64
    """
    if not is_identifier(required_text(data, key)):
        raise ProtocolError(UNREADABLE_ANSWER, label=f"{key} is no identifier")
    return text(data, key)


def number(data, key):
    """The value as an int, or None."""
    found = amount(data, key)
    return int(found) if found is not None else None


def amount(data, key):
    """The value as an exact Decimal, or None."""
    value = data.get(key)
    if isinstance(value, str) and len(value) <= _LONGEST_NUMBER:
        try:
            value = Decimal(value.strip())
        except InvalidOperation:
            return None
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        return None
    if digits(value) is None:
        return None
    return Decimal(str(value)) if value else Decimal(0)


def flag(data, key):
    """True, False, or None when absent. Reads true/false, 1/0 and OUI/NON."""
    value = _as_text(data.get(key)).lower()
    return True if value in ("true", "1", "oui") else False if value in _FALSE else None


def yes(data, key):
    """Whether the value is a yes; False when absent."""
    return flag(data, key) is True


def coded(**meanings):
    """A function that reads a code and gives its meaning, None for any other code."""
    return lambda data, key: meanings.get(text(data, key))


def all_of(kind):
    """A function that reads rows as a tuple of this kind of Answer."""
    return lambda data, key: tuple(map(kind.from_json, rows(data, key)))


def pdf(data, key):
    """The bytes of the PDF whose base64 is under ``key``, with or without line breaks; or None.

    :raises ProtocolError: the value is no base64, or no PDF
    """
    value = data.get(key)
    if value in (None, ""):
        return None
    try:
        content = base64.b64decode("".join(value.split()), validate=True)
    except (AttributeError, ValueError):
        raise ProtocolError(UNREADABLE_ANSWER, label=f"{key} is not base64") from None
    if not content.startswith(b"%PDF-"):
        raise ProtocolError(UNREADABLE_ANSWER, label=f"{key} is not a PDF")
    return content


def moment(data, key):
    """The value as an aware datetime in UTC, or None.

    A value is a date, a date with hours and minutes, ISO 8601 with offset, or milliseconds since
    1970; without an offset it is Paris time.
    """
    return _moment(data.get(key))


def day(data, key):
    """The value as a calendar day in Paris, or None."""
    found = _moment(data.get(key))
    try:
        return found.astimezone(PARIS).date() if found else None
    except OverflowError:
        return None


def given(read, *paths, **options):
    """A field of an Answer.

    :param read: a function of this module, or another one that takes an object and a key
    :param paths: where the value may be, the first one that holds something counts: keys of JSON
        objects, separated by dots
    :param options: of dataclasses.field
    """
    return field(metadata={"read": read, "paths": paths}, **options)


class Answer:
    """What Chorus Pro answers: a dataclass whose fields are made by ``given``."""

    @classmethod
    def from_json(cls, data, **known):
        """The answer in a JSON object.

        :param known: values of the fields that are not in the object
        :raises ProtocolError: the answer is useless
        """
        answer(data)
        found = {each.name: _read(data, **each.metadata) for each in fields(cls) if each.metadata}
        return cls(**found, **known)


def _read(data, read, paths):
    for path in paths:
        *parents, key = path.split(".")
        found = read(reduce(part, parents, data), key)
        if found:
            break
    return found


_FALSE = ("false", "0", "non")


def _as_text(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float, Decimal)):
        return digits(value) or ""
    if isinstance(value, str):
        return storable(value.strip()[:MOST_CHARACTERS]).strip()
    return ""


def _moment(value):
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, Decimal)) or (
        isinstance(value, str) and re.fullmatch(r"\d{11,15}", value.strip())
    ):
        try:
            return _EPOCH + timedelta(milliseconds=float(value))
        except (OverflowError, ValueError):
            return None
    match = _MOMENT.fullmatch(value.strip()) if isinstance(value, str) else None
    if not match:
        return None
    year, month, day_, hour, minute, second, fraction, offset = match.groups()
    try:
        parts = (int(each or 0) for each in (year, month, day_, hour, minute, second))
        naive = datetime(*parts, int((fraction or "0").ljust(6, "0")[:6]))
        return naive.replace(tzinfo=_zone(offset)).astimezone(timezone.utc)
    except (ValueError, OverflowError):
        return None


def _zone(offset):
    if offset is None:
        return PARIS
    if offset == "Z":
        return timezone.utc
    digits = offset[1:].replace(":", "").ljust(4, "0")
    shift = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-shift if offset[0] == "-" else shift)
