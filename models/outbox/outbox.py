# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import random
from contextlib import contextmanager
from functools import partial

from psycopg2.extensions import TransactionRollbackError

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...choruspro.errors import (
    Delivery,
    RefusedError,
    UnknownOutcomeError,
)
from ..access.foreign_text import ForeignText
from ..rules.error_texts import error_sentence
from ..session.row_guard import guarded_row
from ..session.session import STOPPED_RETRY_SECONDS

WRITE_TRIES = 5
RETRY_MINUTES = (1, 2, 5, 15, 60)
RETRY_JITTER = 0.2
# A row whose processes ended so often in a row is set aside: it would end the next one too.
MOST_UNFINISHED = 3


class ChorusProOutbox(models.AbstractModel):
    """A row that a job brings to Chorus Pro: its locks, and the care for an answer that is lost.

    A model that inherits it has a field ``state``, an ``_advisory_class`` of its own, and tells
    what to do with its rows: ``_settle_locked``, ``_recover``, ``_try_later``, ``_doubt``,
    ``_doubt_known`` and ``_refused``.
    """

    _name = "chorus.pro.outbox"
    _description = "Chorus Pro Outbox"

    # First key of the advisory locks on the rows of a model; any constant that nobody else uses.
    _advisory_class = None

    connection_id = fields.Many2one(
        "chorus.pro.connection", required=True, readonly=True, index=True, ondelete="restrict"
    )
    environment = fields.Selection(
        [("qualification", "Qualification"), ("production", "Production"), ("custom", "Custom")],
        required=True,
        readonly=True,
    )
    attempts = fields.Integer(readonly=True, copy=False)
    unfinished = fields.Integer(
        readonly=True,
        copy=False,
        default=0,
        help="How many of the last attempts ended with their process, one after the other.",
    )
    lookups = fields.Integer(string="Look-ups", readonly=True, copy=False)
    next_try = fields.Datetime(readonly=True, copy=False)
    sent_at = fields.Datetime(readonly=True, copy=False)
    missing_since = fields.Datetime(
        readonly=True, copy=False, help="Since when Chorus Pro answers that it has no such invoice."
    )
    reason = ForeignText(
        readonly=True, copy=False, help="What stands in the way, or the recipient's comment."
    )

    def _for_its_reader(self):
        """This row in the language of who reads what is written on it."""
        return self

    def _claim(self):
        """Values that show that a row is still as this sender left it."""
        return {name: self[name] for name in ("state", "attempts")}

    def _postpone(self, reason, delay=None):
        """Keep a waiting row as it is, with the reason and a later try (``delay`` in seconds)."""
        if self.state == "uncertain":
            self.lookups += 1
            self._doubt(reason, delay)
        elif self.state == "queued":
            self.attempts += 1
            self._try_later(reason, delay)

    def _retry_seconds(self, asked=None):
        """Seconds before the next try: those that Chorus Pro asks for, else minutes that grow with
        the attempts, with a jitter so that many rows do not come back at once."""
        if asked is not None:
            return asked
        rank = min(max(self.attempts, 1), len(RETRY_MINUTES)) - 1
        return 60 * RETRY_MINUTES[rank] * (1 + random.uniform(-RETRY_JITTER, RETRY_JITTER))

    # ------------------------------------------------------------------
    # One row
    # ------------------------------------------------------------------

    def _settle(self, session):
        """Bring one row as far as it can go now. Never raises: what fails is said on the row.

        :return: True when the row was ours to settle
        """
        with self._held() as held:
            if not held:
                return False
            with guarded_row(
                self.env,
                self,
                put_off=self._after_unexpected_error,
                # Someone changed the row or its invoice meanwhile; what was written is gone.
                lost=self._after_lost_write,
            ) as guarded:
                if not self._lock():
                    return False
                self._for_its_reader()._settle_locked(session)
                self._commit()
            return guarded.is_done

    def _after_lost_write(self):
        """Settle what a failed write left behind; a row that never left simply stays queued."""
        if self._lock():
            self._finish_attempt()
            if self.state == "sending":
                row = self._for_its_reader()
                row._recover(row.env._("The invoice was changed while it was sent."))
            self._commit()

    def _after_unexpected_error(self):
        if not self._lock():
            return
        self._finish_attempt()
        row = self._for_its_reader()
        reason = row.env._("Unexpected error, told in the server's log. The next try is planned.")
        if row.state == "sending":
            row._recover(reason)
        else:
            row._postpone(reason)
        self._commit()

    # ------------------------------------------------------------------
    # Attempts that end with their process
    # ------------------------------------------------------------------

    def _begin_attempt(self):
        """Count an attempt before any of its work, so that it counts also if the work ends the
        process (too much time, too much memory); the row is locked again then.

        :return: False when someone changed the row meanwhile, or when it is set aside
        """
        if self.unfinished >= MOST_UNFINISHED:
            self._refuse(self._set_aside_reason())
            return False
        self.unfinished += 1
        if not self._commit_and_relock():
            return False
        self.attempts += 1
        return True

    def _finish_attempt(self):
        """The process lives: whatever became of these rows, they did not end it."""
        self.filtered("unfinished").unfinished = 0

    def _set_aside_reason(self):
        return self.env._(
            "Odoo was stopped %s times in a row while it prepared this: it takes too much time or "
            "memory. It is not tried again; everything else goes on. Replace the PDF or the "
            "attached files by smaller ones, then send again. If that does not help, show this "
            "message to your Odoo administrator.",
            self.unfinished,
        )

    def _outcome_of_error(self, session, error):
        """Function that writes what an error means for this row."""
        sentence = error_sentence(self.env, error)
        session.stop_if_useless(error, sentence)
        if isinstance(error, UnknownOutcomeError):
            said_yes = error.delivery == Delivery.YES
            return partial(self._doubt_known if said_yes else self._doubt, sentence)
        if isinstance(error, RefusedError):
            return partial(self._refused, error.code, sentence)
        return partial(self._try_later, sentence, error.retry_after)

    def _write_down(self, outcome):
        """Write what Chorus Pro answered and commit it, also when someone edits the invoice.

        The summary on the invoice is written with the row: a user's concurrent change makes that
        fail, but the answer must not be lost, so it is written again on fresh values. (A row that
        never left has nothing to lose: the next run finds the same again.)
        """
        claim = self._claim()
        for _attempt in range(WRITE_TRIES):
            try:
                self._finish_attempt()
                outcome()
                self._commit()
                return
            except TransactionRollbackError:
                self.env.cr.rollback()
                if not self._lock(claim):
                    return

    def _stop_for_unknown_supplier(self, session):
        """Nothing can be sent for a supplier that Chorus Pro does not know."""
        return self._stop_session(session, self._unknown_supplier(session))

    def _stop_session(self, session, sentence):
        """Nothing can be sent until somebody has mended the connection; gives the outcome."""
        session.stopped_by = sentence, STOPPED_RETRY_SECONDS
        session.is_mistake = True
        return partial(self._try_later, sentence, 0)

    def _unknown_supplier(self, session):
        return self.env._(
            "Chorus Pro does not know your SIRET %s, or the technical account is not attached to "
            "your structure.",
            session.connection.supplier_siret,
        )

    def _wrong_environment(self):
        """Sentence when the connection does not lead any more where it led when the row was made,
        or None."""
        connection = self.connection_id
        if not connection.active and self.state == "queued":
            return self.env._(
                "The connection by which this invoice was queued is archived. Take it out of the "
                "queue and send it again."
            )
        if self.environment == connection.place:
            return None
        return self.env._(
            "The connection has changed its environment since this invoice was queued. Take it out "
            "of the queue and send it again."
        )

    # ------------------------------------------------------------------
    # Locks
    # ------------------------------------------------------------------

    @contextmanager
    def _held(self):
        """Hold these rows against other senders across our own commits.

        A row's lock ends with each commit; this advisory lock ends with the work, or with the
        process. Gives those that no other sender has.
        """
        lock = "SELECT id FROM unnest(%s::integer[]) AS id WHERE pg_try_advisory_lock(%s, id)"
        self.env.cr.execute(lock, [self.ids, self._advisory_class])
        held = self.browse([row_id for [row_id] in self.env.cr.fetchall()])
        if not held:
            yield held
            return
        try:
            yield held
        finally:
            # What is not committed by now was not meant to last.
            self.env.cr.rollback()
            unlock = "SELECT pg_advisory_unlock(%s, id) FROM unnest(%s::integer[]) AS id"
            self.env.cr.execute(unlock, [self._advisory_class, held.ids])

    def _lock(self, expected=None):
        """Lock the row, against users too, in a transaction that sees its last version.

        :param expected: values that the row must still have, because they are this sender's own
        :return: True when the row is ours
        """
        self.invalidate_recordset()
        # As try_lock_for_update, but what another sender does is no error for the log.
        lock = SQL(
            "SELECT FROM %s WHERE id = %s FOR UPDATE SKIP LOCKED",
            SQL.identifier(self._table),
            self.id,
        )
        self.env.cr.execute(lock, log_exceptions=False)
        if not self.env.cr.rowcount:
            return False
        return all(self[name] == value for name, value in (expected or {}).items())

    def _commit(self):
        """End the transaction of one row; only jobs come here."""
        self.env["ir.cron"]._commit_progress()

    def _commit_and_relock(self):
        """Make what is written last whatever happens next, and take the row again at once.

        :return: False when someone changed it meanwhile
        """
        claim = self._claim()
        self._commit()
        return self._lock(claim)


class ChorusProConnection(models.Model):
    _inherit = "chorus.pro.connection"

    def _outbox_rows(self, domain):
        """The rows of every outbox that these connections are to send or have sent, in sudo: one
        recordset for each model.

        :param domain: which of them
        """
        mine = Domain("connection_id", "in", self.ids) & Domain(domain)
        return [
            self.env[name].sudo().search(mine)
            for name in self.env.registry.descendants(["chorus.pro.outbox"], "_inherit")
            if not self.env[name]._abstract
        ]

    def _rename_place(self, former):
        super()._rename_place(former)
        for rows in self._outbox_rows([("environment", "=", former)]):
            rows.environment = self.place

    @api.model
    def _start_jobs(self):
        super()._start_jobs()
        self.env["chorus.pro.submission"]._chorus_pro_dispatch()
