# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""How fast a connection may call: a bucket of permits, decided on plain data.

The quotas of PISTE are per application and not published, so the pace is a setting. The state is a
small record that all workers share, say a row of a table locked while it is decided: state in,
decision and new state out. Nothing here waits or knows the time.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol


class Gate(Protocol):
    """What a transport goes through before each call, shared by all who call by a connection."""

    def enter(self, operation):
        """Come back when the call (an Operation) may be made. Raises RateLimitedError, with the
        seconds to wait, when that is too long for the caller; UnavailableError when what is shared
        is out of reach."""

    def limited(self, retry_after):
        """The platform answered HTTP 429; retry_after: seconds that it asked for, or None. Raises
        nothing: the caller is told of it in any case."""


@dataclass(frozen=True)
class Pace:
    """per_minute: calls that a minute allows in the long run; burst: calls that a pause saves up,
    1 at least. Raises ValueError for a pace that would let nothing through."""

    per_minute: float
    burst: int = 1

    def __post_init__(self):
        if not self.per_minute > 0 or self.burst < 1:
            raise ValueError("a pace lets something through")

    @property
    def interval(self):
        """Between two calls in the long run (timedelta)."""
        return timedelta(minutes=1) / self.per_minute


@dataclass(frozen=True)
class Bucket:
    """What is kept of the calls of a connection.

    full_at: when all permits are there again (aware); None: now, nothing was called. closed_until:
    before then nothing may be called, as the platform asked (aware), or None.
    """

    full_at: datetime | None = None
    closed_until: datetime | None = None


def take(bucket, pace, now):
    """(Bucket to keep, timedelta to wait before the call) for one call at ``now`` (aware).

    With a wait of zero the call may be made, and its permit is taken. With a longer one nothing is
    taken: ask again after it.
    """
    bucket = _sane(bucket, pace, now)
    if bucket.closed_until is not None and bucket.closed_until > now:
        return bucket, bucket.closed_until - now
    # Each call moves the moment at which the bucket is full; it is empty when that is too far
    full_at = max(bucket.full_at or now, now) + pace.interval
    wait = full_at - now - pace.burst * pace.interval
    if wait > timedelta(0):
        return bucket, wait
    return Bucket(full_at=full_at), timedelta(0)


def limited(bucket, pace, now, retry_after=None):
    """The Bucket to keep after the platform said that calls are too many (HTTP 429).

    retry_after: seconds that it asked to wait, None when it did not say: then the time in which an
    empty bucket fills. Nothing is called before, and what a pause had saved up is gone.
    """
    pause = pace.burst * pace.interval if retry_after is None else timedelta(seconds=retry_after)
    until = max(bucket.closed_until or now, now + pause)
    return Bucket(full_at=until + (pace.burst - 1) * pace.interval, closed_until=until)


def _sane(bucket, pace, now):
    """The same, unless it was written by a clock ahead of ours: no wait is longer than the bucket
    needs to fill, beyond what the platform asked."""
    latest = max(bucket.closed_until or now, now) + pace.burst * pace.interval
    if bucket.full_at is not None and bucket.full_at > latest:
        return replace(bucket, full_at=latest)
    return bucket
