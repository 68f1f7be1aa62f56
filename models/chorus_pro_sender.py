# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import logging
from contextlib import contextmanager
from datetime import timedelta

from psycopg2.errors import SerializationFailure

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..choruspro.errors import ChorusProError
from .chorus_pro_sentence import error_sentence
from .chorus_pro_session import ChorusProSession

_logger = logging.getLogger(__name__)

BATCH = 100
ANSWERED = ("deposited", "refused", "uncertain")
# A refused credential stops a connection; it is tried again now and then, in case it was mended.
STOPPED_RETRY_SECONDS = 3600
# Rows that another process holds are not asked about without pause.
SHORTEST_PAUSE = timedelta(seconds=10)
FIRST_NEWS = timedelta(minutes=2)
# First key of the advisory locks on submissions; any constant that nobody else uses.
ADVISORY_CLASS = 0x43505253


class ChorusProSubmission(models.Model):
    """The job that empties the queue, and the care with which it takes each row."""

    _inherit = "chorus.pro.submission"

    @api.model
    def _cron_send(self):
        """Send what is queued, settle what a killed sender left, look up what is uncertain.

        Each row has transactions of its own. No exception leaves the job: a row that cannot be
        sent gets a reason and a next try.
        """
        lost = Domain("state", "=", "sending")
        due = self._waiting_domain() & (
            Domain("next_try", "=", False) | Domain("next_try", "<=", fields.Datetime.now())
        )
        rows = self.search(lost, order="id", limit=BATCH)
        rows |= self.search(due, order="next_try, id", limit=BATCH)
        self.env["ir.cron"]._commit_progress(remaining=self.search_count(lost | due))
        for connection in rows.connection_id:
            mine = rows.filtered(lambda row, c=connection: row.connection_id == c)
            if not self._settle_all(connection, mine):
                break
        self._plan_next_run()

    @api.model
    def _settle_all(self, connection, rows):
        """Settle rows of one connection; False when the job's time is over (one row at least)."""
        answered = self.browse()
        time_left = True
        with self._session(connection) as session:
            for row in rows:
                before = (row.state, row.needs_decision)
                if (
                    row._settle(session)
                    and row.state in ANSWERED
                    and (row.state, row.needs_decision) != before
                ):
                    answered |= row
                time_left = self.env["ir.cron"]._commit_progress(1)
                if not time_left:
                    break
        if answered.filtered(lambda row: row.state == "deposited"):
            # Chorus Pro moves an invoice on within minutes: its first news need not wait an hour.
            soon = fields.Datetime.now() + FIRST_NEWS
            self.env.ref("l10n_fr_chorus_pro.ir_cron_follow")._trigger(at=soon)
        answered._notify_authors()
        self._commit()
        return bool(time_left)

    @api.model
    def _waiting_domain(self):
        return Domain("state", "in", ("queued", "uncertain")) & Domain("needs_decision", "=", False)

    @api.model
    def _plan_next_run(self):
        """Have the job wake up for the earliest next try, or for a row that lost its sender."""
        now = fields.Datetime.now()
        waiting = self._waiting_domain() & Domain("next_try", "!=", False)
        times = self.search(waiting, order="next_try", limit=1).mapped("next_try")
        if self.search_count([("state", "=", "sending")], limit=1):
            times.append(now)
        if times:
            at = max(min(times), now + SHORTEST_PAUSE)
            self.env.ref("l10n_fr_chorus_pro.ir_cron_send")._trigger(at=at)

    @contextmanager
    def _session(self, connection):
        """A :class:`ChorusProSession`; stopped from the start when the connection is unusable."""
        try:
            client = connection._client()
        except (UserError, ChorusProError) as error:
            is_ours = isinstance(error, UserError)
            sentence = str(error) if is_ours else error_sentence(self.env, error)
            connection.trouble = sentence
            yield ChorusProSession(connection, stopped_by=(sentence, STOPPED_RETRY_SECONDS))
            return
        with client:
            yield ChorusProSession(connection, client)

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
            try:
                if not self._lock():
                    return False
                row = self.with_context(lang=self.author_id.lang or self.env.lang)
                row._settle_locked(session)
                self._commit()
                return True
            except SerializationFailure:
                # Someone changed the row or its invoice meanwhile; what was written is gone.
                self.env.cr.rollback()
                self._after_lost_write(self.env._("The invoice was changed while it was sent."))
            except Exception:  # noqa: BLE001 (one row must not stop the others; it is logged)
                _logger.exception("Chorus Pro: unexpected error on submission %s", self.id)
                self.env.cr.rollback()
                self._after_unexpected_error()
            return False

    def _settle_locked(self, session):
        actions = self._legal_actions()
        if "recover" in actions:
            self._recover(self.env._("Odoo stopped while the invoice was sent."))
        elif session.stopped_by:
            self._postpone(*session.stopped_by)
        elif self.environment != self.connection_id.environment:
            self._postpone(
                self.env._(
                    "The connection has changed its environment since this invoice was queued. "
                    "Take it out of the queue and send it again."
                ),
                STOPPED_RETRY_SECONDS,
            )
        elif "look_up" in actions:
            self._look_up(session)
        elif "send" in actions:
            self._send(session)

    def _after_lost_write(self, reason):
        """Settle what a failed write left behind; a row that never left simply stays queued."""
        if self._lock() and self.state == "sending":
            self._recover(reason)
            self._commit()

    def _after_unexpected_error(self):
        reason = self.env._(
            "Unexpected error, told in the server's log. The next try is planned."
        )
        if not self._lock():
            return
        if self.state == "sending":
            self._recover(reason)
        else:
            self._postpone(reason)
        self._commit()

    def _postpone(self, reason, delay=None):
        """Keep a waiting row as it is, with the reason and a later try (``delay`` in seconds)."""
        if self.state == "uncertain":
            self.lookups += 1
            self._doubt(reason, delay)
        elif self.state == "queued":
            self.attempts += 1
            self._try_later(reason, delay)

    def _recover(self, reason):
        """A row in ``sending`` that can be locked has lost its sender: say what may have happened.

        A lost upload is harmless (a file is not an invoice). A lost creation is unknown.
        """
        if self.step == "submit":
            self._doubt(reason)
        else:
            self._try_later(reason, 0)

    # ------------------------------------------------------------------
    # Locks
    # ------------------------------------------------------------------

    @contextmanager
    def _held(self):
        """Hold this row against other senders across our own commits.

        The row's lock ends with each commit; this advisory lock ends with the work, or with the
        process. False when another sender has it.
        """
        self.env.cr.execute("SELECT pg_try_advisory_lock(%s, %s)", [ADVISORY_CLASS, self.id])
        [held] = self.env.cr.fetchone()
        if not held:
            yield False
            return
        try:
            yield True
        finally:
            # What is not committed by now was not meant to last.
            self.env.cr.rollback()
            self.env.cr.execute("SELECT pg_advisory_unlock(%s, %s)", [ADVISORY_CLASS, self.id])

    def _lock(self, expected=None):
        """Lock the row, against users too, in a transaction that sees its last version.

        :param expected: values that the row must still have, because they are this sender's own
        :return: True when the row is ours
        """
        self.invalidate_recordset()
        if not self.try_lock_for_update():
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

    def _claim(self):
        return {name: self[name] for name in ("state", "step", "attempts")}
