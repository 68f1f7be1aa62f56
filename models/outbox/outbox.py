# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import hashlib
import random
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from time import monotonic

from psycopg2.extensions import TransactionRollbackError

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...choruspro.errors import ChorusProError, Delivery, RefusedError, UnknownOutcomeError
from ...choruspro.lifecycle import next_poll_delay
from ...choruspro.messages import AttachmentReference, FileUpload, SupplierInvoiceSearch
from ..access.foreign_text import ForeignText
from ..access.roles import USER, require_role
from ..connection.connection import ENVIRONMENTS
from ..session.row_guard import guarded_row
from ..session.session import STOPPED_RETRY_SECONDS

# States of a row that Chorus Pro has yet to answer.
ON_ITS_WAY = ("queued", "sending", "uncertain")
# Type of an attachment at Chorus Pro (recuperer/typespj) unless another is chosen: "divers".
# Clients saw it accepted everywhere.
ATTACHMENT_TYPE = "DIVERS"
WRITE_TRIES = 5
RETRY_MINUTES = (1, 2, 5, 15, 60)
RETRY_JITTER = 0.2
# A row whose processes ended so often in a row is set aside: it would end the next one too.
MOST_UNFINISHED = 3
# No try is planned later than this.
FARTHEST_TRY = timedelta(days=8)


