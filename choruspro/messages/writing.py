# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Strict values for requests: each function gives what JSON will hold, or raises MessageError.

A Request declares each of its fields once, with ``sent``: its name here, its place in the JSON of
Chorus Pro, and the function that writes it.
"""

import base64
import re
from dataclasses import field as dataclass_field
from dataclasses import fields, replace
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from .. import limits
from ..text import cut

PARIS = ZoneInfo("Europe/Paris")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029\ufffe\uffff]")
_CONTROL_IN_LINES = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# Shown by nothing, and part of the text for a computer: marks of the order of bytes, soft hyphens …
_UNSEEN = re.compile(
    rf"{_CONTROL.pattern}"
    r"|[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
_IDENTIFIER = re.compile(r"[0-9]{1,19}")


class MessageError(ValueError):
    """A request that must not be sent: ``field`` is the attribute, ``rule`` what it breaks.

    The rules are required, too_long, characters, choice, identifier, amount, date, empty,
    too_large, not_pdf, extension, one_of. The value itself is never in the text.
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


def unseen_characters(value):
    """The characters of a text (or None) that no number or code may hold, for nobody sees them:
    each once, in the notation of Unicode: U+0009, …"""
    return tuple(f"U+{ord(each):04X}" for each in dict.fromkeys(_UNSEEN.findall(value or "")))


def without_unseen(value):
    """A number or code (or None) as a person reads it: without blanks around it, nor invisible
    characters among them; those inside stay, to be named."""
    value = value or ""
    seen = [
        place for place, each in enumerate(value) if not (each.isspace() or _UNSEEN.match(each))
    ]
    return value[seen[0] : seen[-1] + 1] if seen else ""


def accepts(value, limit, pattern=None, lines=False):
    """Whether ``text`` accepts this value: to check a user's text before it is queued."""
    try:
        text("", value, limit, pattern, lines)
    except MessageError:
        return False
    return True


def is_identifier(value):
    """Whether ``identifier`` accepts this value (text or int)."""
    if isinstance(value, str):
        return _IDENTIFIER.fullmatch(value) is not None and int(value) <= limits.MAX_INTEGER
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return is_number and 0 <= value <= limits.MAX_INTEGER


def identifier(field, value):
    """An identifier of the platform, kept as text here and sent as int64."""
    if not is_identifier(value):
        raise MessageError(field, "identifier")
    return int(value)


def amount(field, value):
    """A Decimal (or int) that fits decimal(19,6); floats are refused, for they are not exact."""
    if isinstance(value, bool) or not isinstance(value, (Decimal, int)):
        raise MessageError(field, "amount")
    value = Decimal(value)
    if not value.is_finite() or value.adjusted() >= limits.AMOUNT_INTEGER_DIGITS:
        raise MessageError(field, "amount")
    rounded = value.quantize(Decimal(1).scaleb(-limits.AMOUNT_DECIMALS))
    if rounded != value:
        raise MessageError(field, "amount")
    if not value:
        return Decimal(0)
    return value if -value.as_tuple().exponent <= limits.AMOUNT_DECIMALS else rounded


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
    """An aware datetime as ISO 8601 in Paris time, with offset and whole milliseconds.

    :raises MessageError: the datetime is naive
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
    """A file's name with its extension, without folders, within a row of ``limits.LIMITS``."""
    kept(field, value, limit)
    stem, _dot, extension = value.rpartition(".")
    if not stem or not extension or "/" in value or "\\" in value:
        raise MessageError(field, "extension")
    return value


def moment(_field, value):
    """See to_paris_json."""
    return to_paris_json(value)


def kept(field, value, limit):
    """A text within a row of ``limits.LIMITS``."""
    return text(field, value, limit.length, limit.characters, limit.has_lines)


def message(_field, request):
    """The JSON object of a Request within another one."""
    return request.to_json()


def messages(_field, requests):
    """The JSON objects of several Requests."""
    return [request.to_json() for request in requests]


def some_messages(field, requests):
    """The same, or None when there are none."""
    return messages(field, requests) or None


def sent(write, path, *more, **options):
    """A field of a Request, but for texts: see ``sent_text``.

    :param write: a function of this module; what it gives as None is not sent
    :param path: where the value goes: keys of JSON objects, separated by dots
    :param more: further arguments of ``write``
    :param options: of dataclasses.field
    """
    metadata = {"write": write, "path": path, "more": more}
    return dataclass_field(metadata=metadata, **options)


def may_send(write, path, *more, absent=(None, "")):
    """The same for a field that may be left out: None by default."""

    def optional(field, value, *more):
        return None if value in absent else write(field, value, *more)

    return sent(optional, path, *more, default=None)


def _limit_of(path):
    return limits.LIMITS[path.rpartition(".")[2]]


def sent_text(path, write=kept, **options):
    """A text that must be there, within the row of ``limits.LIMITS`` for its place."""
    return sent(write, path, _limit_of(path), **options)


def may_send_text(path):
    """A text that may be left out, within the row of ``limits.LIMITS`` for its place."""
    return may_send(kept, path, _limit_of(path))


def fitted(request):
    """A copy of a Request whose texts Chorus Pro can keep: without control characters and blanks
    around, cut or left out where ``limits.LIMITS`` says so. What must not be cut stays too long, to
    be reported."""
    rows, changes = request.limits(), {}
    for each in fields(request):
        value = getattr(request, each.name)
        if isinstance(value, str) and each.name in rows:
            changes[each.name] = _fitted_text(value, rows[each.name]) or None
        elif isinstance(value, tuple):
            changes[each.name] = tuple(
                fitted(one) if isinstance(one, Request) else one for one in value
            )
    return replace(request, **changes)


def _fitted_text(value, limit):
    control = _CONTROL_IN_LINES if limit.has_lines else _CONTROL
    value = control.sub(" ", value).strip()
    if limit.fit is limits.Fit.LEFT_OUT and not limit.holds(value):
        return ""
    if limit.fit in (limits.Fit.CUT, limits.Fit.CUT_AND_TOLD):
        return cut(value, limit.length)
    return value


class Request:
    """What a client sends: a dataclass whose fields are made by ``sent``."""

    error_field = None  # the name that errors give instead of the attribute's

    @classmethod
    def limits(cls):
        """The rows of ``limits.LIMITS`` of its texts, by attribute."""
        return {
            each.name: row
            for each in fields(cls)
            for row in each.metadata["more"][:1]
            if isinstance(row, limits.Limit)
        }

    def to_json(self):
        """The JSON object.

        :raises MessageError: a limit, a type or a code is not respected
        """
        found = {}
        for each in fields(self):
            write, path, more = (each.metadata[key] for key in ("write", "path", "more"))
            value = write(self.error_field or each.name, getattr(self, each.name), *more)
            if value is not None:
                *parents, key = path.split(".")
                place = found
                for parent in parents:
                    place = place.setdefault(parent, {})
                place[key] = value
        return found
