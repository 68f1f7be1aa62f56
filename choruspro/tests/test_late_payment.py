# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Late payment: the law's own arithmetic, to the cent, and what no input may break."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from choruspro.late_payment import (
    ESTIMATED_COMPLETION,
    ESTIMATED_START,
    INDEMNITY,
    KNOWN_RATES,
    SECOND_SUSPENSION,
    SUSPENDED_AFTER_ORDER,
    Claim,
    Clock,
    LatePaymentError,
    claim,
    claims,
    clock,
    due_date,
    half_year,
)

D = date.fromisoformat
# Amount, start, delay, suspension, payment; due, days, rate, interest, with the indemnity.
CASES = [
    ("10000.00", "2025-01-10", 30, None, "2025-03-31",
     "2025-02-09", 50, "11.15", "152.74", "192.74"),
    ("10000.00", "2025-01-10", 30, None, "2025-02-09", "2025-02-09", 0, None, "0.00", "0.00"),
    ("10000.00", "2025-01-10", 30, None, "2025-02-10", "2025-02-09", 1, "11.15", "3.05", "43.05"),
    ("12345.67", "2025-05-31", 30, None, "2025-09-15",
     "2025-06-30", 77, "10.15", "264.35", "304.35"),
    ("12345.67", "2025-06-01", 30, None, "2025-09-15",
     "2025-07-01", 76, "10.15", "260.92", "300.92"),
    ("5000.00", "2024-02-01", 50, None, "2024-04-30", "2024-03-22", 39, "12.50", "66.78", "106.78"),
    ("60000.00", "2023-11-02", 60, None, "2024-03-01",
     "2024-01-01", 60, "12.50", "1232.88", "1272.88"),
    ("1200.00", "2026-06-05", 30, None, "2026-08-31", "2026-07-05", 57, "10.40", "19.49", "59.49"),
    ("10000.00", "2025-01-10", 30, ("2025-01-30", "2025-02-05"), "2025-03-31",
     "2025-03-07", 24, "11.15", "73.32", "113.32"),
    ("10000.00", "2025-01-10", 50, ("2025-01-15", "2025-02-05"), "2025-05-31",
     "2025-03-22", 70, "11.15", "213.84", "253.84"),
]

days = st.dates(date(1990, 1, 1), date(2090, 1, 1))
totals = st.decimals(0, 10**9, places=2)
spans = st.integers(0, 800)
delays = st.integers(1, 60)
every_rate = {
    date(year, month, 1): Decimal(year % 7) / 2 for year in range(1989, 2100) for month in (1, 7)
}


@st.composite
def interruptions(draw, start):
    if draw(st.booleans()):
        return None
    suspended = start + timedelta(days=draw(spans))
    lasts = draw(st.none() | spans)
    return suspended, None if lasts is None else suspended + timedelta(days=lasts)


@st.composite
def situations(draw):
    """What `claim` takes beside the amount and the last day."""
    start = draw(days)
    return {
        "start": start,
        "delay_days": draw(delays),
        "interruption": draw(interruptions(start)),
    }


@pytest.mark.parametrize(
    "total, start, delay, suspension, paid, due, late, rate, interest, in_all", CASES
)
def test_claim_is_right_to_the_cent(
    total, start, delay, suspension, paid, due, late, rate, interest, in_all
):
    interruption = suspension and tuple(map(D, suspension))
    found = claim(
        Decimal(total), D(start), delay, D(paid), interruption=interruption, rates=KNOWN_RATES)
    assert found == Claim(
        base=Decimal(total),
        due=D(due),
        until=D(paid),
        days=late,
        rate=rate and Decimal(rate),
        interest=Decimal(interest),
        indemnity=Decimal("40.00") if late else Decimal(0),
        interrupted=bool(suspension),
    )
    assert found.total == Decimal(in_all)
    assert found.first == (D(due) + timedelta(days=1) if late else None)


def test_each_half_year_begins_in_january_or_july():
    assert half_year(D("2025-06-30")) == D("2025-01-01")
    assert half_year(D("2025-07-01")) == D("2025-07-01")
    assert half_year(D("2025-12-31")) == D("2025-07-01")


