# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Python imports this first in a process that has this folder on its path: its clock is
CLOCK_AHEAD_S seconds ahead, or behind when that is negative. Time that is only measured is not."""

import datetime
import os
import time

AHEAD_S = float(os.environ.get("CLOCK_AHEAD_S", 0))
AHEAD = datetime.timedelta(seconds=AHEAD_S)
_datetime, _time = datetime.datetime, time.time


class _AnyDatetime(type):
    """Moments themselves stay those of Python, which libraries in C make too."""

    def __instancecheck__(cls, value):
        return isinstance(value, _datetime)

    def __subclasscheck__(cls, kind):
        return issubclass(kind, _datetime)


class ShiftedDatetime(_datetime, metaclass=_AnyDatetime):
    def __new__(cls, *arguments, **options):
        made = _datetime if cls is ShiftedDatetime else cls
        return _datetime.__new__(made, *arguments, **options)

    @classmethod
    def now(cls, tz=None):
        return _datetime.now(tz) + AHEAD

    @classmethod
    def utcnow(cls):
        return _datetime.now(datetime.timezone.utc).replace(tzinfo=None) + AHEAD

    @classmethod
    def today(cls):
        return cls.now()


def shifted_time():
    return _time() + AHEAD_S


if AHEAD_S:
    datetime.datetime = ShiftedDatetime
    time.time = shifted_time
