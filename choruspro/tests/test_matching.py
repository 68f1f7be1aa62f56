# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from choruspro.changes import is_day_only, is_same_moment, normalised_number
from choruspro.messages import StatusEvent


def event(date):
    return StatusEvent.from_json({"histoStatutCode": "MANDATEE", "histoStatutDatePassage": date})


SPELLINGS = ["FA/2026/00042", "fa-2026-00042", " FA 2026 00042 ", "FA2026_00042"]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_spellings_of_one_number_are_the_same(spelling):
    assert normalised_number(spelling) == "FA202600042"


def test_another_number_stays_another_one():
    assert normalised_number("FA/2026/00042") != normalised_number("FA/2026/0042")


@pytest.mark.parametrize(
    "one, other, same",
    [
        ("2026-11-22T09:14:02.118+01:00", "2026-11-22 09:14", True),
        ("2026-11-22T09:14:59+01:00", "2026-11-22T08:14:00Z", True),
        ("2026-11-22 09:14", "2026-11-22 09:15", False),
        ("2026-11-22T23:50:00+01:00", "2026-11-22", True),
        ("2026-11-22", "2026-11-22", True),
        ("2026-11-22T23:50:00Z", "2026-11-22", False),
        ("2026-07-01T00:30:00+02:00", "2026-07-01", True),
        ("2026-11-23", "2026-11-22", False),
    ],
)
def test_a_moment_is_told_to_the_second_to_the_minute_or_to_the_day(one, other, same):
    one, other = event(one).date, event(other).date
    assert is_same_moment(one, other) is same
    assert is_same_moment(other, one) is same


@given(moment=st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)), seconds=st.integers(0, 59))
def test_seconds_never_tell_two_events_apart(moment, seconds):
    moment = moment.replace(second=0, microsecond=0, tzinfo=timezone.utc)
    assert is_same_moment(moment, moment + timedelta(seconds=seconds))


def test_a_date_without_a_time_is_recognised():
    assert is_day_only(event("2026-07-14").date)
    assert not is_day_only(event("2026-07-14 00:01").date)