def test_known_rates_cover_each_half_year_without_a_gap():
    assert {day.isoformat(): str(rate) for day, rate in KNOWN_RATES.items()} == {
        "2015-01-01": "0.05", "2015-07-01": "0.05",
        "2016-01-01": "0.05", "2016-07-01": "0.00",
        "2017-01-01": "0.00", "2017-07-01": "0.00",
        "2018-01-01": "0.00", "2018-07-01": "0.00",
        "2019-01-01": "0.00", "2019-07-01": "0.00",
        "2020-01-01": "0.00", "2020-07-01": "0.00",
        "2021-01-01": "0.00", "2021-07-01": "0.00",
        "2022-01-01": "0.00", "2022-07-01": "0.00",
        "2023-01-01": "2.50", "2023-07-01": "4.00",
        "2024-01-01": "4.50", "2024-07-01": "4.25",
        "2025-01-01": "3.15", "2025-07-01": "2.15",
        "2026-01-01": "2.15", "2026-07-01": "2.40",
    }


def test_rate_is_that_of_the_first_late_day_until_the_payment():
    found = claim(Decimal(1000), D("2025-05-31"), 30, D("2026-12-31"), rates=KNOWN_RATES)
    assert (found.first, found.rate, found.days) == (D("2025-07-01"), Decimal("10.15"), 549)


def test_half_a_cent_of_interest_is_rounded_up():
    # 10 % of 18.25 is 0.005 a day
    rates = {D("2025-01-01"): Decimal(2)}
    found = claim(Decimal("18.25"), D("2025-01-10"), 30, D("2025-02-10"), rates=rates)
    assert (found.days, found.interest) == (1, Decimal("0.01"))


# ------------------------------------------------------------------
# Interruption
# ------------------------------------------------------------------


def _interrupted(suspended, completed, until="2025-12-31", delay=30):
    return claim(
        Decimal(1000),
        D("2025-01-10"),
        delay,
        D(until),
        interruption=(D(suspended), completed and D(completed)),
        rates=KNOWN_RATES,
    )


def test_nothing_is_late_while_the_delay_is_interrupted():
    found = _interrupted("2025-01-30", None)
    assert (found.due, found.days, found.total) == (None, 0, 0)
    assert found.interrupted


def test_new_delay_is_at_least_thirty_days():
    assert _interrupted("2025-01-10", "2025-01-10", delay=20).due == D("2025-02-09")
    assert _interrupted("2025-02-09", "2025-02-20").due == D("2025-03-22")


def test_what_was_left_counts_when_it_is_more_than_thirty_days():
    assert _interrupted("2025-01-11", "2025-03-01", delay=60).due == D("2025-04-29")


def test_suspension_after_the_delay_interrupts_nothing():
    found = _interrupted("2025-02-10", None)
    assert (found.due, found.interrupted) == (D("2025-02-09"), False)
    assert found.days == 325


def test_suspension_after_the_payment_interrupts_nothing():
    found = _interrupted("2025-02-01", "2025-02-03", until="2025-01-31")
    assert (found.due, found.interrupted, found.days) == (D("2025-02-09"), False, 0)


@given(situation=situations(), until=days)
def test_due_date_is_that_of_the_claim(situation, until):
    found = claim(Decimal(1), until=until, rates=every_rate, **situation)
    assert due_date(until=until, **situation) == found.due


def test_due_date_takes_no_nonsense():
    with pytest.raises(LatePaymentError, match="delay_invalid"):
        due_date(D("2025-01-10"), 0)
    with pytest.raises(LatePaymentError, match="dates_out_of_order"):
        due_date(D("2025-01-10"), 30, interruption=(D("2025-01-09"), None))


# ------------------------------------------------------------------
# Parts
# ------------------------------------------------------------------


def test_indemnity_is_due_once_for_an_invoice_paid_in_several_times():
    parts = [
        (Decimal(4000), D("2025-03-31")),
        (Decimal(1000), D("2025-02-01")),
        (Decimal(5000), D("2025-03-01")),
    ]
    found = claims(parts, D("2025-01-10"), 30, rates=KNOWN_RATES)
    assert [(one.base, one.days, one.interest, one.indemnity) for one in found] == [
        (Decimal(1000), 0, Decimal(0), Decimal(0)),
        (Decimal(5000), 20, Decimal("30.55"), Decimal(40)),
        (Decimal(4000), 50, Decimal("61.10"), Decimal(0)),
    ]


