# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from datetime import timedelta
from time import monotonic

from odoo import api, fields, models
from odoo.fields import Domain

from ..session.row_guard import LOST_RACES, guarded_row
from ..session.session import STOPPED_RETRY_SECONDS, ChorusProSession
from .batch import BatchProgress
from .flow import OPEN_STATES

BATCH = 100
SLICE_SECONDS = 10
# Rows that another process holds are not asked about without pause.
SHORTEST_PAUSE = timedelta(seconds=10)
FIRST_UPDATE = timedelta(minutes=2)
BANK_ACCOUNTS_EVERY = timedelta(days=1)


class SendingSession(ChorusProSession):
    """A conversation in which invoices leave: it knows what recipients require, and how far the
    batches of users are."""

    def __init__(self, connection, client=None, stopped_by=None):
        super().__init__(connection, client, stopped_by)
        self.progress = BatchProgress(connection.env)
        self._recipient_problems = {}
        # Of invoices that are looked for together: number -> what Chorus Pro has under it
        self.found_by_number = {}

    def recipient_problems(
        self, siret, *, service_code, engagement_number, on, checks_order=True
    ):
        """Problems of an invoice with what its recipient requires; Chorus Pro is asked what the
        directory does not know well enough.

        :param siret: of the recipient, 14 digits
        :param on: date of the invoice
        :param checks_order: whether the engagement number is looked up too
        :return: list of :class:`Problem`
        """
        key = siret, service_code, bool(engagement_number), on
        if key not in self._recipient_problems:
            connection = self.connection
            directory = connection.env["chorus.pro.structure"].with_company(connection.company_id)
            self._recipient_problems[key] = directory._check(
                self.client, connection.place, siret, service_code=service_code,
                engagement_number=engagement_number, on=on,
            )
        problems = list(self._recipient_problems[key])
        if checks_order:
            problems += self.commitments.problems(engagement_number)
        if self.connection.supplier_is_public:
            problems = [each for each in problems if each.code != "service_reserved"]
        return problems


