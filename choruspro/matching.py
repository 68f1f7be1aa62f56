# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""When two things that Chorus Pro tells are the same: numbers, and moments."""

from datetime import timezone

from .messages.writing import PARIS


def normalised_number(number):
    """The letters and digits of an invoice number, in capitals: how two spellings are compared.

    Never enough by itself: other facts must agree too.
    """
    return "".join(sign for sign in number.upper() if sign.isalnum())


def is_same_moment(one, other):
    """Whether two aware datetimes may be one event's: a search tells seconds, a history minutes,
    and a date without a time (midnight in Paris) stands for its whole day."""
    one, other = (
        moment.astimezone(timezone.utc).replace(second=0, microsecond=0) for moment in (one, other)
    )
    if one == other:
        return True
    same_day = one.astimezone(PARIS).date() == other.astimezone(PARIS).date()
    return same_day and (is_day_only(one) or is_day_only(other))


def is_day_only(moment):
    """Whether this aware datetime is what a date without a time reads as."""
    moment = moment.astimezone(PARIS)
    return not (moment.hour or moment.minute)