@given(situation=situations(), parts=st.lists(totals, min_size=1, max_size=6), until=days)
def test_claim_is_additive_over_parts(situation, parts, until):
    whole = claim(sum(parts), until=until, rates=every_rate, **situation)
    pieces = claims([(part, until) for part in parts], rates=every_rate, **situation)
    assert {one.days for one in pieces} == {whole.days}
    assert sum(one.indemnity for one in pieces) == whole.indemnity
    # Each is rounded to the cent.
    difference = abs(sum(one.interest for one in pieces) - whole.interest)
    assert difference <= Decimal("0.005") * (len(parts) + 1)


# ------------------------------------------------------------------
# Properties
# ------------------------------------------------------------------


@given(total=totals, situation=situations(), until=days)
def test_claim_is_never_negative_and_all_or_nothing(total, situation, until):
    found = claim(total, until=until, rates=every_rate, **situation)
    assert found.days >= 0 and found.interest >= 0 and found.indemnity in (0, INDEMNITY)
    assert bool(found.days) == bool(found.indemnity) == (found.rate is not None)
    assert found.days or not found.interest
    assert found.interest == found.interest.quantize(Decimal("0.01"))


@given(total=totals, situation=situations(), until=days, more=st.integers(0, 800))
def test_claim_never_falls_as_days_pass(total, situation, until, more):
    now = claim(total, until=until, rates=every_rate, **situation)
    later = claim(total, until=until + timedelta(days=more), rates=every_rate, **situation)
    assert later.days >= now.days
    assert later.interest >= now.interest and later.total >= now.total


@given(total=totals, more=totals, situation=situations(), until=days)
def test_claim_grows_with_the_amount(total, more, situation, until):
    one = claim(total, until=until, rates=every_rate, **situation)
    other = claim(total + more, until=until, rates=every_rate, **situation)
    assert other.days == one.days and other.interest >= one.interest


@given(total=totals, situation=situations(), early=st.integers(0, 800))
def test_nothing_is_owed_up_to_the_due_date(total, situation, early):
    far = situation["start"] + timedelta(days=4000)
    due = claim(total, until=far, rates=every_rate, **situation).due
    assume(due is not None)
    found = claim(total, until=due - timedelta(days=early), rates={}, **situation)
    assert (found.days, found.total, found.rate) == (0, 0, None)
    after = claim(total, until=due + timedelta(days=1), rates=every_rate, **situation)
    assert (after.due, after.days, after.indemnity) == (due, 1, INDEMNITY)


@given(total=totals, situation=situations(), until=days)
def test_interest_is_the_formula_of_the_ministry(total, situation, until):
    found = claim(total, until=until, rates=every_rate, **situation)
    assume(found.days)
    exact = Fraction(total) * Fraction(found.rate) * found.days / 36500
    assert abs(Fraction(found.interest) - exact) <= Fraction(1, 200)
    assert found.rate == every_rate[half_year(found.first)] + 8


@given(total=totals, situation=situations(), until=days)
def test_completion_gives_at_least_thirty_days_and_never_less_than_was_left(
    total, situation, until
):
    plain = claim(total, until=until, rates=every_rate, **situation | {"interruption": None})
    found = claim(total, until=until, rates=every_rate, **situation)
    if not found.interrupted:
        assert found.due == plain.due
    elif found.due is not None:
        suspended, completed = situation["interruption"]
        assert found.due >= plain.due
        assert (found.due - completed).days == max(30, (plain.due - suspended).days)


# ------------------------------------------------------------------
# Bad input
# ------------------------------------------------------------------


LATE = {
    "total": Decimal(1000),
    "start": D("2025-01-10"),
    "delay_days": 30,
    "until": D("2025-03-31"),
    "rates": KNOWN_RATES,
}


def _refusal(**changed):
    with pytest.raises(LatePaymentError) as caught:
        claim(**LATE | changed)
    return caught.value


def test_half_year_without_a_rate_is_named_and_the_last_one_is_not_reused():
    error = _refusal(start=D("2026-12-10"), until=D("2027-06-01"))
    assert (error.code, error.half_year) == ("rate_missing", D("2027-01-01"))
    assert str(error) == "rate_missing (2027-01-01)"


