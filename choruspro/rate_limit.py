# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""How fast a connection may call: a bucket of permits, decided on plain data.

The quotas of PISTE are per application and not published, so the pace is a setting. All workers
share the state, a small record: state in, decision and new state out. Nothing here waits or reads
the clock.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Pace:
    """How fast to call.

    :raises ValueError: no call would be allowed
    """

    per_minute: float  # calls in the long run
    burst: int = 1  # calls that a pause saves up, 1 at least

    def __post_init__(self):
        if not self.per_minute > 0 or self.burst < 1:
            raise ValueError("a pace allows some calls")

    @property
    def interval(self):
        """Between two calls in the long run (timedelta)."""
        return timedelta(minutes=1) / self.per_minute


@dataclass(frozen=True)
class Bucket:
    """The state of the rate limit of a connection; datetimes are aware."""

    full_at: datetime | None = None  # when all permits are available again; None is now
    closed_until: datetime | None = None  # no call before, on request of the platform


def take(bucket, pace, now):
    """The Bucket to keep and the timedelta to wait, for one call at ``now`` (aware).

    With a wait of zero the call may be made, and its permit is taken; otherwise no permit is taken:
    try again later.
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
    """The Bucket to keep after HTTP 429: no call before the wait is over, and no saved-up permits.

    :param retry_after: seconds to wait; None for the time in which an empty bucket fills
    """
    pause = pace.burst * pace.interval if retry_after is None else timedelta(seconds=retry_after)
    until = max(bucket.closed_until or now, now + pause)
    return Bucket(full_at=until + (pace.burst - 1) * pace.interval, closed_until=until)


def _sane(bucket, pace, now):
    """The same, unless a clock ahead of ours wrote it: no wait is longer than the bucket needs to
    fill, beyond the request of the platform."""
    latest = max(bucket.closed_until or now, now) + pace.burst * pace.interval
    if bucket.full_at is not None and bucket.full_at > latest:
        return replace(bucket, full_at=latest)
    return bucket
