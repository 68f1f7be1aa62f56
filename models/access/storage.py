# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""How columns keep moments (in UTC, without a zone), their days in Paris, and rows that all workers
share."""

from datetime import timezone

from psycopg2.extensions import TransactionRollbackError

from odoo import fields

from ...choruspro.messages.writing import PARIS


def naive(moment, *, seconds=True):
    """An aware moment, or None, for a column; cut to whole ``seconds`` as Odoo keeps them."""
    if not moment:
        return moment
    kept = moment.astimezone(timezone.utc).replace(tzinfo=None)
    return kept.replace(microsecond=0) if seconds else kept


def aware(moment):
    """What a column holds (None or False when it is empty), with its zone."""
    return moment and moment.replace(tzinfo=timezone.utc)


def paris_day(moment):
    """The day in Paris of what a column holds, None when it is empty."""
    return aware(moment).astimezone(PARIS).date() if moment else None


def paris_today():
    """Today at Chorus Pro, also in a job, which has no time zone."""
    return paris_day(fields.Datetime.now())


def decide_apart(registry, decide, tries):
    """What ``decide``, a function of a cursor, gives in a separate transaction.

    :param tries: how often to try while other workers change the same row
    :raises TransactionRollbackError: they still did at the last try
    """
    for left in reversed(range(tries)):
        try:
            with registry.cursor() as cr:
                return decide(cr)
        except TransactionRollbackError:
            if not left:
                raise
