# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...choruspro.lifecycle import invoice_status
from ..access.roles import MANAGER, USER, require_role
from ..document.formats import DOCUMENT_FORMATS
from ..rules.statuses import STATUS_SELECTION
from .outbox import ON_ITS_WAY, after

# One invoice has at most one submission in these.
ALIVE_STATES = (*ON_ITS_WAY, "deposited")
LEGAL_ACTIONS = {
    "queued": ("send", "cancel", "release"),
    "sending": ("recover",),
    "uncertain": ("look_up", "refresh"),
    # Rejected too: Chorus Pro never takes the same number again.
    "deposited": ("refresh",),
    "refused": ("replace", "release"),
    "cancelled": ("replace", "release"),
}


class ChorusProSubmission(models.Model):
    """One attempt to deposit one invoice at Chorus Pro: the outbox row and its state machine.

    ::

                   row committed           answer read
        queued ───▶ sending ─────────────▶ deposited ──▶ statuses of Chorus Pro
        │  ▲          │ │ nothing was delivered: try again later
        │  └──────────┘ │
        │               ├──▶ refused     a definite no: correct, then a new submission
        ▼               │
        cancelled       └──▶ uncertain   answer lost after the invoice may have been created
                               │ looked up by number ──▶ deposited, or queued once more
                               └ what is found is not ours: a person decides

    Users only read these rows; the jobs write them. A row that left the queue is never deleted.
    """

    _name = "chorus.pro.submission"
    _inherit = "chorus.pro.outbox"
    _description = "Chorus Pro Submission"
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(string="Invoice Number", required=True, readonly=True)
    move_id = fields.Many2one(
        "account.move", string="Invoice", required=True, readonly=True, index=True,
        ondelete="restrict", check_company=True,
    )
    company_id = fields.Many2one(related="move_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(related="move_id.commercial_partner_id", string="Customer")
    author_id = fields.Many2one("res.users", string="Sent By", readonly=True)
    state = fields.Selection(
        [
            ("queued", "Queued"), ("sending", "Sending"), ("uncertain", "Uncertain"),
            ("deposited", "Deposited"), ("refused", "Refused"), ("cancelled", "Cancelled"),
        ],
        required=True, readonly=True, default="queued", copy=False,
    )
    document_format = fields.Selection(
        DOCUMENT_FORMATS, string="Format", required=True, readonly=True, default="pdf"
    )
    batch_id = fields.Many2one(
        "chorus.pro.batch", string="Sent Together", readonly=True, copy=False,
        index="btree_not_null", ondelete="set null",
    )
    flow_id = fields.Many2one(
        "chorus.pro.flow", readonly=True, copy=False, index="btree_not_null", ondelete="restrict",
        help="The file in which this invoice travels, alone or with others.",
    )
    travels_alone = fields.Boolean(
        readonly=True, copy=False,
        help="It is too large for an archive, or Chorus Pro rejected one without saying because "
        "of whom.",
    )
    step = fields.Selection(
        [
            ("ready", "The document is ready"), ("flow", "Sending the file"),
            ("upload", "Sending the PDF"), ("submit", "Creating the invoice"),
        ],
        readonly=True, copy=False, help="What is under way while the submission is being sent.",
    )
    is_said_known = fields.Boolean(
        string="Known to Chorus Pro", readonly=True, copy=False,
        help="Chorus Pro said that it has an invoice with this number: it is never sent again.",
    )
    was_uncertain = fields.Boolean(
        readonly=True, copy=False,
        help="An earlier attempt had no answer: a refusal does not prove that nothing is there.",
    )
    needs_decision = fields.Boolean(
        readonly=True, copy=False, help="The jobs have stopped: a person has to decide."
    )

    sha256 = fields.Char(string="Document SHA-256", readonly=True, copy=False)
    archived_sha256 = fields.Char(
        string="Archived PDF SHA-256", readonly=True, copy=False,
        help="Of the invoice's archived PDF when this was sent. What is deposited is made from it, "
        "and as PDF it is this very file.",
    )
    size = fields.Integer(string="Document Size (bytes)", readonly=True, copy=False)
    attachment_id_at_chorus = fields.Char(string="File at Chorus Pro", readonly=True, copy=False)
    uploads = fields.Json(
        readonly=True, copy=False, help="Attachments sent: Chorus Pro's number by SHA-256."
    )
    chorus_invoice_id = fields.Char(
        string="Chorus Pro ID", readonly=True, copy=False, index="btree_not_null",
        help="Number that Chorus Pro gave to this invoice (identifiant CPP).",
    )
    recipient_siret = fields.Char(string="Recipient SIRET", readonly=True, copy=False)
    sent_date = fields.Date(string="Invoice Date", readonly=True, copy=False)
    currency_id = fields.Many2one(related="move_id.currency_id", related_sudo=False)
    sent_total = fields.Float(
        string="Total with VAT", digits=(16, 2), readonly=True, copy=False,
        help="As it was declared to Chorus Pro, without cash rounding.",
    )
    deposit_date = fields.Date(readonly=True, copy=False)
    status_code = fields.Char(readonly=True, copy=False)
    status = fields.Selection(
        STATUS_SELECTION, compute="_compute_status", store=True, string="Chorus Pro Status"
    )
    status_date = fields.Datetime(readonly=True, copy=False)
    needs_action = fields.Boolean(compute="_compute_needs_action", store=True)
    is_followed = fields.Boolean(compute="_compute_status", store=True)
    history_wanted = fields.Boolean(readonly=True, copy=False)

    # One invoice can be on its way, or at Chorus Pro, only once: the last guard, whatever runs.
    _one_alive = models.UniqueIndex(
        "(move_id, environment) WHERE state IN ('queued', 'sending', 'uncertain', 'deposited')",
        "This invoice is already on its way to Chorus Pro.",
    )
    _to_send = models.Index("(next_try, id) WHERE state IN ('queued', 'sending', 'uncertain')")
    _to_follow = models.Index("(connection_id) WHERE is_followed")

    @api.depends("state", "status_code", "chorus_invoice_id", "payment_date")
    def _compute_status(self):
        for submission in self:
            known = invoice_status(submission.status_code) if submission.status_code else None
            submission.status = known and known.name
            submission.is_followed = (
                submission.state == "deposited"
                and bool(submission.chorus_invoice_id)
                # An order to pay may arrive after the payment, which was the end all the same.
                and not (submission.payment_date or known and known.terminal)
            )

    @api.depends("state", "status_code", "needs_decision")
    def _compute_needs_action(self):
        for submission in self:
            submission.needs_action = (
                submission.state == "refused"
                or (submission.state == "uncertain" and submission.needs_decision)
                or (
                    submission.state == "deposited"
                    and bool(submission.status_code)
                    and invoice_status(submission.status_code).needs_action
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sent(self):
        if any(submission.sent_at for submission in self):
            raise UserError(
                self.env._("What was sent to Chorus Pro is evidence: it cannot be deleted.")
            )

    # ------------------------------------------------------------------
    # What may be done now
    # ------------------------------------------------------------------

    def _legal_actions(self):
        """Names of the actions legal now; buttons, jobs and the invoice's guards ask only this.

        ``send``, ``recover`` and ``look_up`` belong to the jobs; ``cancel``, ``refresh``, ``adopt``
        and ``give_up`` to users; ``replace`` says that a new submission of the same invoice may be
        made, ``release`` that the invoice may go back to draft.
        """
        self.ensure_one()
        if self.state == "uncertain" and self.needs_decision:
            return {"refresh", "give_up"} | ({"adopt"} if self.found else set())
        return set(LEGAL_ACTIONS[self.state])

    # ------------------------------------------------------------------
    # What users do
    # ------------------------------------------------------------------

    def _enqueue(self, moves, delay=timedelta(0), reason=False, as_batch=True):
        """Queue each of ``moves`` in the current transaction; nothing is sent here.

        Moves that already have an alive submission keep it. Whoever calls has checked that they are
        ready. What is pending (a submission just cancelled) is written first: the database decides.

        :param delay: before they may leave
        :param reason: sentence about that delay
        :param as_batch: show the user how far they are
        :return: the submissions, new and found, in the order of ``moves``
        :raises AccessError: the user may not change one of them: the last guard, whoever called
        """
        moves.with_env(self.env).check_access("write")
        self.flush_model(["state"])
        leaves_at = fields.Datetime.now() + delay
        submissions = self.sudo().browse()
        to_create = []
        for move in moves:
            connection = self.env["chorus.pro.connection"]._of_move(move)
            earlier = move.sudo().chorus_pro_submission_ids
            alive = earlier.filtered(
                lambda submission, place=connection.place: (
                    submission.state in ALIVE_STATES and submission.environment == place
                )
            )
            if alive:
                submissions |= alive
                continue
            to_create.append(
                {
                    "name": move.name,
                    "move_id": move.id,
                    "connection_id": connection.id,
                    "environment": connection.place,
                    "document_format": move._chorus_pro_document_format(),
                    # An attempt before this one may have left it there.
                    "was_uncertain": any(earlier.mapped("was_uncertain")),
                    "author_id": self.env.user.id,
                    "next_try": leaves_at,
                    "reason": reason,
                }
            )
        created = self.sudo().create(to_create)
        if as_batch:
            self.env["chorus.pro.batch"]._begin(created)
        submissions |= created
        submissions.connection_id._chorus_pro_dispatch("send", leaves_at)
        return submissions

    def action_cancel(self):
        """Take invoices that have not left yet out of the queue."""
        return self._cancel()

    def _check_may_be_cancelled(self):
        self._check_locked_state("queued")

    def action_give_up(self):
        """A person decided that what Chorus Pro has under this number is not this invoice."""
        require_role(self.env, MANAGER)
        self.move_id.check_access("write")
        submissions = self.sudo()
        if any("give_up" not in submission._legal_actions() for submission in submissions):
            raise UserError(self.env._("The jobs have not finished looking for this invoice."))
        submissions.write({"state": "refused", "needs_decision": False})
        return True

    def action_refresh(self):
        """Have the history of these submissions read from Chorus Pro by the jobs, soon."""
        require_role(self.env, USER)
        self.check_access("read")
        if not self:
            return True
        submissions = self.sudo()
        submissions.filtered(lambda s: s.state == "deposited").history_wanted = True
        uncertain = submissions.filtered(lambda s: s.state == "uncertain")
        if uncertain:
            uncertain.move_id.sudo(False).check_access("write")
            uncertain.write({"next_try": fields.Datetime.now(), "needs_decision": False})
            uncertain.connection_id._chorus_pro_dispatch("send")
        submissions.flow_id.action_refresh()
        submissions.connection_id._chorus_pro_dispatch("follow")
        return True

    # ------------------------------------------------------------------
    # The transitions: every state change that a job makes
    # ------------------------------------------------------------------

    def _check_locked_state(self, *states):
        for submission in self:
            if submission.state not in states:
                raise UserError(
                    self.env._(
                        "This cannot be done any more: %(number)s is now in the state “%(state)s”.",
                        number=submission.name, state=submission._label("state"),
                    )
                )

    def _prepare_again(self):
        """What is queued is made ready again: its invoice has been corrected."""
        queued = self.filtered(lambda row: row.state == "queued")
        # Its next try stays: it may be the end of the time in which it can be taken out.
        queued.write({"step": False, "flow_id": False})
        if queued:
            queued.connection_id._chorus_pro_dispatch("send")

    def _ready(self):
        """The document can be made: it waits for the file that will carry it."""
        self._check_locked_state("queued")
        self._become("queued", wait=timedelta(0), step="ready")

    def _start(self, **step):
        self._check_locked_state("queued", "sending")
        super()._start(**step)

    def _try_later(self, reason, delay=None):
        """Nothing was delivered: back to the queue, with a visible next try.

        :param delay: seconds asked for by Chorus Pro, if it does
        """
        self._check_locked_state("queued", "sending")
        for submission in self:
            wait = timedelta(seconds=submission._retry_seconds(delay))
            submission._become("queued", reason, wait)

    def _refuse(self, reason):
        """A definite no, ours or Chorus Pro's: the invoice must be corrected."""
        self._check_locked_state(*ALIVE_STATES)
        self._become("refused", reason)

    def _doubt(self, reason, delay=None):
        """The invoice may be at Chorus Pro: from here it is looked up, never blindly sent again.

        :param delay: seconds before the first look-up; by default the usual cadence
        """
        self._check_locked_state(*ALIVE_STATES)
        for submission in self:
            wait = after(delay, submission.lookups)
            submission._become("uncertain", reason, wait, was_uncertain=True)

    def _doubt_known(self, reason, delay=None):
        """As :meth:`_doubt`, when Chorus Pro said that it has this number."""
        self.is_said_known = True
        self._doubt(reason, delay)

    def _doubt_refusal(self, reason, is_duplicate):
        """A definite no. But a used number may be this very invoice, above all after an attempt
        without answer: then it is looked up."""
        if is_duplicate or self.was_uncertain:
            self._doubt_known(reason, delay=0)
        else:
            self._refuse(reason)

    def _send_again(self, reason):
        """Chorus Pro does not have these invoices: one more attempt, now."""
        self._check_locked_state("sending", "uncertain", "deposited")
        self._become("queued", reason, timedelta(0), lookups=0, missing_since=False)

    def _hand_over(self, deposit_date):
        """Chorus Pro has taken the file in which these travel; its report will judge them."""
        self._check_locked_state("sending", "uncertain")
        self._become("deposited", status_code=False, deposit_date=deposit_date)

    def _deposit(self, invoice_id, status_code, status_date, deposit_date):
        """Chorus Pro has the invoice under ``invoice_id``.

        :param status_date: datetime, with or without a time zone; None for now
        """
        now = fields.Datetime.now()
        self._check_locked_state("sending", "uncertain", "deposited")
        self._become(
            "deposited", needs_decision=False, chorus_invoice_id=invoice_id,
            status_code=status_code, deposit_date=deposit_date,
            status_date=(status_date or now).replace(tzinfo=None, microsecond=0),
        )


class ChorusProExchange(models.Model):
    """Exchanges about what is sent."""

    _inherit = "chorus.pro.exchange"

    submission_id = fields.Many2one(
        "chorus.pro.submission", readonly=True, index="btree_not_null", ondelete="set null"
    )
    flow_id = fields.Many2one(
        "chorus.pro.flow", readonly=True, index="btree_not_null", ondelete="set null"
    )

    @api.model
    def _subjects(self):
        return super()._subjects() | {
            "submission_id": "chorus.pro.submission", "flow_id": "chorus.pro.flow"
        }
