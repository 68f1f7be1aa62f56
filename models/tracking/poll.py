# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import logging
from collections import defaultdict
from datetime import datetime, timedelta, timezone
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...choruspro.changes import normalised_number, read_changes
from ...choruspro.errors import ChorusProError, ProtocolError, RefusedError, UnavailableError
from ...choruspro.lifecycle import LINGERS_FOR, SILENT_AFTER, follow_delay, invoice_status
from ...choruspro.limits import LARGE_PAGE
from ...choruspro.text import storable
from ..rules.error_texts import error_sentence
from ..session.pauses import pause_after
from ..session.row_guard import LOST_RACES, guarded_row
from ..session.session import ChorusProSession

_logger = logging.getLogger(__name__)

# What Chorus Pro knows becomes searchable with some delay: the end of a window is left to settle,
# and its beginning is read twice.
SETTLING = timedelta(minutes=1)
OVERLAP = timedelta(minutes=15)
FULL_PASS_EVERY = timedelta(hours=20)
PAGE_SIZE, SMALL_PAGE_SIZE = LARGE_PAGE, 100
HISTORIES_PER_RUN = 200
# The job's own interval.
CALLED_EVERY = timedelta(hours=1)
WRITE_TRIES = 3
# Following is late when the last look is older than the rarest look and a failed night.
LATE_AFTER = timedelta(hours=26)


class Cadence(NamedTuple):
    """What the followed invoices of a connection ask for, all together.

    delay: how long the most impatient one can wait for a look. oldest: since when the quietest one
    is as it is. statuses: names of those that they are in.
    """

    delay: timedelta
    oldest: datetime
    statuses: frozenset


