# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Each hostile input has one outcome, and costs no more than a bound: counted, not timed."""

import importlib
import json
import re
import sys
from decimal import Decimal

import hostile_inputs
import pytest
from hostile_inputs import BODIES, DATA_SETS, KEPT, LABELS, NUMBERS, OUTGOING, TEXTS, names
from hypothesis import given
from hypothesis import strategies as st
from requests.structures import CaseInsensitiveDict
from work import counted

from choruspro import data_set, redaction, text, verdict, wire
from choruspro.data_set import read_data_set
from choruspro.errors import MOST_READ, ProtocolError, clean_label
from choruspro.http_answer import HttpAnswer
from choruspro.limits import LIMITS
from choruspro.messages import InvoicePage, MessageError, reading, writing
from choruspro.operations import SEARCH_INVOICES
from choruspro.redaction import redacted, safe_text

# Calls that no message needs: one of a hundred fields makes some thousands
MOST_CALLS = 5_000
# Digits that one number may cost
MOST_WRITTEN = 200


def test_there_are_hundreds_of_hostile_inputs_of_different_names():
    assert len(hostile_inputs.ALL) >= 150
    for entries in hostile_inputs.LISTS:
        assert len(set(names(entries))) == len(entries)


# Texts


def _is_storable(value):
    """Whether PostgreSQL, UTF-8 and XML 1.0 can hold a text."""
    return not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", value)


@pytest.mark.parametrize("_name, given, make, fields, expected", TEXTS, ids=names(TEXTS))
def test_a_text_that_cannot_be_kept_comes_in_as_one_that_can(
    monkeypatch, _name, given, make, fields, expected
):
    came_in = wire.decode(json.dumps(given).encode())
    assert came_in == given
    with counted(monkeypatch) as counts:
        found = fields(make(came_in))
    assert set(found) == {expected}
    for each in found:
        assert _is_storable(each)
        assert len(each) <= text.MOST_CHARACTERS
    assert counts.calls < MOST_CALLS


any_text = st.text(st.characters(exclude_categories=()))
any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | any_text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(any_text, inner, max_size=4),
)


@given(value=any_json)
def test_any_json_gives_a_text_that_can_be_kept(value):
    came_in = wire.decode(json.dumps({"field": value}, allow_nan=True).encode()) if _is_json(
        value
    ) else {"field": value}
    found = reading.text(came_in, "field")
    assert _is_storable(found)
    found.encode("utf-8")
    assert "\x00" not in found
    assert found == found.strip()
    assert len(found) <= text.MOST_CHARACTERS


def _is_json(value):
    try:
        json.dumps(value, allow_nan=False)
    except ValueError:
        return False
    return True


@given(value=any_text)
def test_what_can_be_kept_is_kept_as_it_is(value):
    kept = text.storable(value)
    assert len(kept) == len(value)
    assert text.storable(kept) == kept
    assert _is_storable(kept)
    assert _is_storable(value) == (kept == value)


@given(value=any_text)
def test_a_label_of_any_text_can_be_kept(value):
    assert _is_storable(clean_label(value))


# Numbers


@pytest.mark.parametrize("_name, sent, identifier, amount", NUMBERS, ids=names(NUMBERS))
def test_a_number_is_read_as_what_it_is_or_not_at_all(
    monkeypatch, _name, sent, identifier, amount
):
    data = wire.decode(f'{{"field": {sent}}}'.encode())
    with counted(monkeypatch, text) as counts:
        if identifier is ProtocolError:
            with pytest.raises(ProtocolError) as caught:
                reading.required_identifier(data, "field")
            assert "field" in caught.value.label
            assert reading.identifier(data, "field") == ""
        else:
            assert reading.required_identifier(data, "field") == identifier
            assert reading.identifier(data, "field") == identifier
        assert reading.amount(data, "field") == amount
        whole = reading.number(data, "field")
        assert whole == (None if amount is None else int(amount))
        assert reading.flag(data, "field") in (True, False, None)
        moment = reading.moment(data, "field")
        assert moment is None or moment.year in (1969, 1970)
    assert counts.digits <= MOST_WRITTEN
    assert counts.calls < MOST_CALLS


@pytest.mark.parametrize(
    "value",
    [10**5000, -(10**5000), "9" * 5000, True, 1.5, Decimal("1e9")],
    ids=["int", "negative_int", "text", "truth", "float", "decimal"],
)
def test_an_identifier_that_is_none_leaves_as_an_error_of_its_own(value):
    with pytest.raises(MessageError) as caught:
        writing.identifier("invoice_id", value)
    assert caught.value.rule == "identifier"


def test_a_row_without_a_usable_identifier_does_not_hide_the_others():
    rows = [{"identifiantFactureCPP": each} for each in (1, "abc", "9" * 5000, 10**40, 2, -3)]
    rows[3]["identifiantFactureCPP"] = "\ud800"
    page = InvoicePage.from_json({"listeFactures": rows, "parametresRetour": {"total": 6}})
    assert [row.invoice_id for row in page.invoices] == ["1", "2"]
    assert page.left_out == ("abc", "9" * 5000, "\ufffd", "-3")


