# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Reading pages of a table whose rows move: against a model of such a table."""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from math import ceil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from choruspro import errors
from choruspro.changes import SMALLEST_WINDOW, read_changes
from choruspro.errors import ProtocolError
from choruspro.messages import InvoicePage, InvoiceSummary

SINCE = datetime(2026, 11, 22, 8, tzinfo=timezone.utc)
UNTIL = SINCE + timedelta(hours=2)
LATER = UNTIL + timedelta(minutes=5)
BEFORE = SINCE - timedelta(days=1)


def summary(identifier, moment):
    return InvoiceSummary.from_json(
        {
            "identifiantFactureCPP": identifier,
            "numeroFacture": f"F{identifier:05d}",
            "statut": "MISE_A_DISPOSITION",
            "dateHeureEtatCourant": moment.isoformat() if moment else None,
        }
    )


@dataclass()
class MovingTable:
    """Invoices by number with the date of their current status. After each page served, the next of
    ``events`` happens: a list of (number of the invoice, new date); a new number is a new invoice.

    heeds_maximum: whether it gives as many results as asked, or 200 at most.
    """

    dates: dict
    events: tuple = ()
    heeds_maximum: bool = True
    pages_served: int = 0

    def search_invoices_page(self, search, *, page, page_size, maximum):
        limit = maximum if self.heeds_maximum else 200
        found = sorted(
            number
            for number, moment in self.dates.items()
            if search.changed_from <= moment <= search.changed_until
        )[:limit]
        rows = found[(page - 1) * page_size : page * page_size]
        served = InvoicePage(
            invoices=tuple(summary(number, self.dates[number]) for number in rows),
            page=page,
            pages=max(ceil(len(found) / page_size), 1),
            total=len(found),
            page_size=page_size,
            counted=True,
        )
        if self.pages_served < len(self.events):
            self.dates.update(self.events[self.pages_served])
        self.pages_served += 1
        return served

    def inside(self):
        return {number for number, moment in self.dates.items() if SINCE <= moment <= UNTIL}


def read(table, **options):
    pages = list(read_changes(table, "1", SINCE, UNTIL, **options))
    for page in pages:
        assert len({row.invoice_id for row in page}) == len(page), "an invoice came twice"
    return {int(row.invoice_id) for page in pages for row in page}


seconds = st.integers(0, int((UNTIL - SINCE).total_seconds()))
inside = seconds.map(lambda shift: SINCE + timedelta(seconds=shift))
tables = st.dictionaries(st.integers(0, 200), inside, max_size=60)


@given(data=st.data(), dates=tables, page_size=st.integers(1, 9))
def test_every_row_is_seen_unless_it_left_the_window_during_the_read(data, dates, page_size):
    leaving = st.dictionaries(
        st.sampled_from(sorted(dates) or [0]), st.just(LATER), max_size=8 if dates else 0
    )
    table = MovingTable(dict(dates), tuple(data.draw(st.lists(leaving, max_size=40))))
    at_start = table.inside()
    seen = read(table, page_size=page_size)
    assert table.inside() <= seen <= at_start
    assert table.pages_served <= 1 + ceil(len(at_start) / page_size)


@given(data=st.data(), dates=tables, page_size=st.integers(1, 9))
def test_rows_that_enter_the_window_late_do_not_hide_others(data, dates, page_size):
    entering = st.dictionaries(st.integers(0, 200), inside, max_size=4)
    events = data.draw(st.lists(entering, max_size=6))
    events = [{n: m for n, m in event.items() if n not in dates} for event in events]
    table = MovingTable(dict(dates), tuple(events))
    at_start = table.inside()
    assert at_start <= read(table, page_size=page_size)


@settings(max_examples=50)
@given(dates=st.dictionaries(st.integers(0, 500), inside, max_size=120), maximum=st.integers(5, 40))
def test_results_that_are_capped_are_read_in_smaller_windows(dates, maximum):
    table = MovingTable(dict(dates))
    crowded = any(
        sum(moment <= other <= moment + SMALLEST_WINDOW for other in dates.values()) >= maximum
        for moment in dates.values()
    )
    try:
        assert read(table, page_size=7, maximum=maximum) == set(dates)
    except ProtocolError as error:
        assert crowded
        assert error.code == errors.WINDOW_OVERFLOW


def test_a_still_table_takes_one_search_a_page():
    dates = {number: SINCE + timedelta(seconds=number) for number in range(1000)}
    for page_size in (100, 1000, 300):
        table = MovingTable(dict(dates))
        assert read(table, page_size=page_size) == set(dates)
        assert table.pages_served == ceil(1000 / page_size)


def test_an_empty_window_takes_one_search():
    table = MovingTable({1: BEFORE, 2: LATER})
    assert read(table) == set()
    assert table.pages_served == 1


def test_bounds_are_included():
    assert read(MovingTable({1: SINCE, 2: UNTIL})) == {1, 2}


