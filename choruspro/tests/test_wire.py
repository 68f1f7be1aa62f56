# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from choruspro import wire

decimals = st.decimals(-(10**13), 10**13, places=6, allow_nan=False, allow_infinity=False)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text() | decimals,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@given(values.filter(lambda value: "\ud800" not in repr(value)))
def test_what_goes_out_comes_back_the_same(value):
    assert wire.decode(wire.encode(value)) == value


@given(decimals)
def test_a_decimal_goes_out_digit_for_digit(value):
    assert wire.encode([value]).decode() == f"[{value:f}]"


@given(values)
def test_what_goes_out_is_json_for_others_too(value):
    json.loads(wire.encode(value))


def test_cents_that_binary_numbers_spoil_are_kept():
    assert wire.encode({"montantHtTotal": Decimal("1200.10")}) == b'{"montantHtTotal": 1200.10}'
    assert wire.encode([Decimal("9999999999999.999999")]) == b"[9999999999999.999999]"
    assert wire.decode(b'{"a": 0.1}') == {"a": Decimal("0.1")}


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b'{"a": ', b"\xff\xfe", b'{"a": NaN}', b"[" * 100_000, b"1" * 5000],
)
def test_what_is_no_json_is_a_value_error(body):
    with pytest.raises(ValueError):
        wire.decode(body)


def test_a_byte_order_mark_is_read_over():
    assert wire.decode(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}
