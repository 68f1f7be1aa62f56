# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The clock: Paris time in answers, parsing of dates, and ageing."""

from datetime import datetime, timedelta, timezone

import pytest

from simulator.world.clock import Clock, is_day, read_moment


def utc(*parts):
    return datetime(*parts, tzinfo=timezone.utc)


def test_dates_are_said_in_paris_time():
    clock = Clock()
    winter = utc(2026, 1, 31, 23, 30, 5, 118000)
    assert clock.moment(winter) == "2026-02-01T00:30:05.118+01:00"
    assert clock.minute(winter) == "2026-02-01 00:30"
    assert clock.day(winter) == "2026-02-01"
    assert clock.moment(utc(2026, 7, 1, 12)) == "2026-07-01T14:00:00.000+02:00"


@pytest.mark.parametrize(
    "text, expected",
    [
        ("2026-11-22T10:00:00.118+01:00", utc(2026, 11, 22, 9, 0, 0, 118000)),
        ("2026-11-22T09:00:00Z", utc(2026, 11, 22, 9)),
        ("2026-11-22T10:00:00+0100", utc(2026, 11, 22, 9)),
        ("2026-11-22", utc(2026, 11, 21, 23)),
    ],
)
def test_moments_are_read_with_their_offset(text, expected):
    assert read_moment(text) == expected


def test_a_day_ends_with_its_last_millisecond_even_when_clocks_change():
    assert read_moment("2026-10-25", end_of_day=True) == utc(2026, 10, 25, 22, 59, 59, 999000)


@pytest.mark.parametrize(
    "text",
    ["2026-11-22T10:00:00", "2026-11-22 10:00", "2026-13-01", "22/11/2026", "", "2026-11-22Z"],
)
def test_other_dates_are_refused(text):
    with pytest.raises(ValueError):
        read_moment(text)


def test_days_are_calendar_days():
    assert is_day("2028-02-29")
    assert not is_day("2026-02-29")
    assert not is_day("2026-2-1")


def test_advancing_ages_what_exists_and_leaves_now():
    clock = Clock()
    event = clock.now()
    before = clock.shown(event)
    clock.advance(86400)
    assert clock.shown(event) == before - timedelta(days=1)
    assert abs(clock.shown(clock.now()) - datetime.now(timezone.utc)) < timedelta(seconds=5)
    assert clock.stored(clock.shown(event)) == event


def test_nothing_becomes_younger():
    clock = Clock()
    with pytest.raises(ValueError):
        clock.advance(-1)
