# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The pace of calls: never more than allowed, never less than possible."""

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from choruspro.rate_limit import Bucket, Pace, limited, take

NOW = datetime(2026, 11, 22, 12, tzinfo=timezone.utc)
NOTHING = timedelta(0)
SECOND = timedelta(seconds=1)

paces = st.builds(Pace, st.integers(1, 6000), st.integers(1, 50))
gaps = st.lists(st.integers(0, 5_000_000).map(lambda n: timedelta(microseconds=n)), max_size=80)


def _calls(pace, pauses):
    """When calls are made by somebody who asks after each pause, and goes away when told to."""
    bucket, now, made = Bucket(), NOW, []
    for pause in pauses:
        now += pause
        bucket, wait = take(bucket, pace, now)
        if wait == NOTHING:
            made.append(now)
    return made


@given(pace=paces, pauses=gaps)
def test_no_stretch_of_time_has_more_calls_than_the_pace_allows(pace, pauses):
    made = _calls(pace, pauses)
    for first, start in enumerate(made):
        for count, end in enumerate(made[first:], 1):
            # A microsecond more: the interval may have been rounded
            assert count <= pace.burst + (end - start + count * SECOND / 10**6) / pace.interval


@given(pace=paces, pauses=gaps)
def test_who_waits_as_told_is_let_through(pace, pauses):
    bucket, now = Bucket(), NOW
    for pause in pauses:
        now += pause
        kept, wait = take(bucket, pace, now)
        if wait:
            assert wait <= pace.interval
            now += wait
            kept, wait = take(kept, pace, now)
        assert wait == NOTHING
        bucket = kept


@given(pace=paces)
def test_a_pause_saves_up_a_burst_and_no_more(pace):
    made = _calls(pace, [timedelta(days=1)] + [NOTHING] * 60)
    assert len(made) == min(pace.burst, 61)


def test_a_refused_call_takes_nothing():
    pace = Pace(60)
    bucket, wait = take(Bucket(), pace, NOW)
    assert wait == NOTHING
    for _try in range(5):
        kept, wait = take(bucket, pace, NOW)
        assert (kept, wait) == (bucket, SECOND)


@given(pace=paces, retry_after=st.integers(0, 86_400), pauses=gaps)
def test_what_the_platform_asks_is_honoured_by_all_workers(pace, retry_after, pauses):
    until = NOW + retry_after * SECOND
    bucket, now = limited(Bucket(), pace, NOW, retry_after), NOW
    for pause in pauses:
        now += pause
        bucket, wait = take(bucket, pace, now)
        if now < until:
            assert wait == until - now
    bucket, wait = take(limited(Bucket(), pace, NOW, retry_after), pace, until)
    assert wait == NOTHING
    # One call only: what was saved up is gone
    assert take(bucket, pace, until)[1] > NOTHING


def test_a_refusal_without_a_time_waits_until_the_bucket_is_full():
    pace = Pace(60, 5)
    _bucket, wait = take(limited(Bucket(), pace, NOW), pace, NOW)
    assert wait == 5 * SECOND


def test_a_shorter_demand_does_not_shorten_a_longer_one():
    pace = Pace(60)
    bucket = limited(limited(Bucket(), pace, NOW, 300), pace, NOW, 5)
    assert take(bucket, pace, NOW)[1] == 300 * SECOND


@given(pace=paces, ahead=st.integers(1, 10**6))
def test_a_clock_that_was_ahead_does_not_stop_the_others(pace, ahead):
    bucket, _wait = take(Bucket(), pace, NOW + ahead * SECOND)
    _bucket, wait = take(bucket, pace, NOW)
    assert wait <= pace.interval


@pytest.mark.parametrize("per_minute, burst", [(0, 1), (-1, 1), (60, 0), (float("nan"), 1)])
def test_a_pace_that_lets_nothing_through_is_refused(per_minute, burst):
    with pytest.raises(ValueError, match="allows some calls"):
        Pace(per_minute, burst)