@pytest.mark.parametrize(
    "rate", [2.15, "2.15", Decimal("NaN"), Decimal("Infinity"), Decimal(100), Decimal(-100)]
)
def test_rate_that_is_no_rate_is_refused(rate):
    assert _refusal(rates={D("2025-01-01"): rate}).code == "rate_invalid"


def test_rate_below_minus_eight_takes_nothing_from_the_creditor():
    rates = {D("2025-01-01"): Decimal(-9)}
    found = claim(Decimal(1000), D("2025-01-10"), 30, D("2025-03-31"), rates=rates)
    assert (found.rate, found.interest, found.indemnity) == (0, 0, INDEMNITY)


@pytest.mark.parametrize(
    "total", [-1, Decimal("-0.01"), 1000.0, "1000", None, Decimal("NaN"), Decimal("1E+13")]
)
def test_amount_that_is_no_amount_is_refused(total):
    assert _refusal(total=total).code == "total_invalid"


@pytest.mark.parametrize("delay", [0, -30, 61, 30.0, "30", None, True])
def test_delay_outside_the_law_is_refused(delay):
    assert _refusal(delay_days=delay).code == "delay_invalid"


@pytest.mark.parametrize("day", [None, "2025-01-10", datetime(2025, 1, 10)])
def test_date_that_is_no_date_is_refused(day):
    assert _refusal(start=day).code == "date_invalid"
    assert _refusal(until=day).code == "date_invalid"


def test_delay_that_would_end_after_the_last_day_of_the_calendar_is_refused():
    assert _refusal(start=date(9999, 12, 20), until=date(9999, 12, 31)).code == "date_invalid"


@pytest.mark.parametrize(
    "interruption",
    [
        (D("2025-01-09"), D("2025-01-20")),
        (D("2025-01-09"), None),
        (D("2025-01-20"), D("2025-01-19")),
        (None, D("2025-01-19")),
    ],
)
def test_dates_out_of_order_are_refused(interruption):
    assert _refusal(interruption=interruption).code == "dates_out_of_order"


def test_payment_before_the_start_is_not_late():
    found = claim(Decimal(1000), D("2025-01-10"), 30, D("2024-12-01"), rates={})
    assert (found.due, found.days, found.total) == (D("2025-02-09"), 0, 0)


# ------------------------------------------------------------------
# The clock, from the statuses
# ------------------------------------------------------------------

REQUESTED = D("2025-01-02")


def _clock(*events, **more):
    return clock([(code, D(day)) for code, day in events], REQUESTED, **more)


DEPOSITED = ("DEPOSEE", "2025-01-02")
AVAILABLE = ("MISE_A_DISPOSITION", "2025-01-05")
SUSPENDED = ("SUSPENDUE", "2025-01-20")
COMPLETED = ("COMPLETEE", "2025-01-25")


def test_delay_starts_when_the_invoice_is_made_available():
    assert _clock(DEPOSITED, AVAILABLE) == Clock(D("2025-01-05"))
    assert _clock(DEPOSITED, ("MISE_A_DISPOSITION_MOE", "2025-01-06")).start == D("2025-01-06")


def test_completion_begins_no_second_start():
    again = ("MISE_A_DISPOSITION", "2025-01-26")
    found = _clock(DEPOSITED, AVAILABLE, SUSPENDED, COMPLETED, again)
    assert found == Clock(D("2025-01-05"), (D("2025-01-20"), D("2025-01-25")))


def test_recycled_invoice_starts_where_it_goes_next():
    back = ("A_RECYCLER", "2025-02-01")
    again = ("MISE_A_DISPOSITION", "2025-02-10")
    assert _clock(AVAILABLE, SUSPENDED, COMPLETED, back) is None
    assert _clock(AVAILABLE, back, ("EN_COURS_ACHEMINEMENT", "2025-02-09")) is None
    # What the wrong service suspended is no interruption by the right one.
    found = _clock(AVAILABLE, SUSPENDED, COMPLETED, back, again)
    assert found == Clock(D("2025-02-10"))


def test_estimate_after_recycling_is_not_from_before_it():
    found = _clock(AVAILABLE, ("A_RECYCLER", "2025-02-01"), ("MANDATEE", "2025-03-01"))
    assert found == Clock(D("2025-02-03"), marks=frozenset([ESTIMATED_START]))