class ChorusProConnection(models.Model):
    """The job that brings back what becomes of invoices."""

    _inherit = "chorus.pro.connection"

    follow_wanted_at = fields.Datetime(
        readonly=True, copy=False, help="A user asked for a refresh: the cadence does not matter.")
    following_failures = fields.Integer(
        readonly=True, copy=False, help="How many refreshes failed in a row.")
    following_trouble = fields.Text(
        readonly=True, copy=False,
        help="Why what is new at Chorus Pro cannot be read; invoices leave all the same.")
    following_put_off_until = fields.Datetime(
        readonly=True, copy=False, help="No refresh before then.")

    @api.model
    def _cron_follow(self):
        """Bring back what changed at Chorus Pro, for each of these connections that has invoices
        there; for every one when there are none.

        A connection that was replaced still follows what went by it. No exception leaves the job:
        a failure is shown on the connection, and the next run goes on from the same place.
        """
        found = self.env["chorus.pro.submission"]._read_group(
            Domain("is_followed", "=", True)
            | Domain("history_wanted", "=", True)
            | self._lingering_domain(),
            ["connection_id"])
        connections = self.browse(connection.id for (connection,) in found)
        connections = connections & self if self else connections
        # One whose answers end the process stays where it is: it comes after the others.
        connections = connections.sorted(
            lambda connection: connection.followed_until or datetime.min, reverse=True)
        self.env["ir.cron"]._commit_progress(remaining=len(connections))
        for connection in connections:
            with guarded_row(
                self.env,
                f"following by {connection}",
                put_off=connection._put_off_following_unexpected,
            ):
                connection._follow_once()
            self.env["ir.cron"]._commit_progress(1)

    def _follow_once(self):
        """Bring back what changed by this connection, unless it is paused; the connection shows
        what prevents it.

        Only what concerns the connection as a whole holds up sending too.
        """
        if self.filtered_domain(self._paused_domain()) or self._is_following_put_off():
            return
        session = ChorusProSession(self)
        problem = None
        try:
            self._follow(session)
        except (ProtocolError, RefusedError) as error:
            problem = error_sentence(self.env, error)
        except ChorusProError as error:
            session.stop(error_sentence(self.env, error), error)
        except UserError as error:
            session.stop(str(error))
        self.env.cr.rollback()
        self._conclude(session)
        if problem:
            self._put_off_following(problem)
        elif self.following_failures and not session.stopped_by:
            self._resume_following()
        self.env["ir.cron"]._commit_progress()

    # ------------------------------------------------------------------
    # Following that fails does not hold up sending
    # ------------------------------------------------------------------

    def _is_following_put_off(self):
        """A clock that was set back does not count."""
        now = fields.Datetime.now()
        until = self.following_put_off_until
        return bool(until) and now < until < now + timedelta(days=1)

    def _put_off_following(self, sentence):
        """This connection is not followed for a while, longer with each failure in a row."""
        if sentence != self.following_trouble:
            _logger.warning("Chorus Pro connection %s is not followed: %s", self.id, sentence)
        until = fields.Datetime.now() + pause_after(self.following_failures)
        self.write({
            "following_failures": self.following_failures + 1,
            "following_trouble": sentence,
            "following_put_off_until": until,
        })
        self._plan_look(until)

    def _put_off_following_unexpected(self):
        self._put_off_following(
            self.env._("Unexpected error while following (see the server log)."))

    def _resume_following(self):
        self.write({
            "following_failures": 0,
            "following_trouble": False,
            "following_put_off_until": False,
        })

    def _want_following(self):
        """Have what is new by these connections read soon, whatever their cadence."""
        if self:
            self.sudo().follow_wanted_at = fields.Datetime.now()
            self._chorus_pro_dispatch("follow")

    def _wake_up(self):
        super()._wake_up()
        self.filtered("following_put_off_until").following_put_off_until = False

    def _followed_domain(self):
        return Domain("connection_id", "=", self.id) & Domain("environment", "=", self.place)

    @api.model
    def _lingering_domain(self):
        """What has ended lately: its status may still change."""
        return (
            Domain("state", "=", "deposited")
            & Domain("is_followed", "=", False)
            & Domain("chorus_invoice_id", "!=", False)
            & Domain("status_date", ">", fields.Datetime.now() - LINGERS_FOR))

    def _follow(self, session):
        """Read the changes since the cursor, then the histories that someone needs.

        :param session: :class:`ChorusProSession` without a client yet
        :raises ChorusProError: what was written until then is kept, the cursor did not move
        """
        ours, cadence = self._followed_domain(), self._cadence()
        next_look = self._next_look(cadence)
        is_due = next_look and next_look <= fields.Datetime.now()
        if not is_due and not self._wanted_histories(ours):
            self._plan_look(next_look)
            self.env["ir.cron"]._commit_progress()
            return
        with self._client() as client:
            session.client = client
            if not session.supplier_id:
                submissions = self.env["chorus.pro.submission"]
                raise UserError(submissions._unknown_supplier(session))
            if is_due:
                self._plan_look(fields.Datetime.now() + cadence.delay)
                self._follow_changes(session, cadence)
            self._read_histories(session, ours)
        session.note_success()

    def _cadence(self):
        """The :class:`Cadence` of what is followed by this connection, None when nothing is.

        One query by status, however many invoices there are: of those in one status the last that
        got it decides.
        """
        submissions = self.env["chorus.pro.submission"]
        followed = Domain("is_followed", "=", True) | self._lingering_domain()
        rows = submissions._search(self._followed_domain() & followed)
        code, date, created = (
            submissions._field_to_sql(rows.table, name, rows)
            for name in ("status_code", "status_date", "create_date"))
        rows.groupby = code
        since = SQL("COALESCE(%s, %s)", date, created)
        found = self.env.execute_query(
            rows.select(code, SQL("MAX(%s)", since), SQL("MIN(%s)", since)))
        if not found:
            return None
        now = fields.Datetime.now()
        return Cadence(
            delay=min(
                follow_delay(invoice_status(code or ""), now - last)
                for code, last, _first in found),
            oldest=min(first for _code, _last, first in found),
            statuses=frozenset(invoice_status(code or "").name for code, _last, _first in found))

    def _next_look(self, cadence):
        """When what is followed is worth a question, or False when nothing is.

        :param cadence: :class:`Cadence` or None
        """
        if not cadence:
            return False
        if self.follow_wanted_at or not self.followed_until:
            return fields.Datetime.now()
        return self.followed_until + SETTLING + cadence.delay

    def _plan_look(self, at):
        """Have the job called then, unless it is called by then anyway."""
        if at and at < fields.Datetime.now() + CALLED_EVERY:
            self._chorus_pro_dispatch("follow", at)

    def _follow_changes(self, session, cadence):
        """Read what changed since the cursor, page by page: each is written before the next is
        read, and the cursor moves when all are.

        :param cadence: :class:`Cadence`
        :return: whether something changed
        :raises ChorusProError: the pages before are written, the cursor did not move
        """
        now = fields.Datetime.now()
        wish = self.follow_wanted_at
        until = now - SETTLING
        is_full = not (
            self.followed_until
            and self.fully_followed_at
            and now - self.fully_followed_at <= FULL_PASS_EVERY)
        # Never after the end, as when the clock was set back.
        since = min(self.followed_until or until, until)
        if is_full:
            since = min(since, max(cadence.oldest, now - SILENT_AFTER))
        since -= OVERLAP
        window = since.replace(tzinfo=timezone.utc), until.replace(tzinfo=timezone.utc)
        is_complete, has_news = True, False
        for summaries in self._changes(session, window):
            has_news = True
            is_complete = self._write_changes(summaries) and is_complete
        cursor = {"followed_until": until}
        if is_full:
            cursor["fully_followed_at"] = now
        if is_complete:
            self._move_cursor(cursor, wish)
        return has_news

    @api.model
    def _changes(self, session, window):
        """Yield the changes in this window as :func:`read_changes` does, by smaller pages from the
        beginning when the platform refuses large ones."""
        place = session.client, session.supplier_id, *window
        try:
            yield from read_changes(*place, page_size=PAGE_SIZE)
        except RefusedError as error:
            _logger.info("Chorus Pro: trying smaller pages: %s", error)
            yield from read_changes(*place, page_size=SMALL_PAGE_SIZE)

    def _concerned(self, summaries):
        """The submissions that these summaries may be about: those with their ids; for other ids
        those with the same number, and those that wait for theirs and have the same number in
        another spelling."""
        submissions = self.env["chorus.pro.submission"]
        mine = self._followed_domain() & Domain("state", "=", "deposited")
        ids = [storable(each.invoice_id) for each in summaries]
        known = submissions.search(mine & Domain("chorus_invoice_id", "in", ids))
        found = set(known.mapped("chorus_invoice_id"))
        numbers = [storable(each.number) for each in summaries if each.invoice_id not in found]
        if not numbers:
            return known
        waiting = Domain("chorus_invoice_id", "=", False) & submissions._same_letters(numbers)
        return known | submissions.search(mine & (Domain("name", "in", numbers) | waiting))

    def _write_changes(self, summaries):
        """Write one page of changes, in a transaction that began after the reading.

        Someone who edits one of the invoices meanwhile makes it fail: it is written again on fresh
        values, and at last one by one.

        :return: False when the same must be read again
        """
        for _attempt in range(WRITE_TRIES):
            self.env["ir.cron"]._commit_progress()
            with guarded_row(self.env, f"changes of {self}", races=LOST_RACES) as written:
                self._concerned(summaries)._take_summaries(summaries)
                self.env["ir.cron"]._commit_progress()
            if written.is_done:
                return True
            if not written.is_lost:
                break
        return self._write_one_by_one(summaries)

    def _write_one_by_one(self, summaries):
        """Write the changes of each invoice in a separate transaction. One that cannot be written
        is logged, and waits for its next change; one that somebody edits is read again.

        :return: False when the same must be read again
        """
        by_id, by_number = defaultdict(list), defaultdict(list)
        for summary in summaries:
            by_id[summary.invoice_id].append(summary)
            by_number[normalised_number(summary.number)].append(summary)
        is_complete = True
        for row in self._concerned(summaries):
            mine = by_id[row.chorus_invoice_id] + by_number[normalised_number(row.name)]
            if not mine:
                continue
            mine = {summary.invoice_id: summary for summary in mine}.values()
            with guarded_row(self.env, row, races=LOST_RACES) as written:
                row._take_summaries(mine)
                self.env["ir.cron"]._commit_progress()
            is_complete = is_complete and not written.is_lost
        return is_complete

    def _move_cursor(self, cursor, wish):
        """Note that everything up to here is written.

        An administrator who saves the connection meanwhile makes it fail: it is tried again, and
        at last the next look reads the same window.

        :param wish: when somebody asked for this look, before it began; a later one stays
        """
        for _attempt in range(WRITE_TRIES):
            with guarded_row(self.env, f"cursor of {self}", races=LOST_RACES) as moved:
                if self.follow_wanted_at == wish:
                    self.write(cursor | {"follow_wanted_at": False})
                else:
                    self._chorus_pro_dispatch("follow")
                    self.write(cursor)
                self.env["ir.cron"]._commit_progress()
            if not moved.is_lost:
                return

    @api.model
    def _wanted_histories(self, ours):
        wanted = Domain("history_wanted", "=", True) & Domain("chorus_invoice_id", "!=", False)
        return self.env["chorus.pro.submission"].search(
            ours & wanted, order="needs_action desc, id", limit=HISTORIES_PER_RUN)

    def _read_histories(self, session, ours):
        """A search gives only the current status: the histories fill what happened between.

        :raises ChorusProError: twice in a row. Once may be about one invoice only: it is given up
            as soon as another one's was read.
        """
        if session.stopped_by:
            return
        wanted = self._wanted_histories(ours)
        unread = wanted.browse()
        time_left = True
        for submission in wanted:
            with guarded_row(
                self.env,
                submission,
                put_off=submission._drop_history,
                # Someone edits that invoice: its history is still wanted.
                races=LOST_RACES,
                through=(ChorusProError,),
            ):
                unread = self._read_history(session, submission, unread)
                time_left = self.env["ir.cron"]._commit_progress()
            if not time_left:
                break
        else:
            if len(wanted) < HISTORIES_PER_RUN:
                return
        self._chorus_pro_dispatch("follow")
        self.env["ir.cron"]._commit_progress()

    @api.model
    def _read_history(self, session, submission, unread):
        """
        :param unread: the submission before this one, when its history could not be read
        :return: this one when its history could not be read and may be next time, else none
        """
        given_up = submission
        try:
            with session.about(submission):
                history = session.client.read_history(submission.chorus_invoice_id)
        except RefusedError as error:
            _logger.warning("Chorus Pro: no history of %s: %s", submission.name, error)
        except (ProtocolError, UnavailableError) as error:
            if unread or session.is_asked_to_wait(error):
                raise
            _logger.warning("Chorus Pro: no history of %s: %s", submission.name, error)
            return submission
        else:
            submission._take_history(history)
            given_up, unread = unread, submission.browse()
        given_up.history_wanted = False
        return unread
