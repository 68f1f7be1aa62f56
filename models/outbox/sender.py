# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from datetime import timedelta
from time import monotonic

from odoo import api, fields, models
from odoo.fields import Domain

from ..session.row_guard import guarded_row
from ..session.session import STOPPED_RETRY_SECONDS
from .flow import OPEN_STATES
from .session import SendingSession

BATCH = 100
SLICE_SECONDS = 10
# Rows that another process holds are not asked about without pause.
SHORTEST_PAUSE = timedelta(seconds=10)
# No try is planned later than this.
FARTHEST_TRY = timedelta(days=8)
FIRST_NEWS = timedelta(minutes=2)


class ChorusProSubmission(models.Model):
    """The job that empties the queue."""

    _inherit = "chorus.pro.submission"

    _advisory_class = 0x43505253

    @api.model
    def _cron_send(self):
        """Send what is queued, settle what a killed sender left, look up what is uncertain, read
        the reports of files; do what users want done about invoices that are there.

        Each row and each file has transactions of its own. No exception leaves the job: what
        cannot be sent gets a reason and a next try. Several processes may run it at once.
        """
        started = monotonic()
        self._look_at_host()
        usable = self.env["chorus.pro.connection"]._usable_domain()
        flows = self.env["chorus.pro.flow"]._to_settle(usable, BATCH)
        rows = self._to_settle(usable, BATCH)
        ready = self.search(self._ready_domain() & usable, limit=1)
        others = self._due_beside(usable)
        due = self.search_count((self._lost_domain() | self._due_domain()) & usable)
        count = len(others) + len(flows) + due + len(ready)
        self.env["ir.cron"]._commit_progress(remaining=count)
        for connection in (
            others.connection_id | flows.connection_id | rows.connection_id | ready.connection_id
        ):
            is_over = False
            with guarded_row(self.env, connection, put_off=connection._pause_unexpected):
                with connection._session(SendingSession) as session:
                    is_over = self._empty_queue(session, rows, flows, started + SLICE_SECONDS)
                connection._conclude(session)
            if is_over:
                # What became ready in this call was not counted at its beginning.
                left = self.search_count((self._ready_domain() | self._due_domain()) & usable)
                self.env["ir.cron"]._commit_progress(remaining=left)
                break
        self._plan_next_run()

    @api.model
    def _look_at_host(self):
        """No trouble with it keeps invoices from leaving."""
        with guarded_row(self.env, "the host"):
            self.env["chorus.pro.host"].sudo()._look()
            self._commit()

    @api.model
    def _empty_queue(self, session, rows, flows, ends):
        """Do what is due for one connection.

        :param ends: moment (of ``monotonic``) until which this call may work in any case
        :return: True when its time is over
        """
        answered = self.browse()
        is_over = False
        connection = session.connection
        mine = [
            *flows.filtered(lambda flow: flow.connection_id == connection),
            *rows.filtered(lambda row: row.connection_id == connection),
        ]
        for item in mine:
            if not item.exists():
                # Deleted with its invoice since the list was made.
                continue
            if session.stopped_by and item.state != "sending":
                # Further calls are useless: what waits keeps its place.
                continue
            with session.about(item):
                answered |= item._settle_and_tell(session)
            session.progress.count()
            # The bytes of each PDF would stay in the cache.
            self.env["ir.attachment"].invalidate_model(["raw", "datas"], flush=False)
            is_over = self._is_over(ends)
            if is_over:
                break
        while not is_over and not session.stopped_by:
            flows, refused = self._assemble(session)
            answered |= refused
            if not flows and not refused:
                break
            for flow in flows:
                with session.about(flow):
                    answered |= flow._settle_and_tell(session)
                session.progress.count()
                is_over = self._is_over(ends)
            # Hundreds of documents were read: the next file must not add to them in memory.
            self.env.invalidate_all()
        session.progress.show()
        self._tell_answers(answered)
        return is_over

    @api.model
    def _is_over(self, ends):
        """Note one more done; True when no time is left.

        Odoo calls a job some ten times, also after the time that it gives to all of these calls:
        each has a slice of its own, for a call that does one row asks Chorus Pro for VAT rates,
        bank accounts and recipients anew.
        """
        return not self.env["ir.cron"]._commit_progress(1) and monotonic() >= ends

    @api.model
    def _tell_answers(self, answered):
        answered = answered.exists()
        if answered.filtered(lambda row: row.state == "deposited"):
            # Chorus Pro moves an invoice on within minutes: its first news need not wait an hour.
            soon = fields.Datetime.now() + FIRST_NEWS
            self.env.ref("l10n_fr_chorus_pro.ir_cron_follow")._trigger(at=soon)
        with guarded_row(self.env, "who waits for answers"):
            answered._notify_authors()
            answered._plan_follow_up()
            self._commit()

    # ------------------------------------------------------------------
    # What is due
    # ------------------------------------------------------------------

    @api.model
    def _alone_domain(self):
        """Rows that a file does not decide about, or not any more: see ``_followers``."""
        in_doubt = Domain("state", "=", "uncertain") & Domain("flow_id.state", "=", "deposited")
        return Domain("flow_id", "not any", [("state", "in", OPEN_STATES)]) | in_doubt

    @api.model
    def _waiting_domain(self):
        return (
            Domain("state", "in", ("queued", "uncertain"))
            & Domain("needs_decision", "=", False)
            & self._alone_domain()
        )

    @api.model
    def _ready_domain(self):
        """Rows whose document waits for the file that will carry it."""
        return (
            Domain("state", "=", "queued")
            & Domain("step", "=", "ready")
            & self._now_domain()
            & self._alone_domain()
        )

    @api.model
    def _now_domain(self):
        """What is due; also what a clock that was set back left in a far future."""
        now = fields.Datetime.now()
        far = now + FARTHEST_TRY
        next_try = Domain("next_try", "<=", now) | Domain("next_try", ">", far)
        return Domain("next_try", "=", False) | next_try

    @api.model
    def _lost_domain(self):
        return Domain("state", "=", "sending") & self._alone_domain()

    @api.model
    def _due_domain(self):
        return (
            self._waiting_domain()
            & self._now_domain()
            & (Domain("step", "=", False) | Domain("step", "!=", "ready"))
        )

    @api.model
    def _to_settle(self, usable, limit):
        rows = self.search(self._lost_domain() & usable, order="id", limit=limit)
        return rows | self.search(self._due_domain() & usable, order="next_try, id", limit=limit)

    @api.model
    def _due_beside(self, usable):
        """Rows of another outbox that the sender settles after invoices and files, due now.

        :param usable: domain of rows whose connection may be used
        """
        return self.browse()

    @api.model
    def _next_times_beside(self, usable):
        """When the earliest of these is due: a list of naive UTC datetimes."""
        return []

    @api.model
    def _plan_next_run(self):
        """Have the job wake up for the earliest next try, or for a row that lost its sender."""
        now = fields.Datetime.now()
        usable = self.env["chorus.pro.connection"]._usable_domain()
        waiting = self._waiting_domain() & Domain("next_try", "!=", False) & usable
        times = self.search(waiting, order="next_try", limit=1).mapped("next_try")
        times += self.env["chorus.pro.flow"]._next_times(usable)
        times += self._next_times_beside(usable)
        times += self.env["chorus.pro.connection"]._paused().mapped("paused_until")
        if self.search_count(self._lost_domain() & usable, limit=1):
            times.append(now)
        if times:
            at = max(min(times), now + SHORTEST_PAUSE)
            self._chorus_pro_dispatch(at)

    # ------------------------------------------------------------------
    # One row
    # ------------------------------------------------------------------

    def _standing(self):
        """What changes when an answer comes, for each row."""
        return {
            row.id: (row.state, row.needs_decision, bool(row.chorus_invoice_id)) for row in self
        }

    def _answered_since(self, before):
        """The rows that got an answer since ``before`` (see :meth:`_standing`)."""
        now = self._standing()
        return self.filtered(
            lambda row: now[row.id] != before.get(row.id)
            and (row.state in ("refused", "uncertain") or row.chorus_invoice_id)
        )

    def _settle_and_tell(self, session):
        """Settle this row; give it back if an answer came that its author should hear."""
        before = self._standing()
        return self._answered_since(before) if self._settle(session) else self.browse()

    def _for_its_reader(self):
        return self.with_context(lang=self.author_id.lang or self.env.lang)

    def _claim(self):
        return super()._claim() | {"step": self.step}

    def _settle_locked(self, session):
        if not self.filtered_domain(self._lost_domain() | self._due_domain()):
            # Another sender took it further since the list was made, perhaps into a file.
            return
        actions = self._legal_actions()
        if "recover" in actions:
            self._recover(self.env._("Odoo stopped while the invoice was sent."))
        elif reason := self._wrong_environment():
            self._postpone(reason, STOPPED_RETRY_SECONDS)
        elif "look_up" in actions:
            self._look_up(session)
        elif "send" in actions:
            self._send(session)

    def _recover(self, reason):
        """A row in ``sending`` that can be locked has lost its sender: say what may have happened.

        A lost upload is harmless (a file is not an invoice). A lost creation is unknown.
        """
        if self.step == "submit":
            self._doubt(reason)
        else:
            self._try_later(reason, 0)