def digest(content):
    """SHA-256 of these bytes, in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def after(seconds, polls):
    """Time until the next look-up, a timedelta.

    :param seconds: asked for by Chorus Pro; None when it asks for none
    :param polls: how many there were: without ``seconds`` the usual cadence counts
    """
    return next_poll_delay(polls) if seconds is None else timedelta(seconds=seconds)


class ChorusProOutbox(models.AbstractModel):
    """A row that a job brings to Chorus Pro: its locks, and what happens when an answer is lost.

    A model that inherits it has a field ``state``, its own ``_advisory_class``, and methods that do
    something with a row: ``_settle_locked``, ``_settle_and_tell``, ``_recover``, ``_try_later``,
    ``_doubt``, ``_doubt_known`` and ``_refused``. One that sends files has a field ``uploads``.
    """

    _name = "chorus.pro.outbox"
    _description = "Chorus Pro Outbox"

    # First key of the advisory locks on the rows of a model; any constant that is not in use.
    _advisory_class = None

    connection_id = fields.Many2one(
        "chorus.pro.connection", required=True, readonly=True, index=True, ondelete="restrict"
    )
    environment = fields.Selection(ENVIRONMENTS, required=True, readonly=True)
    attempts = fields.Integer(readonly=True, copy=False)
    unfinished = fields.Integer(
        readonly=True, copy=False, default=0,
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
        """This row in the language of its author, who reads what is written on it."""
        return self.with_context(lang=self.author_id.lang or self.env.lang)

    def _label(self, name):
        """The value of this selection field as its reader sees it; "" when there is none."""
        return self._fields[name].convert_to_export(self[name], self)

    def _claim(self):
        """Values that show that a row is still as this sender left it."""
        names = self._fields.keys() & {"state", "attempts", "step"}
        return {name: self[name] for name in names}

    def _become(self, state, reason=False, wait=None, **values):
        """Write a state; nothing is under way any more, unless ``step`` says so.

        :param wait: timedelta until the next try; None when none is planned
        :param values: of other fields
        """
        next_try = wait is not None and fields.Datetime.now() + wait
        if "step" in self._fields:
            values.setdefault("step", False)
        self.write({"state": state, "reason": reason, "next_try": next_try, **values})

    def _start(self, **step):
        """Write that the next thing is a call to Chorus Pro."""
        self._become("sending", sent_at=fields.Datetime.now(), missing_since=False, **step)

    def _begin_step(self, **step):
        """Commit the row as ``sending`` before a call, so that the state survives the call.

        :return: False when someone changed the row meanwhile
        """
        self._start(**step)
        return self._commit_and_relock()

    def _cancel(self):
        """Take rows out of the queue, for a user.

        :raises AccessError: the user may not change their invoices
        :raises UserError: a job has one of them, or it may not be cancelled any more
        """
        require_role(self.env, USER)
        self._check_may_take_back()
        rows = self.sudo().try_lock_for_update()
        if len(rows) != len(self):
            raise UserError(self.env._("Chorus Pro is being contacted: try again in a moment."))
        rows.invalidate_recordset(["state"])
        rows._check_may_be_cancelled()
        rows._become("cancelled")
        return True

    def _check_may_take_back(self):
        """:raises AccessError: it is not the user's to take out of the queue"""
        self.move_id.check_access("write")

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
    # What is due
    # ------------------------------------------------------------------

    @api.model
    def _now_domain(self):
        """Rows whose next try has come; also those that a clock set back left in a far future."""
        now = fields.Datetime.now()
        next_try = Domain("next_try", "<=", now) | Domain("next_try", ">", now + FARTHEST_TRY)
        return Domain("next_try", "=", False) | next_try

    @api.model
    def _open_domain(self):
        """Rows that the jobs have not finished with."""
        return Domain("state", "in", ON_ITS_WAY)

    @api.model
    def _to_settle(self, usable, limit):
        """Rows that lost their sender, and those whose next try is due.

        :param usable: domain of rows whose connection may be used
        """
        due = Domain("state", "=", "sending") | self._now_domain()
        return self.search(self._open_domain() & due & usable, order="next_try, id", limit=limit)

    @api.model
    def _next_times(self, usable):
        """When a job is wanted next for these rows: a list of naive UTC datetimes."""
        mine = self._open_domain() & usable
        waiting = mine & Domain("next_try", "!=", False)
        times = self.search(waiting, order="next_try", limit=1).mapped("next_try")
        if self.search_count(mine & Domain("state", "=", "sending"), limit=1):
            times.append(fields.Datetime.now())
        return times

    @api.model
    def _settle_each(self, session, rows, ends):
        """Settle these rows, which may be of several outboxes.

        :param rows: iterable of records
        :param ends: moment (of ``monotonic``) until which this call may work in any case
        :return: (rows of this model that got an answer, True when the time is over)
        """
        answered = self.browse()
        for row in rows:
            # Deleted since the list was made; or further calls are useless: it keeps its place.
            if not row.exists() or (session.stopped_by and row.state != "sending"):
                continue
            with session.about(row):
                answered |= row._settle_and_tell(session)
            session.progress.count()
            # The bytes of each PDF would stay in the cache.
            self.env["ir.attachment"].invalidate_model(["raw", "datas"], flush=False)
            if self._is_over(ends):
                return answered, True
        return answered, False

    @api.model
    def _is_over(self, ends, done=1):
        """Note that so many more are done; True when no time is left.

        Odoo calls a job some ten times, also after the time that it gives to all of these calls:
        each has its own slice, for a call that does one row asks Chorus Pro for VAT rates, bank
        accounts and recipients anew.
        """
        return not self.env["ir.cron"]._commit_progress(done) and monotonic() >= ends

    # ------------------------------------------------------------------
    # One row
    # ------------------------------------------------------------------

    def _settle(self, session):
        """Bring one row as far as it can go now. Never raises: the row says what failed.

        :return: True when the row was ours to settle
        """
        with self._held() as held:
            if not held or not self._lock():
                return False
            with guarded_row(
                self.env,
                self,
                put_off=self._after_unexpected_error,
                # Someone changed the row or its invoice meanwhile; what was written is gone.
                lost=self._after_lost_write,
            ) as guarded:
                self._for_its_reader()._settle_locked(session)
                self._commit()
            return guarded.is_done

    def _after_lost_write(self):
        """Settle what a failed write left behind; a row that never left simply stays queued."""
        for row in self:
            if not row._lock():
                continue
            row._finish_attempt()
            if row.state == "sending":
                reader = row._for_its_reader()
                reader._recover(reader.env._("The invoice was changed while it was sent."))
            row._commit()

    def _after_unexpected_error(self):
        for row in self:
            if not row._lock():
                continue
            row._finish_attempt()
            reader = row._for_its_reader()
            write = reader._recover if row.state == "sending" else reader._postpone
            write(reader._unexpected_error())
            row._commit()

    def _unexpected_error(self):
        return self.env._("Unexpected error (see the server log). Another attempt is scheduled.")

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
        """The process survived: whatever became of these rows, they did not end it."""
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
        sentence = session.note_failure(error, self.env)
        if isinstance(error, UnknownOutcomeError):
            is_known = error.delivery == Delivery.YES
            return partial(self._doubt_known if is_known else self._doubt, sentence)
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

    def _stop_session(self, session, sentence):
        """Nothing can be sent until somebody has fixed the connection; gives the outcome."""
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
    # Files, and the search for what was sent
    # ------------------------------------------------------------------

    def _upload_missing(self, session, files):
        """Have these files at Chorus Pro; what is there already is not sent again.

        :param files: iterable of :class:`SupportingDocument`
        :return: False when someone changed the row meanwhile
        :raises ChorusProError: what the client says
        """
        for file in files:
            key = digest(file.content)
            if key in (self.uploads or {}):
                continue
            if not self._begin_step(step="upload"):
                return False
            upload = FileUpload(content=file.content, file_name=file.name, mime_type=file.mime_type)
            receipt = session.client.add_file(upload)
            # A new dictionary: Odoo does not see a change inside the old one.
            self.uploads = {**(self.uploads or {}), key: receipt.attachment_id}
        return True

    def _uploaded_references(self, files, type_code=ATTACHMENT_TYPE):
        """These files, which are at Chorus Pro, as a tuple of :class:`AttachmentReference`."""
        return tuple(
            AttachmentReference(
                attachment_id=self.uploads[digest(file.content)], label=file.name,
                type_code=type_code,
            )
            for file in files
        )

    def _search_sent(self, session, reason=False, **criteria):
        """What Chorus Pro has of the supplier's invoices: a sequence of :class:`InvoiceSummary`;
        None when it cannot be asked now: the row is postponed then.

        :param reason: sentence that says more than why Chorus Pro cannot be asked
        :param criteria: of :class:`SupplierInvoiceSearch`
        """
        if not session.supplier_id:
            self._postpone(self._unknown_supplier(session))
            return None
        search = SupplierInvoiceSearch(supplier_id=session.supplier_id, **criteria)
        try:
            found = session.client.search_invoices(search)
        except ChorusProError as error:
            sentence = session.note_failure(error, self.env)
            self._postpone(reason or sentence, error.retry_after)
            return None
        session.note_success()
        return found

    def _is_missing_after(self, patience, reason=False):
        """Chorus Pro does not have it: True once that has lasted for ``patience`` (a timedelta);
        until then another look-up is planned.

        :param reason: sentence that says more than that it is looked up again
        """
        now = fields.Datetime.now()
        self.missing_since = self.missing_since or now
        if now - self.missing_since >= patience:
            return True
        self.lookups += 1
        self._doubt(
            reason
            or self.env._(
                "No answer came and Chorus Pro does not have this invoice yet: it is looked up "
                "again."
            )
        )
        return False

    # ------------------------------------------------------------------
    # Locks
    # ------------------------------------------------------------------

    @contextmanager
    def _held(self, most=None):
        """Hold these rows against other senders across our own commits.

        A row's lock ends with each commit; this advisory lock ends with the work, or with the
        process. Gives those that no other sender has, the first ``most`` of them, in a transaction
        that sees what a sender before us wrote.
        """
        lock = (
            "SELECT id FROM unnest(%s::integer[]) AS id WHERE pg_try_advisory_lock(%s, id) LIMIT %s"
        )
        self.env.cr.execute(lock, [self.ids, self._advisory_class, most])
        held = self.browse([row_id for [row_id] in self.env.cr.fetchall()])
        if not held:
            yield held
            return
        try:
            self._commit()
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
            "SELECT FROM %s WHERE id = %s FOR UPDATE SKIP LOCKED", SQL.identifier(self._table),
            self.id,
        )
        self.env.cr.execute(lock, log_exceptions=False)
        if not self.env.cr.rowcount:
            return False
        return all(self[name] == value for name, value in (expected or {}).items())

    def _commit(self):
        """End the transaction of one row; only jobs come here. Progress is noted once a row is done
        (:meth:`_is_over`), not with each of its commits."""
        self.env.cr.commit()  # pylint: disable=invalid-commit

    def _commit_and_relock(self):
        """Commit what is written, and lock the row again at once.

        :return: False when someone changed it meanwhile
        """
        claim = self._claim()
        self._commit()
        return self._lock(claim)
