# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import logging
from datetime import timedelta, timezone

from psycopg2.errors import SerializationFailure

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..choruspro.changes import read_changes
from ..choruspro.errors import ChorusProError
from ..choruspro.lifecycle import invoice_status
from ..choruspro.messages import StatusEvent
from .chorus_pro_sentence import error_sentence
from .chorus_pro_session import ChorusProSession

_logger = logging.getLogger(__name__)

# What Chorus Pro knows becomes searchable with some delay: the end of a window is left to settle,
# and its beginning is read twice.
SETTLING = timedelta(minutes=1)
OVERLAP = timedelta(minutes=15)
FULL_PASS_EVERY = timedelta(hours=20)
PAGE_SIZE = 100
HISTORIES_PER_RUN = 200


class ChorusProConnection(models.Model):
    _inherit = "chorus.pro.connection"

    @api.model
    def _cron_follow(self):
        """Bring back what changed at Chorus Pro, for every connection that has invoices there.

        No exception leaves the job: what fails is said on the connection, and the next run goes on
        from the same place.
        """
        connections = self.search([("in_use", "=", True)])
        self.env["ir.cron"]._commit_progress(remaining=len(connections))
        for connection in connections:
            try:
                connection._follow()
            except SerializationFailure:
                self.env.cr.rollback()
            except (ChorusProError, UserError) as error:
                self.env.cr.rollback()
                is_ours = isinstance(error, UserError)
                connection.trouble = str(error) if is_ours else error_sentence(self.env, error)
            except Exception:  # noqa: BLE001 (one connection must not stop the others)
                _logger.exception("Chorus Pro: unexpected error while following %s", connection.id)
                self.env.cr.rollback()
            self.env["ir.cron"]._commit_progress(1)

    def _follow(self):
        """Read the changes since the cursor, then the histories that someone needs.

        :raises ChorusProError: what was read until then is kept, the cursor did not move
        """
        open_submissions = self.env["chorus.pro.submission"].search(
            [
                ("connection_id", "=", self.id),
                ("environment", "=", self.environment),
                ("is_followed", "=", True),
            ]
        )
        wanted = self._wanted_histories()
        if not open_submissions and not wanted:
            return
        with self._client() as client:
            session = ChorusProSession(self, client)
            if open_submissions:
                self._follow_changes(session, open_submissions)
                self.env["ir.cron"]._commit_progress()
            self._read_histories(session)
        if self.trouble:
            self.trouble = False

    def _follow_changes(self, session, open_submissions):
        now = fields.Datetime.now()
        until = now - SETTLING
        full_pass = (
            not self.followed_until
            or not self.fully_followed_at
            or now - self.fully_followed_at > FULL_PASS_EVERY
        )
        if full_pass:
            oldest = min(row.status_date or row.create_date for row in open_submissions)
            since = min(oldest, self.followed_until or oldest) - OVERLAP
        else:
            since = self.followed_until - OVERLAP
        if since >= until:
            return
        summaries = read_changes(
            session.client,
            session.supplier_id,
            since.replace(tzinfo=timezone.utc),
            until.replace(tzinfo=timezone.utc),
            page_size=PAGE_SIZE,
        )
        open_submissions._take_summaries(summaries)
        self.followed_until = until
        if full_pass:
            self.fully_followed_at = now

    def _wanted_histories(self):
        return self.env["chorus.pro.submission"].search(
            [
                ("connection_id", "=", self.id),
                ("environment", "=", self.environment),
                ("history_wanted", "=", True),
                ("chorus_invoice_id", "!=", False),
            ],
            order="needs_action desc, id",
            limit=HISTORIES_PER_RUN,
        )

    def _read_histories(self, session):
        """A search tells only the current status: the histories fill what happened between."""
        for submission in self._wanted_histories():
            history = session.client.read_history(submission.chorus_invoice_id)
            submission._take_history(history)
            self.env["ir.cron"]._commit_progress()


class ChorusProSubmission(models.Model):
    _inherit = "chorus.pro.submission"

    def _take_summaries(self, summaries):
        """Write what a search told about these submissions, in bulk.

        Matching is by Chorus Pro's id. Current is what Chorus Pro says is current: no order is
        enforced, an unknown code is kept as it is.
        """
        by_id = {row.chorus_invoice_id: row for row in self}
        events = []
        for summary in summaries:
            row = by_id.get(summary.invoice_id)
            if not row or not summary.status or not summary.status_date:
                continue
            events.append(
                (
                    row.id,
                    StatusEvent(
                        event_id=None,
                        code=summary.status,
                        date=summary.status_date,
                        comment=summary.status_comment,
                        author=None,
                    ),
                )
            )
            row._take_status(summary.status, summary.status_date, summary.status_comment)
        self.env["chorus.pro.status"]._record(events)

    def _take_status(self, code, date, comment):
        date = date.replace(tzinfo=None, microsecond=0)
        if (code, comment or False) == (self.status_code, self.reason or False):
            return
        known = invoice_status(code)
        self.write(
            {
                "status_code": code,
                "status_date": date,
                "reason": comment or False,
                # What passed between two looks, once someone must act, and at the end.
                "history_wanted": self.history_wanted or known.terminal or known.needs_action,
            }
        )

    def _take_history(self, history):
        """Record the whole history of one invoice; the last event is its current status."""
        self.ensure_one()
        self.env["chorus.pro.status"]._record((self.id, event) for event in history.events)
        dated = [event for event in history.events if event.date]
        current = [event for event in dated if event.code == history.current_status] or dated
        if current:
            last = max(current, key=lambda event: event.date)
            self._take_status(last.code, last.date, last.comment)
        self.history_wanted = False
