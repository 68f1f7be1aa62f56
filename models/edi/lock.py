# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from contextlib import contextmanager


@contextmanager
def held(cr, kind, number):
    """Hold a box, or a file, against other hosts and jobs, across commits: an advisory lock, which
    ends with the work, or with the process.

    :param kind: first key of the lock, a constant that is not in use for anything else
    :param number: second key, an id
    :return: whether it is ours; what is not committed at the end is given up then
    """
    cr.execute("SELECT pg_try_advisory_lock(%s, %s)", [kind, number])
    [is_held] = cr.fetchone()
    try:
        yield is_held
    finally:
        if is_held:
            cr.rollback()
            cr.execute("SELECT pg_advisory_unlock(%s, %s)", [kind, number])
