# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What a late public payment costs its debtor: interest and the flat indemnity.

Articles of the French public procurement code (*code de la commande publique*), after each rule:

* A public body pays within 30 days, a public hospital within 50, a public undertaking within 60;
  a contract may say less (L2192-10, R2192-10 and R2192-11).
* The delay starts when the public body is notified that the invoice is available (R2192-15), or
  when the work was done, if that is later (R2192-13). Failing a date, two days after the request
  (R2192-14).
* A request that is incomplete or wrong interrupts the delay, once, and before the order to pay
  (R2192-27). When everything has been received the delay starts anew: 30 days, or what was left of
  it if that is more (R2192-29).
* From the day after the delay, interest runs without any formality, and an indemnity of 40 € is due
  (L2192-13, D2192-35): one for each request for payment.
* The rate is that of the European Central Bank's main refinancing operations on the first day of
  the half-year in which interest begins to run, and eight points (R2192-31). It stays the same
  until the payment.
* Interest is the amount with VAT x rate x days / 365, whatever the year; it bears no VAT (sheet of
  the State's legal affairs department, 2016).

Days are days in Paris. Nothing here asks what was paid, or when: the caller says so.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from .lifecycle import REISSUE, Phase, invoice_status
from .limits import AMOUNT_INTEGER_DIGITS

INDEMNITY = Decimal("40.00")
POINTS = Decimal(8)
DAYS_OF_THE_YEAR = 365
NEW_DELAY = 30  # after an interruption, at least
USUAL_DELAY, HOSPITAL_DELAY, UNDERTAKING_DELAY = 30, 50, 60
LONGEST_DELAY = UNDERTAKING_DELAY
ESTIMATED_AFTER = timedelta(days=2)

# Main refinancing rate of the ECB, in per cent, on the first day of each half-year: its table of
# key interest rates. From July 2025 on, as other publications quote it.
KNOWN_RATES = {
    date(2015, 1, 1): Decimal("0.05"),
    date(2015, 7, 1): Decimal("0.05"),
    date(2016, 1, 1): Decimal("0.05"),
    **{
        date(year, month, 1): Decimal("0.00")
        for year in range(2016, 2023)
        for month in (1, 7)
        if (year, month) > (2016, 1)
    },
    date(2023, 1, 1): Decimal("2.50"),
    date(2023, 7, 1): Decimal("4.00"),
    date(2024, 1, 1): Decimal("4.50"),
    date(2024, 7, 1): Decimal("4.25"),
    date(2025, 1, 1): Decimal("3.15"),
    date(2025, 7, 1): Decimal("2.15"),
    date(2026, 1, 1): Decimal("2.15"),
    date(2026, 7, 1): Decimal("2.40"),
}

CENT = Decimal("0.01")
NOTHING = Decimal("0.00")

AVAILABLE_CODES = ("MISE_A_DISPOSITION", "MISE_A_DISPOSITION_MOE")
SUSPENDED, COMPLETED = "SUSPENDUE", "COMPLETEE"
SENT_BACK_CODES = ("A_RECYCLER", "EN_ATTENTE_RECYCLAGE_FOURNISSEUR")

# Marks of a clock, which a person should know before he claims anything.
ESTIMATED_START = "estimated_start"  # no status says when the invoice was made available
ESTIMATED_COMPLETION = "estimated_completion"  # the end of the suspension is that of the next event
SECOND_SUSPENSION = "second_suspension"  # it does not stop the clock
SUSPENDED_AFTER_ORDER = "suspended_after_order"  # nor does one after the order to pay


class LatePaymentError(ValueError):
    """What makes a claim impossible to compute; no figure is given then.

    :param code: ``rate_missing`` or ``rate_invalid`` (``half_year``: its first day, a date),
        ``total_invalid``, ``delay_invalid``, ``date_invalid`` or ``dates_out_of_order``
    """

    def __init__(self, code, half_year=None):
        super().__init__(code, half_year)
        self.code = code
        self.half_year = half_year

    def __str__(self):
        return f"{self.code} ({self.half_year})" if self.half_year else self.code


@dataclass(frozen=True)
class Claim:
    """What is owed for the lateness of one amount.

    base: the amount, with VAT. due: last day of the delay, None while it is interrupted. until:
    when it was paid, or the day of the computation. days: of lateness. rate: in per cent a year,
    None when nothing is late. interrupted: whether the interruption counted.
    """

    base: Decimal
    due: date | None
    until: date
    days: int = 0
    rate: Decimal | None = None
    interest: Decimal = NOTHING
    indemnity: Decimal = NOTHING
    interrupted: bool = False

    @property
    def first(self):
        """The first day that bears interest, or None."""
        return self.due + timedelta(days=1) if self.days else None

    @property
    def total(self):
        return self.interest + self.indemnity


def half_year(day):
    """The first day of the half-year of this day."""
    return date(day.year, 1 if day.month < 7 else 7, 1)


def claim(total, start, delay_days, until, *, interruption=None, rates):
    """What is owed for ``total``, when the delay began on ``start`` and ended on ``until``.

    :param Decimal total: amount with VAT, less any retention guarantee; 0 or more
    :param date start: when the delay started; this day does not count
    :param int delay_days: 1 to 60
    :param date until: the payment, or today when it is awaited; this day bears interest
    :param interruption: dates of the suspension and of the completion, the second None while it
        lasts; a suspension that comes after the delay, or after ``until``, interrupts nothing
    :param rates: first day of a half-year -> ECB main refinancing rate in per cent (Decimal)
    :return: a :class:`Claim`
    :raises LatePaymentError: the rate is missing, or what was given makes no sense
    """
    _check_total(total)
    _check_delay(delay_days)
    _check_dates(start, until, *(interruption or ()))
    due, interrupted = _due(start, delay_days, until, interruption)
    if due is None or until <= due:
        return Claim(total, due, until, interrupted=interrupted)
    days = (until - due).days
    rate = _rate(due + timedelta(days=1), rates)
    interest = total * rate * days / (100 * DAYS_OF_THE_YEAR)
    return Claim(
        base=total,
        due=due,
        until=until,
        days=days,
        rate=rate,
        interest=interest.quantize(CENT, ROUND_HALF_UP),
        indemnity=INDEMNITY,
        interrupted=interrupted,
    )


def claims(parts, start, delay_days, *, interruption=None, rates):
    """What is owed for an invoice that is paid in several times.

    :param parts: pairs of an amount with VAT and the day on which it was paid, or today
    :return: a tuple of :class:`Claim`, one for each part, in the order of their days; the indemnity
        is due once, and stands on the first that is late
    :raises LatePaymentError: as :func:`claim`
    """
    found = [
        claim(total, start, delay_days, until, interruption=interruption, rates=rates)
        for total, until in parts
    ]
    found.sort(key=lambda one: one.until)
    late = [place for place, one in enumerate(found) if one.indemnity]
    for place in late[1:]:
        found[place] = replace(found[place], indemnity=NOTHING)
    return tuple(found)


def due_date(start, delay_days, *, interruption=None, until=date.max):
    """The last day of the delay, None while it is interrupted.

    :param until: the payment, when it is known; the others as :func:`claim`
    :raises LatePaymentError: as :func:`claim`
    """
    _check_delay(delay_days)
    _check_dates(start, until, *(interruption or ()))
    return _due(start, delay_days, until, interruption)[0]


def _due(start, delay_days, until, interruption):
    """The last day of the delay, None while it is interrupted; and whether it was interrupted."""
    try:
        due = start + timedelta(days=delay_days)
        if not interruption or not start <= interruption[0] <= min(due, until):
            return due, False
        suspended, completed = interruption
        if completed is None:
            return None, True
        return completed + timedelta(days=max(NEW_DELAY, (due - suspended).days)), True
    except OverflowError:
        raise LatePaymentError("date_invalid") from None


def _rate(first, rates):
    begins = half_year(first)
    if begins not in rates:
        raise LatePaymentError("rate_missing", begins)
    rate = rates[begins]
    if not _is_number(rate) or abs(rate) >= 100:
        raise LatePaymentError("rate_invalid", begins)
    # Interest is never owed by the creditor.
    return max(rate + POINTS, Decimal(0))


def _is_number(value):
    return isinstance(value, Decimal) and value.is_finite()


def _check_total(total):
    if not _is_number(total) or total < 0 or total.adjusted() >= AMOUNT_INTEGER_DIGITS:
        raise LatePaymentError("total_invalid")


def _check_delay(delay_days):
    if type(delay_days) is not int or not 1 <= delay_days <= LONGEST_DELAY:
        raise LatePaymentError("delay_invalid")


def _check_dates(start, until, suspended=None, completed=None):
    dates = [start, until, *(day for day in (suspended, completed) if day is not None)]
    # A moment is a date to Python, and cannot be compared with one.
    if not all(isinstance(day, date) and not isinstance(day, datetime) for day in dates):
        raise LatePaymentError("date_invalid")
    if suspended is None:
        if completed is not None:
            raise LatePaymentError("dates_out_of_order")
    elif suspended < start or (completed is not None and completed < suspended):
        raise LatePaymentError("dates_out_of_order")


@dataclass(frozen=True)
class Clock:
    """The delay of one invoice, as its statuses tell it; dates are days in Paris.

    interruption: as :func:`claim` takes it. paid: when the payment was announced, or None. marks:
    codes of what is estimated or irregular, see above.
    """

    start: date
    interruption: tuple | None = None
    paid: date | None = None
    marks: frozenset = field(default_factory=frozenset)


def clock(events: Iterable, requested, performed=None):
    """When the delay of an invoice started and was interrupted, by the statuses that it had.

    :param events: pairs of a status code of Chorus Pro and its day, in their order
    :param date requested: when payment was asked for: the later of invoice and deposit
    :param performed: the day on which the work was done or the goods delivered, if it is known. The
        date of the status SERVICE_FAIT is not that: it is when it was recorded
    :return: a :class:`Clock`; None when no delay runs: the invoice was rejected, is sent back to be
        recycled, or has not reached its recipient yet
    """
    events = list(events)
    if events and _is_over(*events[-1]):
        return None
    back = [place for place, (code, _day) in enumerate(events) if code in SENT_BACK_CODES]
    if back:
        # It went to another service, or body, from there on.
        requested = max(requested, events[back[-1]][1])
        events = events[back[-1] + 1 :]
    had = [day for code, day in events if invoice_status(code).delivered]
    if not had and (events or back):
        return None
    start, marks = _start(events, min([requested + ESTIMATED_AFTER, *had]))
    if performed and performed > start:
        start = performed
    interruption, more = _interruption(events, start)
    paid = [day for code, day in events if invoice_status(code).phase is Phase.PAID]
    return Clock(start, interruption, min(paid, default=None), frozenset(marks | more))


def _is_over(code, _day):
    status = invoice_status(code)
    return status.phase is Phase.ABANDONED or status.action == REISSUE


def _start(events, estimate):
    for code, day in events:
        if code in AVAILABLE_CODES:
            return day, set()
    return estimate, {ESTIMATED_START}


def _interruption(events, start):
    """(interruption, marks): the first suspension counts, unless it follows the order to pay."""
    found, marks, ordered = None, set(), False
    for code, day in events:
        # What came before the work was done stands at its start.
        day = max(day, start)
        status = invoice_status(code)
        if code == SUSPENDED:
            if ordered:
                marks.add(SUSPENDED_AFTER_ORDER)
            elif found is None:
                found = (day, None)
            elif found[1] is not None:
                marks.add(SECOND_SUSPENSION)
        elif found and found[1] is None and status.delivered:
            # Whoever goes on with it has what was missing.
            if code != COMPLETED:
                marks.add(ESTIMATED_COMPLETION)
            found = (found[0], day)
        ordered = ordered or status.phase in (Phase.PAYMENT, Phase.PAID)
    return found, marks