# Whole answers


@pytest.mark.parametrize("_name, body, code", BODIES, ids=names(BODIES))
def test_an_answer_that_is_none_is_an_error_of_its_own(monkeypatch, _name, body, code):
    answer = HttpAnswer(200, CaseInsensitiveDict(), body)
    with counted(monkeypatch) as counts, pytest.raises(ProtocolError) as caught:
        verdict.require_success(SEARCH_INVOICES, answer)
        InvoicePage.from_json(answer.data)
    assert caught.value.code == code
    assert counts.calls < MOST_CALLS


@pytest.mark.parametrize("_name, said, expected", LABELS, ids=names(LABELS))
def test_a_label_is_made_of_the_beginning_only(monkeypatch, _name, said, expected):
    read = []
    monkeypatch.setattr("choruspro.errors.storable", lambda each: read.append(each) or
                        text.storable(each))
    with counted(monkeypatch) as counts:
        label = clean_label(said)
    assert label == expected
    assert sum(map(len, read)) <= MOST_READ
    assert counts.calls < MOST_CALLS


@pytest.mark.parametrize("place", range(MOST_READ - 40, MOST_READ + 40, 7))
@pytest.mark.parametrize("escape", [str, json.dumps])
def test_no_part_of_a_secret_is_left_where_a_text_is_cut(place, escape):
    secret = "Secret-partie-1-partie-2"
    said = "<i>" * (place // 3) + escape(secret) + " " + "x" * 20_000
    label = clean_label(said, {secret})
    assert not any(secret[start : start + 6] in label for start in range(len(secret) - 5))


@pytest.mark.parametrize("_name, given, expected", KEPT, ids=names(KEPT))
def test_what_is_kept_of_a_message_is_bounded(monkeypatch, _name, given, expected):
    with counted(monkeypatch, redaction, text) as counts:
        assert redacted(given) == expected
    assert counts.digits <= MOST_WRITTEN
    assert counts.calls < MOST_CALLS


def test_of_a_wide_object_the_first_fields_are_kept(monkeypatch):
    with counted(monkeypatch) as counts:
        kept = redacted({f"total{n}": n for n in range(100_000)})
    assert len(kept) == redaction.MOST_KEYS + 1
    assert kept["***"] == f"… {100_000 - redaction.MOST_KEYS}"
    assert counts.calls < 20 * redaction.MOST_KEYS


def test_of_lists_in_lists_the_first_rows_are_kept(monkeypatch):
    rows = [[["x"] * 100] * 100] * 100
    with counted(monkeypatch) as counts:
        kept = redacted({"libelle": rows})
    assert len(kept["libelle"]) == redaction.MOST_ROWS + 1
    assert counts.calls < 60 * (redaction.MOST_ROWS + 1) ** 3
    assert safe_text("x" * 10_000_000) == "***…"


# Data sets


@pytest.mark.parametrize("_name, pasted, expected", DATA_SETS, ids=names(DATA_SETS))
def test_a_data_set_costs_no_more_than_its_size(monkeypatch, _name, pasted, expected):
    looks = _Looks(data_set._VALUE)
    monkeypatch.setattr(data_set, "_VALUE", looks)
    with counted(monkeypatch) as counts:
        found = read_data_set(pasted)
    passwords = [account for account in found.accounts if account.password]
    assert (len(found.accounts), len(passwords), len(found.structures)) == expected
    assert looks.count <= data_set.MOST_LABELS * len(pasted.splitlines())
    assert looks.count * looks.width <= 40 * len(pasted)
    assert counts.calls <= 5 * len(pasted) + 25 * len(pasted.split()) + 1000


class _Looks:
    """A pattern that counts how often it is tried, and how far it can see each time."""

    def __init__(self, pattern):
        self.count = 0
        parser = importlib.import_module("re._parser" if sys.version_info >= (3, 11)
                                         else "sre_parse")
        self.width = parser.parse(pattern.pattern).getwidth()[1]
        self._pattern = re.compile(pattern.pattern, pattern.flags)

    def match(self, *arguments):
        self.count += 1
        return self._pattern.match(*arguments)


# What users type


LONGEST = LIMITS["numeroBonCommande"].length


@pytest.mark.parametrize("_name, typed, rule", OUTGOING, ids=names(OUTGOING))
def test_a_text_that_must_not_leave_is_refused_by_its_rule(monkeypatch, _name, typed, rule):
    with counted(monkeypatch) as counts, pytest.raises(MessageError) as caught:
        writing.text("number", typed, LONGEST)
    assert (caught.value.field, caught.value.rule) == ("number", rule)
    assert not writing.accepts(typed, LONGEST)
    assert counts.calls < 100


@given(value=any_text, limit=st.integers(1, 40), lines=st.booleans())
def test_what_is_accepted_can_be_kept_and_leaves_as_it_is(value, limit, lines):
    if writing.accepts(value, limit, lines=lines):
        assert writing.text("field", value, limit, lines=lines) == value
        assert _is_storable(value)
        assert len(value) <= limit
    else:
        with pytest.raises(MessageError):
            writing.text("field", value, limit, lines=lines)
