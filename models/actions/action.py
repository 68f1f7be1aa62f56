# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...choruspro.lifecycle import COMPLETE, CORRECT_VALIDATOR, RECYCLE, REISSUE, invoice_status
from ..access.foreign_text import ForeignText
from ..outbox.outbox import ON_ITS_WAY, after

_logger = logging.getLogger(__name__)

KINDS = [
    ("complete", "Complete"), ("recycle", "Recycle"), ("acknowledge", "Acknowledge the rejection"),
    ("correct_validator", "Correct the validator"), ("retrieve", "Retrieve the PDF"),
]
STATES = [
    ("queued", "Queued"), ("sending", "Sending"), ("uncertain", "Uncertain"), ("done", "Done"),
    ("refused", "Refused"), ("cancelled", "Cancelled"),
]
# What the life cycle waits for and a job does.
EXPECTED_KINDS = {COMPLETE, RECYCLE, CORRECT_VALIDATOR}
REJECTED = "REJETEE"


class ChorusProAction(models.Model):
    """One thing that a user wants done at Chorus Pro about an invoice that is there.

    ::

                   row committed           answer read
        queued ───▶ sending ─────────────▶ done
        │  ▲          │ │ nothing was delivered: try again later
        │  └──────────┘ ├──▶ refused     a definite no, or the status is another one by now
        ▼               │
        cancelled       └──▶ uncertain   answer lost: the invoice is read
                               └──▶ done, or queued once more, or refused

    Made by the methods of account.move, brought to its end by the job that sends invoices. Doing it
    twice is impossible at Chorus Pro too: each needs a status that it changes.
    """

    _name = "chorus.pro.action"
    _inherit = "chorus.pro.outbox"
    _description = "Chorus Pro Action"
    _order = "id desc"

    submission_id = fields.Many2one(
        "chorus.pro.submission", required=True, readonly=True, index=True, ondelete="restrict"
    )
    name = fields.Char(string="Invoice Number", related="submission_id.name")
    move_id = fields.Many2one(related="submission_id.move_id", store=True, index=True)
    company_id = fields.Many2one(related="submission_id.company_id", store=True, index=True)
    kind = fields.Selection(KINDS, string="Action", required=True, readonly=True)
    state = fields.Selection(STATES, required=True, readonly=True, default="queued", copy=False)
    step = fields.Selection(
        [("upload", "Sending the files"), ("act", "Asking Chorus Pro")], readonly=True, copy=False,
        help="What is under way while the action is being sent.",
    )
    author_id = fields.Many2one("res.users", string="Asked By", readonly=True)
    comment = fields.Text(readonly=True)
    attachment_ids = fields.Many2many("ir.attachment", string="Files", readonly=True)
    attachment_type = fields.Char(string="Type of Document", readonly=True)
    uploads = fields.Json(
        readonly=True, copy=False, help="Files sent: Chorus Pro's number by SHA-256."
    )
    recipient_siret = fields.Char(string="Recipient SIRET", readonly=True)
    service_code = fields.Char(readonly=True)
    engagement_number = fields.Char(readonly=True)
    contract_number = fields.Char(readonly=True)
    validator_id = fields.Many2one("res.partner", readonly=True)
    validator_siret = fields.Char(string="Validator's SIRET", readonly=True)
    history_before = fields.Json(
        readonly=True, copy=False, help="How often the invoice had each status before."
    )
    was_uncertain = fields.Boolean(readonly=True, copy=False)
    refusal = ForeignText(
        readonly=True, copy=False, help="A refusal after an attempt whose answer was lost."
    )
    done_at = fields.Datetime(readonly=True, copy=False)

    # The last guard, whatever runs.
    _one_alive = models.UniqueIndex(
        "(submission_id, kind) WHERE state IN ('queued', 'sending', 'uncertain')",
        "This is already on its way to Chorus Pro.",
    )
    _to_settle_index = models.Index(
        "(next_try, id) WHERE state IN ('queued', 'sending', 'uncertain')"
    )

    @api.depends("kind", "name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for action in self:
            action.display_name = self.env._(
                "%(number)s: %(action)s", number=action.name, action=action._label("kind"))

    @api.model
    def _queue(self, submission, kind, **values):
        """Queue one action in the current transaction; Chorus Pro is not called here.

        :param values: of the fields that this kind needs
        :raises AccessError: the user may not change the invoice: the last guard, whoever called
        :raises UserError: the invoice is in another status, or it is on its way already
        """
        submission.ensure_one()
        submission = submission.sudo()
        submission.move_id.with_env(self.env).check_access("write")
        submission._check_legal(kind)
        action = self.sudo().create(
            {
                "submission_id": submission.id,
                "connection_id": submission._acting_connection().id,
                "environment": submission.environment,
                "kind": kind,
                "author_id": self.env.user.id,
                "next_try": fields.Datetime.now(),
                **values,
            }
        )
        action.connection_id._chorus_pro_dispatch("send")
        return action

    def _author_may_act(self):
        """Whether who asked for this may change the invoice that it is about, as it stands now:
        somebody may have led the row to another invoice since, or taken the right away."""
        move = self.submission_id.move_id
        return bool(self.author_id) and move.with_user(self.author_id).has_access("write")

    def action_cancel(self):
        """Take these out of the queue, as long as Chorus Pro was not asked.

        One whose answer was lost is given up too, when its connection leads elsewhere now: nobody
        can look up any more what became of it.
        """
        return self._cancel()

    def _check_may_be_cancelled(self):
        if any(not action._may_be_cancelled() for action in self):
            raise UserError(self.env._("It is too late: the request has already been sent."))

    def _may_be_cancelled(self):
        is_lost = self.state == "uncertain" and bool(self._wrong_environment())
        return self.state == "queued" or is_lost

    def _try_later(self, reason, delay=None):
        """Nothing was delivered: back to the queue, with a visible next try.

        :param delay: seconds asked for by Chorus Pro, if it does
        """
        self._become("queued", reason, timedelta(seconds=self._retry_seconds(delay)))

    def _doubt(self, reason, delay=None):
        """It may have been done: the invoice is read before anything is sent again.

        :param delay: seconds before that; by default the usual cadence
        """
        self._become("uncertain", reason, after(delay, self.lookups), was_uncertain=True)

    def _doubt_known(self, reason):
        """Chorus Pro said yes, but its answer is incomplete."""
        self._doubt(reason, delay=0)

    def _recover(self, reason):
        """A row in ``sending`` that can be locked has lost its sender. A lost upload is harmless (a
        file that no invoice uses), and so is a lost query."""
        if self.step == "act" and self.kind != "retrieve":
            self._doubt(reason)
        else:
            self._try_later(reason, 0)

    def _refuse(self, reason):
        """A definite no: the user sees why, and the current status."""
        self._become("refused", reason)
        self.submission_id.history_wanted = True
        self._tell_invoice(reason)

    def _refuse_to_author(self):
        """Neither the invoice nor anybody hears of it: it is not the author's to act on."""
        _logger.warning(
            "Chorus Pro: %s is not done: user %s may not change the invoice",
            self,
            self.author_id.id,
        )
        reason = self.env._(
            "Whoever asked for this may not change the invoice, or not any more: nothing is sent "
            "to Chorus Pro. If it is still needed, have somebody who may change the invoice ask "
            "for it."
        )
        self.write({"state": "refused", "step": False, "reason": reason, "next_try": False})

    def _refused(self, _code, sentence):
        """Chorus Pro said no. After an attempt without answer it may say so because that one was
        done: then the invoice is read."""
        if self.was_uncertain:
            self.refusal = sentence
            self._doubt(sentence, delay=0)
        else:
            self._refuse(sentence)


class ChorusProSubmission(models.Model):
    """What may be done at Chorus Pro about an invoice, by its status there."""

    _inherit = "chorus.pro.submission"

    action_ids = fields.One2many("chorus.pro.action", "submission_id", readonly=True)
    rejection_acknowledged = fields.Boolean(readonly=True, copy=False)
    handled_status = fields.Char(
        readonly=True, copy=False,
        help="The status about which everything was done: a rejection that was acknowledged, or "
        "after which the invoice was issued again.",
    )

    @api.depends("handled_status", "action_ids.state")
    def _compute_needs_action(self):
        super()._compute_needs_action()
        for submission in self.filtered("needs_action"):
            handled = submission.handled_status
            is_handled = bool(handled) and handled == submission.status_code
            if is_handled or submission._alive_actions() - {"retrieve"}:
                # Everything was done about it, or what was asked is on its way.
                submission.needs_action = False

    def _alive_actions(self):
        """Kinds of the actions that are on their way."""
        alive = self.action_ids.filtered(lambda action: action.state in ON_ITS_WAY)
        return set(alive.mapped("kind"))

    def _legal_actions(self):
        """Also: ``complete``, ``recycle``, ``acknowledge``, ``correct_validator``, ``retrieve``,
        which the jobs do; ``reissue`` and ``proof``, which ask nothing of Chorus Pro."""
        actions = super()._legal_actions()
        if self.state != "deposited":
            return actions
        return actions | (self._status_actions() - self._alive_actions())

    def _status_actions(self):
        """Those that the status allows, even if in progress."""
        actions = {"proof"}
        if not self.chorus_invoice_id:
            return actions
        actions.add("retrieve")
        if self.status_code == REJECTED and not self.rejection_acknowledged:
            actions.add("acknowledge")
        expected = invoice_status(self.status_code).action if self.status_code else None
        if expected in EXPECTED_KINDS:
            actions.add(expected)
        if expected == REISSUE and self.move_id._chorus_pro_can_be_reissued():
            actions.add("reissue")
        return actions

    def _check_legal(self, kind):
        """:raises UserError: this action is not legal now"""
        for submission in self:
            if kind in submission._legal_actions():
                continue
            if kind in submission._status_actions():
                raise UserError(
                    self.env._("%s: this is already on its way to Chorus Pro.", submission.name)
                )
            raise UserError(submission._too_late_sentence())

    def _too_late_sentence(self):
        return self.env._(
            "This cannot be done, or not any more: %(number)s is now in the status “%(status)s”.",
            number=self.name, status=self._label("status") or self._label("state"),
        )

    def _acting_connection(self):
        """The connection in use when it leads to the same structure at the same place, else the one
        by which the invoice left: its credentials may have been replaced since."""
        mine = self.connection_id
        in_use = self.env["chorus.pro.connection"]._of_move(self.move_id)
        same = in_use._is_same_place(mine) and in_use.supplier_siret == mine.supplier_siret
        return in_use if same else mine
