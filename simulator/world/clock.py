# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The clock of the simulated world, and the date formats of Chorus Pro.

Two time lines, both aware UTC datetimes:

* *stored*: what the state keeps. It runs like real time, plus everything that was advanced;
* *shown*: what the API says and what clients ask for. Now is always the real now.

Advancing by n seconds moves the shown date of everything that exists n seconds into the past,
so a client whose own clock is real only ever sees past dates. A clock that *travels* takes its
clients along instead: their own clocks are advanced by as much, and what is stored is shown.
"""

import re
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z")
_MOMENT = re.compile(
    r"(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})(?:\.(\d{1,6}))?(Z|[+-]\d{2}:?\d{2})\Z"
)


class Clock:
    """Real time plus what was advanced by order. `travels`: clients' clocks are advanced too."""

    def __init__(self, travels=False):
        self._ahead = timedelta(0)
        self._travels = travels

    def now(self):
        """Stored time of this instant, cut to the millisecond (the precision of the API)."""
        now = datetime.now(timezone.utc)
        return now.replace(microsecond=now.microsecond // 1000 * 1000) + self._ahead

    def advance(self, seconds):
        """Makes everything that exists `seconds` older. ValueError when negative."""
        if seconds < 0:
            raise ValueError("advance_s must be 0 or more: nothing can become younger")
        self._ahead += timedelta(milliseconds=round(seconds * 1000))

    def shown(self, stored):
        return stored if self._travels else stored - self._ahead

    def stored(self, shown):
        return shown if self._travels else shown + self._ahead

    # What the API writes, always in Paris time

    def moment(self, stored):
        """``2026-11-22T09:14:02.118+01:00``."""
        return self.shown(stored).astimezone(PARIS).isoformat(timespec="milliseconds")

    def minute(self, stored):
        """``2026-11-22 09:14``."""
        return self.shown(stored).astimezone(PARIS).strftime("%Y-%m-%d %H:%M")

    def day(self, stored):
        """``2026-11-22``."""
        return self.shown(stored).astimezone(PARIS).strftime("%Y-%m-%d")


def is_day(text):
    """True for a calendar date written YYYY-MM-DD."""
    if not _DAY.match(text):
        return False
    try:
        datetime.strptime(text, "%Y-%m-%d")
    except ValueError:
        return False
    return True


def read_moment(text, end_of_day=False):
    """The shown UTC datetime of ISO 8601 with offset, or of a plain day in Paris.

    A plain day stands for its first millisecond, or its last when `end_of_day`.
    ValueError for anything else, a time without offset included.
    """
    if is_day(text):
        start = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=PARIS)
        if not end_of_day:
            return start.astimezone(timezone.utc)
        after = (start + timedelta(days=1)).astimezone(timezone.utc)
        return after - timedelta(milliseconds=1)
    match = _MOMENT.match(text)
    if not match:
        raise ValueError(f"not a date with time and offset: {text!r}")
    day, time, fraction, offset = match.groups()
    if offset == "Z":
        offset = "+00:00"
    elif ":" not in offset:
        offset = f"{offset[:3]}:{offset[3:]}"
    fraction = (fraction or "").ljust(6, "0")
    return datetime.fromisoformat(f"{day}T{time}.{fraction}{offset}").astimezone(timezone.utc)
