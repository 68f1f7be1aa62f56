# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""One bad row never stops the others: how jobs go through their lists."""

import logging
from contextlib import contextmanager
from types import SimpleNamespace

from psycopg2 import InterfaceError, OperationalError
from psycopg2.errors import ProgramLimitExceeded, UniqueViolation
from psycopg2.extensions import TransactionRollbackError

_logger = logging.getLogger(__name__)

# What two jobs that write the same at the same moment make of the second one.
LOST_RACES = (TransactionRollbackError, UniqueViolation)
# The database itself: no other row would fare better. A text too long for an index is the row's.
DATABASE_FAILURES = (OperationalError, InterfaceError)


@contextmanager
def guarded_row(env, what, *, put_off=None, lost=None, races=TransactionRollbackError, through=()):
    """Do one row of a job's list, whose transaction it has for itself.

    A lost race is rolled back in silence. Any other failure is logged with its row and rolled
    back. In both cases the job goes on.

    :param env: whose cursor the row writes with
    :param what: the row, for the log: a record or a text
    :param put_off: method that takes away or delays the wish of a row that failed, so that it does
        not come back at each run; called in a new transaction and committed
    :param lost: the same, after a lost race
    :param races: exceptions that mean a lost race
    :param through: exceptions that the caller deals with
    :return: what became of the row, to be read after the block: ``is_done``; ``is_lost`` when
        somebody else was writing it, so that it stays as it was; neither when it failed
    :raises OperationalError, InterfaceError: the database does not work
    """
    row = SimpleNamespace(is_done=False, is_lost=False)
    try:
        yield row
        row.is_done = True
    except races:
        env.cr.rollback()
        row.is_lost = True
        _write(env, what, lost)
    except through:
        raise
    except Exception as error:  # noqa: BLE001 (logged; the other rows go on)
        env.cr.rollback()
        if _is_of_database(error):
            raise
        _logger.exception("Chorus Pro: unexpected error on %s", what)
        _write(env, what, put_off)


def _write(env, what, method):
    """Have a failed row written; what cannot be written now is left to the next run."""
    if not method:
        return
    try:
        method()
        env["ir.cron"]._commit_progress()
    except Exception:  # noqa: BLE001 (as above)
        env.cr.rollback()
        _logger.warning("Chorus Pro: %s is left to the next run", what, exc_info=True)


@contextmanager
def guarded_part(env, what, *, through=()):
    """Do one part of what a transaction writes: when it fails it is logged and left out, and the
    rest of the transaction stays.

    :param through: exceptions that the caller deals with
    :raises TransactionRollbackError, UniqueViolation: a lost race concerns the whole transaction
    :raises OperationalError, InterfaceError: the database does not work
    """
    try:
        with env.cr.savepoint():
            yield
    except Exception as error:  # noqa: BLE001 (logged; the other parts go on)
        if isinstance(error, (*LOST_RACES, *through)) or _is_of_database(error):
            raise
        _logger.exception("Chorus Pro: unexpected error on %s", what)


def _is_of_database(error):
    return isinstance(error, DATABASE_FAILURES) and not isinstance(error, ProgramLimitExceeded)