def test_work_done_later_starts_the_delay_later():
    assert _clock(AVAILABLE, performed=D("2025-01-31")).start == D("2025-01-31")
    assert _clock(AVAILABLE, performed=D("2025-01-01")).start == D("2025-01-05")


def test_suspension_before_the_work_was_done_counts_from_there():
    found = _clock(AVAILABLE, SUSPENDED, performed=D("2025-01-31"))
    assert found.interruption == (D("2025-01-31"), None)


def test_status_service_done_is_no_start():
    assert _clock(AVAILABLE, ("SERVICE_FAIT", "2025-02-15")).start == D("2025-01-05")


def test_start_is_estimated_when_no_status_says_it():
    assert _clock() == Clock(D("2025-01-04"), marks=frozenset([ESTIMATED_START]))
    found = _clock(DEPOSITED, ("MANDATEE", "2025-02-01"))
    assert found == Clock(D("2025-01-04"), marks=frozenset([ESTIMATED_START]))
    # Who acted on it had it.
    found = _clock(DEPOSITED, ("SERVICE_FAIT", "2025-01-03"))
    assert found == Clock(D("2025-01-03"), marks=frozenset([ESTIMATED_START]))


@pytest.mark.parametrize("code", ["DEPOSEE", "EN_COURS_ACHEMINEMENT", "A_VALIDER_1", "BROUILLON"])
def test_no_delay_runs_before_the_recipient_has_the_invoice(code):
    assert _clock((code, "2025-01-02")) is None


@pytest.mark.parametrize("code", ["REJETEE", "ABANDONNEE", "SUPPRIMEE", "REFUSEE_MOA"])
def test_no_delay_runs_for_what_was_rejected_or_abandoned(code):
    assert _clock(AVAILABLE, (code, "2025-02-01")) is None


def test_suspension_that_lasts_has_no_end():
    assert _clock(AVAILABLE, SUSPENDED).interruption == (D("2025-01-20"), None)


def test_suspension_without_completion_ends_with_what_follows_and_says_so():
    found = _clock(AVAILABLE, SUSPENDED, ("MANDATEE", "2025-02-02"))
    assert found.interruption == (D("2025-01-20"), D("2025-02-02"))
    assert found.marks == {ESTIMATED_COMPLETION}


def test_unknown_status_ends_no_suspension():
    assert _clock(AVAILABLE, SUSPENDED, ("NOUVEAU", "2025-02-02")).interruption[1] is None


def test_second_suspension_stops_nothing_and_is_marked():
    found = _clock(AVAILABLE, SUSPENDED, COMPLETED, ("SUSPENDUE", "2025-02-01"))
    assert found.interruption == (D("2025-01-20"), D("2025-01-25"))
    assert found.marks == {SECOND_SUSPENSION}


def test_suspension_after_the_order_to_pay_stops_nothing_and_is_marked():
    found = _clock(AVAILABLE, ("MANDATEE", "2025-01-30"), ("SUSPENDUE", "2025-02-01"))
    assert (found.interruption, found.marks) == (None, {SUSPENDED_AFTER_ORDER})


def test_payment_is_the_first_one_announced():
    found = _clock(
        AVAILABLE, ("MISE_EN_PAIEMENT", "2025-02-20"), ("MISE_EN_PAIEMENT", "2025-02-24"))
    assert found.paid == D("2025-02-20")


codes = st.sampled_from(
    "DEPOSEE EN_COURS_ACHEMINEMENT MISE_A_DISPOSITION SUSPENDUE COMPLETEE SERVICE_FAIT MANDATEE"
    " MISE_EN_PAIEMENT A_RECYCLER REJETEE NOUVEAU A_VALIDER_1".split()
)
histories = st.lists(st.tuples(codes, st.dates(date(2025, 1, 1), date(2025, 12, 31)))).map(
    lambda events: sorted(events, key=lambda event: event[1]))


@given(
    events=histories,
    requested=days,
    performed=st.none() | st.dates(date(2024, 6, 1), date(2026, 6, 1)),
    until=days,
)
def test_whatever_the_history_the_claim_can_be_computed(events, requested, performed, until):
    found = clock(events, requested, performed)
    if found is None:
        return
    assert found.start <= max([requested + timedelta(days=2), performed or requested]
                              + [day for _code, day in events])
    claim(
        Decimal(100), found.start, 30, until, interruption=found.interruption, rates=every_rate)