def test_a_row_that_steps_over_a_page_border_is_not_lost():
    """The case for which pages are read from the last to the first."""
    dates = {number: SINCE for number in range(6)}
    table = MovingTable(dict(dates), ({0: LATER}, {}, {}))
    assert read(table, page_size=2) == {0, 1, 2, 3, 4, 5}
    assert table.pages_served == 4


def test_a_row_that_enters_late_is_noticed_even_if_more_rows_leave():
    dates = {number: SINCE + timedelta(minutes=number) for number in (10, 20, 30, 40, 50, 60)}
    late = {15: SINCE + timedelta(minutes=15)}
    table = MovingTable(dict(dates), (late, {10: LATER, 20: LATER}))
    assert {30, 40, 50, 60} <= read(table, page_size=2)


def test_a_window_whose_rows_all_leave_ends_the_read():
    dates = {number: SINCE for number in range(30)}
    table = MovingTable(dict(dates), (dict.fromkeys(dates, LATER),))
    assert read(table, page_size=10) == set(range(10))
    assert table.pages_served == 2


def test_a_platform_that_does_not_heed_the_maximum_is_read_in_smaller_windows():
    dates = {number: SINCE + timedelta(seconds=7 * number) for number in range(700)}
    table = MovingTable(dict(dates), heeds_maximum=False)
    assert read(table, page_size=100) == set(dates)


def test_a_platform_that_counts_more_than_it_gives_is_read_in_smaller_windows():
    dates = {number: SINCE + timedelta(seconds=7 * number) for number in range(500)}

    class Stingy(MovingTable):
        def search_invoices_page(self, search, *, page, page_size, maximum):
            served = super().search_invoices_page(
                search, page=page, page_size=page_size, maximum=maximum
            )
            given = served.invoices if page * page_size <= 150 else served.invoices[:1]
            return InvoicePage(**{**vars(served), "invoices": given})

    assert read(Stingy(dict(dates)), page_size=50) == set(dates)


def test_too_many_changes_in_one_second_are_an_error_not_a_loss():
    table = MovingTable({number: SINCE for number in range(50)})
    with pytest.raises(ProtocolError) as caught:
        read(table, page_size=10, maximum=50)
    assert caught.value.code == errors.WINDOW_OVERFLOW
    assert caught.value.retryable


def test_200_changes_in_one_second_are_read():
    """200 is what a platform gives that does not heed the maximum, but it may also be the truth."""
    table = MovingTable({number: SINCE for number in range(200)})
    assert len(read(table)) == 200


def test_an_invoice_seen_twice_comes_as_last_seen():
    class Repeating(MovingTable):
        def search_invoices_page(self, search, *, page, page_size, maximum):
            dates = {1: SINCE, 2: SINCE + timedelta(minutes=page), 3: UNTIL}
            rows = {1: (1, 2), 2: (2, 3)}[page]
            return InvoicePage(
                invoices=tuple(summary(number, dates[number]) for number in rows),
                page=page,
                pages=2,
                total=3,
                page_size=2,
                counted=True,
            )

    pages = read_changes(Repeating({}), "1", SINCE, UNTIL, page_size=2)
    found = {row.invoice_id: row.status_date for page in pages for row in page}
    assert found == {"1": SINCE, "2": SINCE + timedelta(minutes=2), "3": UNTIL}


def test_an_invoice_that_did_not_change_comes_once():
    dates = {number: SINCE + timedelta(seconds=number) for number in range(10)}
    # Page 1 is read again, for an invoice of page 2 has left.
    table = MovingTable(dates, ({}, {}, {}, {9: LATER}))
    pages = list(read_changes(table, "1", SINCE, UNTIL, page_size=2))
    assert sorted(row.number for page in pages for row in page) == [
        f"F{number:05d}" for number in range(10)
    ]


def test_no_more_than_a_page_is_read_ahead():
    dates = {number: SINCE + timedelta(seconds=number) for number in range(1000)}
    table = MovingTable(dates)
    pages = read_changes(table, "1", SINCE, UNTIL, page_size=100)
    for count, page in enumerate(pages, start=1):
        assert len(page) == 100
        assert table.pages_served == count
    assert count == 10


def test_window_that_is_too_full_is_read_in_halves_without_holding_either():
    dates = {number: SINCE + timedelta(seconds=number) for number in range(7000)}
    table = MovingTable(dates)
    pages = read_changes(table, "1", SINCE, UNTIL, page_size=100, maximum=2000)
    sizes, numbers = [], set()
    for page in pages:
        sizes.append(len(page))
        numbers |= {row.number for row in page}
    assert len(numbers) == 7000
    assert max(sizes) == 100


@pytest.mark.parametrize(
    "window",
    [(UNTIL, SINCE), (SINCE.replace(tzinfo=None), UNTIL), (SINCE, UNTIL.replace(tzinfo=None))],
)
def test_a_window_must_be_aware_and_in_order(window):
    table = MovingTable({})
    with pytest.raises(ValueError):
        list(read_changes(table, "1", *window))
    assert table.pages_served == 0