class ChorusProSubmission(models.Model):
    """The job that empties the queue."""

    _inherit = "chorus.pro.submission"

    _advisory_class = 0x43505253

    @api.model
    def _cron_send(self, only=None):
        """Send what is queued, settle what a killed sender left, look up what is uncertain, read
        the reports of files; do what users want done about invoices that are there.

        Each row and each file has its own transactions. No exception leaves the job: what cannot
        be sent gets a reason and a next try. Several processes may run it at once.

        :param only: the connections to work for; all when None
        """
        only = self.env["chorus.pro.connection"] if only is None else only
        started = monotonic()
        self._look_at_host()
        usable = only._usable_domain()
        others = [outbox._to_settle(usable, BATCH) for outbox in self._other_outboxes()]
        rows = self._to_settle(usable, BATCH)
        ready = self.search(self._ready_domain() & usable, limit=1)
        due = self.search_count((self._lost_domain() | self._due_domain()) & usable)
        count = sum(map(len, others)) + due + len(ready)
        self.env["ir.cron"]._commit_progress(remaining=count)
        connections = self.env["chorus.pro.connection"].union(
            *(found.connection_id for found in (*others, rows, ready))
        )
        for connection in connections:
            is_over = False
            with guarded_row(self.env, connection, put_off=connection._pause_unexpected):
                with connection._session(SendingSession) as session:
                    is_over = self._empty_queue(session, rows, others[0], started + SLICE_SECONDS)
                connection._conclude(session)
            if is_over:
                # What became ready in this call was not counted at its beginning.
                left = self.search_count((self._ready_domain() | self._due_domain()) & usable)
                self.env["ir.cron"]._commit_progress(remaining=left)
                break
        self._plan_next_run(only)
        self.env["chorus.pro.commitment"]._ask_wanted()
        self.env["chorus.pro.batch"]._close_ended()

    @api.model
    def _other_outboxes(self):
        """What the sender settles beside invoices, the files first; rooms above add theirs."""
        return [self.env["chorus.pro.flow"]]

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
        connection = session.connection
        flows, rows = (
            found.exists().filtered(lambda row: row.connection_id == connection)
            for found in (flows, rows)
        )
        answered, is_over = self._settle_each(session, flows, ends)
        if not is_over:
            told, left = rows._prepare_together(session, ends)
            if prepared := len(rows) - len(left):
                session.progress.show()
                self.env["ir.cron"]._commit_progress(prepared)
            self._look_up_together(session, left)
            deposited, left, is_over = left._deposit_together(session, ends)
            answered |= told | deposited
        if not is_over:
            settled, is_over = self._settle_each(session, left, ends)
            answered |= settled
        while not is_over and not session.stopped_by:
            flows, refused = self._assemble(session)
            answered |= refused
            if not flows and not refused:
                break
            settled, is_over = self._settle_each(session, flows, ends)
            answered |= settled
            # Hundreds of documents were read: the next file must not add to them in memory.
            self.env.invalidate_all()
        session.progress.show()
        self._tell_answers(answered)
        if session.client:
            self._keep_learnt(session)
        return is_over

    @api.model
    def _keep_learnt(self, session):
        """Write down what else was read, once the work for a connection is done, so that no invoice
        waits for another sender that reads the same."""
        # An administrator may choose accounts at this moment.
        connection = session.connection
        with guarded_row(
            self.env, f"bank accounts of {connection}", put_off=connection._note_bank_accounts_read,
            races=LOST_RACES,
        ):
            accounts = self._bank_accounts_to_keep(session)
            if accounts is not None:
                connection._keep_bank_accounts(accounts)
                self._commit()
        with guarded_row(self.env, f"engagement numbers of {connection}", races=LOST_RACES):
            connection._keep_commitments(session.commitments.asked)
            self._commit()

    @api.model
    def _bank_accounts_to_keep(self, session):
        """What Chorus Pro lists, once a day; None when nothing new is known."""
        read_at = session.connection.bank_accounts_read_at
        is_fresh = read_at and read_at > fields.Datetime.now() - BANK_ACCOUNTS_EVERY
        if is_fresh or session.stopped_by:
            return None
        with session.forgoing("bank accounts"):
            return session.bank_accounts if session.supplier_id else None
        return None

    @api.model
    def _tell_answers(self, answered):
        answered = answered.exists()
        if deposited := answered.filtered(lambda row: row.state == "deposited"):
            # Chorus Pro moves an invoice on within minutes: its first update need not wait an hour.
            soon = fields.Datetime.now() + FIRST_UPDATE
            deposited.connection_id._chorus_pro_dispatch("follow", soon)
        with guarded_row(self.env, "the authors of what was answered"):
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
    def _plan_next_run(self, only):
        """Have the job wake up for the earliest next try, or for a row that lost its sender.

        :param only: connections, all when empty
        """
        now = fields.Datetime.now()
        usable = only._usable_domain()
        waiting = self._waiting_domain() & Domain("next_try", "!=", False) & usable
        times = self.search(waiting, order="next_try", limit=1).mapped("next_try")
        for outbox in self._other_outboxes():
            times += outbox._next_times(usable)
        paused = only._paused()
        times += (only & paused if only else paused).mapped("paused_until")
        if self.search_count(self._lost_domain() & usable, limit=1):
            times.append(now)
        if times:
            at = max(min(times), now + SHORTEST_PAUSE)
            only._chorus_pro_dispatch("send", at)

    # ------------------------------------------------------------------
    # One row
    # ------------------------------------------------------------------

    def _answers(self):
        """What changes when an answer comes, for each row."""
        # Read together, whatever they were found by: those of a flow that ended have left it.
        rows = self.with_prefetch()
        return {row: (row.state, row.needs_decision, bool(row.chorus_invoice_id)) for row in rows}

    def _answered_since(self, before):
        """The rows that got an answer since ``before`` (see :meth:`_answers`)."""
        now = self._answers()
        return self.filtered(
            lambda row: now[row] != before.get(row)
            and (row.state in ("refused", "uncertain") or row.chorus_invoice_id)
        )

    def _settle_and_tell(self, session):
        """Settle this row; return it if its author is to be notified of an answer."""
        before = self._answers()
        return self._answered_since(before) if self._settle(session) else self.browse()

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


class ChorusProConnection(models.Model):
    """What waits in the outboxes for a connection."""

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

    def _start_jobs(self):
        super()._start_jobs()
        self._chorus_pro_dispatch("send")

    @api.model
    def _chorus_pro_crons(self, job):
        if job == "send":
            return self.env["res.config.settings"]._chorus_pro_senders()
        return super()._chorus_pro_crons(job)
