# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Which invoices changed in a window of time, although they go on changing while they are read.

A search gives pages; a row that leaves the result meanwhile shifts the later rows one place to the
front, so reading forwards skips one of them. The solution:

* rows are sorted by invoice number, which is unique for a supplier and never changes;
* the window ended in the past, and rows are chosen by the date of their *current* status: an
  invoice whose status changes gets a later date, so rows can leave the window but not enter it.

Hence page 1 is read for the total, then the others **from the last to the first**. A row moves only
to the front, that is to pages not read yet: at worst it is seen twice. Page 1, read first, is read
again when the total has shrunk by then. So every row is seen unless it left the window during the
read, and then a later window shows it. That takes at most 1 + ceil(total / page_size) searches.

Results are capped by the platform, and a status may be recorded late with an old date, which makes
the total grow. In both cases the window is read again in two halves.
"""

from datetime import datetime, timedelta, timezone
from functools import partial

from . import errors, limits
from .errors import ProtocolError
from .messages import SupplierInvoiceSearch
from .messages.writing import PARIS
from .operations import SEARCH_INVOICES

SMALLEST_WINDOW = timedelta(seconds=1)
_LONG_AGO = datetime.min.replace(tzinfo=timezone.utc)


def read_changes(client, supplier_id, since, until, *, page_size=100, maximum=10_000):
    """The invoices whose current status dates from the closed window, page by page as they are
    read: a generator of tuples of InvoiceSummary, oldest change first in each. No more than one
    page is held at a time.

    An invoice comes again when it changed meanwhile, or when its window has to be read in halves;
    what comes last was seen last. Only who has read to the end has read the whole window.

    :param client: ChorusProClient
    :param supplier_id: identifier of our structure
    :param since, until: aware datetimes, bounds included, ``until`` at least a minute in the past
    :param maximum: of results requested in one window
    :raises ValueError: the window is naive or ends before it begins
    :raises ProtocolError: `window_overflow`, one second holds more results than are available; and
        the errors of a search
    """
    if since.tzinfo is None or until.tzinfo is None or since > until:
        raise ValueError("the window needs two aware datetimes, the earlier one first")
    windows = [(since, until)]
    while windows:
        start, end = windows.pop()
        splittable = end - start > SMALLEST_WINDOW
        search = SupplierInvoiceSearch(
            supplier_id=supplier_id, changed_from=start, changed_until=end
        )
        page = partial(
            client.search_invoices_page, search, page_size=page_size, maximum=maximum
        )
        is_whole = yield from _read_window(page, page_size, maximum, splittable)
        if not is_whole and not splittable:
            raise ProtocolError(errors.WINDOW_OVERFLOW, operation=SEARCH_INVOICES)
        if not is_whole:
            middle = start + (end - start) / 2
            # Both hold the middle. Last in, first out: the earlier half is read first.
            windows += [(middle, end), (start, middle)]


def _read_window(page, page_size, maximum, doubt):
    """Yield the rows of one window in the order of reading; return False when it must be read in
    halves.

    :param page: function that reads the page of this number
    :param doubt: the window can be cut, so a mere suspicion that rows are missing is enough
    """
    first = page(page=1)
    if _capped(first.total, maximum, doubt):
        return False
    # Of each invoice: the status that was seen last, after its date.
    seen, left_out, total = {}, set(first.left_out), first.total
    yield from _news(first.invoices, seen)
    for number in (*range(first.pages, 1, -1), 1):
        if number == 1 and total == first.total:
            break  # nothing left the window, so page 1 still is as it was read
        if (number - 1) * (first.page_size or page_size) >= total:
            continue  # so much has left that this page is empty by now
        read = page(page=number)
        if read.total > total:
            return False
        yield from _news(read.invoices, seen)
        left_out |= set(read.left_out)
        total = read.total
    return len(seen) + len(left_out) >= total


def _news(rows, seen):
    """Yield those of these rows, if any, that are not yet in ``seen`` as they are now."""
    fresh = {}
    for row in rows:
        status = _changed(row), row.status
        known = seen.get(row.invoice_id)
        if known is None or (known != status and known[0] <= status[0]):
            fresh[row.invoice_id] = row
            seen[row.invoice_id] = status
    if fresh:
        yield tuple(sorted(fresh.values(), key=lambda row: (_changed(row), row.number)))


def _capped(total, maximum, doubt):
    """Whether the result may have been cut: at the maximum requested or, should the platform ignore
    it, at exactly its own default."""
    return total >= maximum or (doubt and total == limits.MAX_RESULTS_DEFAULT < maximum)


def _changed(row):
    return row.status_date or _LONG_AGO


# When two facts from Chorus Pro are the same


def normalised_number(number):
    """The letters and digits of an invoice number, in capitals, to compare two spellings; other
    facts must agree too."""
    return "".join(sign for sign in number.upper() if sign.isalnum())


def is_same_moment(one, other):
    """Whether two aware datetimes may be those of one event: a search gives seconds, a history
    minutes, and a date without a time (midnight in Paris) stands for its whole day."""
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
