# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""A small engine for declarative request tables: which fields, of what type, how long.

A table is a dict ``{field name: Field}``. Checking raises `Refusal` for the first offence and
never changes the data. ``null`` counts as absent, as does an empty mandatory text.
"""

from dataclasses import dataclass, field
from decimal import Decimal

from ..world.clock import is_day, read_moment
from ..world.refusals import Refusal

_INT64 = 2**63
# decimal(19,6) of the AIFE documentation: 13 digits before the point, 6 after
_MAX_AMOUNT = Decimal(10) ** 13
_STEP = Decimal("0.000001")
_DAY_LENGTH = len("2026-11-20")
_NEVER_EMPTY = frozenset({"day_or_moment", "moment", "one_of", "one_of_or_number"})


@dataclass(frozen=True)
class Field:
    """One field of a request. `kind` is a key of the checkers below."""

    kind: str
    mandatory: bool = False
    longest: int = 0
    values: tuple = ()
    fields: dict = field(default_factory=dict)


def text(longest, mandatory=False):
    return Field("text", mandatory, longest=longest)


def base64_file():
    """Base64 of a file; decoded and judged by the operation itself."""
    return Field("text", mandatory=True)


def integer(mandatory=False):
    return Field("integer", mandatory)


def amount(mandatory=False):
    return Field("amount", mandatory)


def flag():
    return Field("flag")


def day_or_moment():
    """The sources disagree whether this is a date or a date with time: both are read."""
    return Field("day_or_moment")


def moment():
    return Field("moment")


def one_of(*values, mandatory=False):
    return Field("one_of", mandatory, values=values)


def one_of_or_number(*values):
    """The sources disagree whether this is a name of a list or a number: both are read."""
    return Field("one_of_or_number", values=values)


def group(fields, mandatory=False):
    return Field("group", mandatory, fields=fields)


def rows(fields, mandatory=False):
    return Field("rows", mandatory, fields=fields)


def row_or_rows(fields):
    """The sources disagree whether this is an array or an object: both are read."""
    return Field("row_or_rows", fields=fields)


def integers():
    return Field("integers")


def texts(longest):
    return Field("texts", longest=longest)


# Optional in every request today; the AIFE documentation of 2017 asked for it
CURRENT_USER = {"idUtilisateurCourant": integer()}


def check(table, data, path=""):
    """Refuses `data` (a dict) unless it respects `table`. `path` names the parent object."""
    for name in data:
        if name not in table:
            raise Refusal("unknown_field", field=path + name)
    for name, rule in table.items():
        value = data.get(name)
        if value is None or (rule.mandatory and value == ""):
            if rule.mandatory:
                raise Refusal("missing", field=path + name)
            continue
        _CHECKERS[rule.kind](rule, value, path + name)


def without_empty_values(table, data):
    """The same request without the empty texts where a value of a list or a date is due."""
    kept = {}
    for name, value in data.items():
        rule = table.get(name)
        if rule is None or not (value == "" and rule.kind in _NEVER_EMPTY):
            kept[name] = _inner_without_empty_values(rule, value) if rule else value
    return kept


def _inner_without_empty_values(rule, value):
    if rule.fields and isinstance(value, dict):
        return without_empty_values(rule.fields, value)
    if rule.fields and isinstance(value, list):
        return [_inner_without_empty_values(rule, row) for row in value]
    return value


def _expect(condition, where, expected):
    if not condition:
        raise Refusal("wrong_type", field=where, expected=expected)


def _text(rule, value, where):
    _expect(isinstance(value, str), where, "texte")
    if rule.longest and len(value) > rule.longest:
        raise Refusal("too_long", field=where, limit=rule.longest)


def _integer(rule, value, where):
    valid = isinstance(value, int) and not isinstance(value, bool)
    _expect(valid and -_INT64 <= value < _INT64, where, "entier")


def _amount(rule, value, where):
    valid = isinstance(value, (int, Decimal)) and not isinstance(value, bool)
    _expect(valid, where, "nombre")
    value = Decimal(value)
    _expect(abs(value) < _MAX_AMOUNT, where, "nombre de 13 chiffres au plus avant la virgule")
    _expect(value == value.quantize(_STEP), where, "nombre de 6 décimales au plus")


def _flag(rule, value, where):
    _expect(isinstance(value, bool), where, "booléen")


def _day(rule, value, where):
    _expect(isinstance(value, str) and is_day(value), where, "date AAAA-MM-JJ")


def _day_or_moment(rule, value, where):
    (_day if isinstance(value, str) and len(value) <= _DAY_LENGTH else _moment)(rule, value, where)


def _moment(rule, value, where):
    _expect(isinstance(value, str), where, "date")
    try:
        read_moment(value)
    except ValueError:
        _expect(False, where, "date ISO 8601 avec décalage horaire")


def _one_of(rule, value, where):
    _expect(isinstance(value, str), where, "texte")
    if value not in rule.values:
        raise Refusal("not_in_list", field=where)


def _one_of_or_number(rule, value, where):
    if not is_number(value):
        _one_of(rule, value, where)


def is_number(value):
    """Whether this is a whole number, or a text of its digits."""
    return (isinstance(value, int) and not isinstance(value, bool)) or (
        isinstance(value, str) and value.isdecimal()
    )


def _group(rule, value, where):
    _expect(isinstance(value, dict), where, "objet")
    check(rule.fields, value, where + ".")


def _rows(rule, value, where):
    _expect(isinstance(value, list), where, "tableau")
    for index, row in enumerate(value):
        _group(rule, row, f"{where}[{index}]")


def _row_or_rows(rule, value, where):
    (_rows if isinstance(value, list) else _group)(rule, value, where)


def _integers(rule, value, where):
    _expect(isinstance(value, list), where, "tableau")
    for index, item in enumerate(value):
        _integer(rule, item, f"{where}[{index}]")


def _texts(rule, value, where):
    _expect(isinstance(value, list), where, "tableau")
    for index, item in enumerate(value):
        _text(rule, item, f"{where}[{index}]")


_CHECKERS = {
    "text": _text,
    "integer": _integer,
    "amount": _amount,
    "flag": _flag,
    "day_or_moment": _day_or_moment,
    "moment": _moment,
    "one_of": _one_of,
    "one_of_or_number": _one_of_or_number,
    "group": _group,
    "rows": _rows,
    "row_or_rows": _row_or_rows,
    "integers": _integers,
    "texts": _texts,
}
