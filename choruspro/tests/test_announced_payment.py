# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Which invoices a transfer pays: never a guess."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from choruspro.announced_payment import Announced, fitting

MONDAY, TUESDAY = date(2025, 3, 3), date(2025, 3, 4)
A = Announced("FAC/2025/00001", "Brest", Decimal("100.00"), MONDAY)
B = Announced("FAC/2025/00002", "Brest", Decimal("250.10"), MONDAY)
C = Announced("FAC/2025/00003", "Brest", Decimal("40.00"), TUESDAY)
D = Announced("FAC/2025/00011", "Rennes", Decimal("100.00"), TUESDAY)


@pytest.mark.parametrize(
    "label",
    ["VIR TRESOR FAC/2025/00001", "fac202500001", "FAC-2025-00001/REGLEMENT", "X;FAC 2025 00001;Y"],
)
def test_label_names_an_invoice_whatever_its_separators(label):
    assert fitting(Decimal(100), label, [A, B, D]) == (A,)


def test_longer_number_is_another_number():
    assert fitting(Decimal(100), "FAC/2025/000011", [A]) == (A,)  # the only one of this amount
    assert fitting(Decimal(100), "FAC/2025/000011", [A, D]) == ()


def test_what_the_label_names_has_to_make_the_amount():
    assert fitting(Decimal("350.10"), "FAC/2025/00001 FAC/2025/00002", [A, B, C]) == (A, B)
    assert fitting(Decimal(100), "FAC/2025/00002", [A, B]) == ()


def test_without_a_name_one_answer_only_is_given():
    assert fitting(Decimal("40.00"), "VIR", [A, B, C, D]) == (C,)
    assert fitting(Decimal(100), "VIR", [A, B, C, D]) == ()


def test_what_was_announced_on_one_day_comes_together():
    assert fitting(Decimal("350.10"), "VIR", [A, B, C, D]) == (A, B)
    assert fitting(Decimal("390.10"), "VIR", [A, B, C, D]) == (A, B, C)


def test_two_public_bodies_do_not_pay_by_one_transfer():
    assert fitting(Decimal(200), "VIR", [A, D]) == ()
    assert fitting(Decimal(200), "FAC/2025/00001 FAC/2025/00011", [A, D]) == ()


announcements = st.lists(
    st.builds(
        Announced,
        number=st.sampled_from(["F1", "F-2", "F/30", "__", ""]),
        payer=st.sampled_from("AB"),
        amount=st.decimals(0, 20, places=2),
        day=st.sampled_from([MONDAY, TUESDAY]),
    ),
    max_size=6,
    unique=True,
)


@given(
    amount=st.decimals(0, 60, places=2),
    label=st.text() | st.sampled_from(["F1 F-2", "f30"]),
    announced=announcements,
)
def test_what_fits_is_of_one_payer_and_makes_the_amount(amount, label, announced):
    found = fitting(amount, label, announced)
    assert set(found) <= set(announced)
    assert not found or sum(one.amount for one in found) == amount
    assert len({one.payer for one in found}) <= 1
