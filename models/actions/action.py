# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import api, fields, models
from odoo.exceptions import UserError

from ...choruspro.lifecycle import COMPLETE, CORRECT_VALIDATOR, RECYCLE, REISSUE, invoice_status
from ..outbox.outbox import ON_ITS_WAY

KINDS = [
    ("complete", "Complete"), ("recycle", "Recycle"), ("acknowledge", "Acknowledge the rejection"),
    ("correct_validator", "Correct the validator"), ("retrieve", "Retrieve the PDF"),
]
# What the life cycle waits for and a job does.
EXPECTED_KINDS = {COMPLETE, RECYCLE, CORRECT_VALIDATOR}
REJECTED = "REJETEE"


class ChorusProAction(models.Model):
    """One thing that a user wants done at Chorus Pro about an invoice that is there.

    Made by the methods of account.move, brought to its end by the job that sends invoices.
    """

    _name = "chorus.pro.action"
    _inherit = "chorus.pro.errand"
    _description = "Chorus Pro Action"
    _order = "id desc"

    submission_id = fields.Many2one(
        "chorus.pro.submission", required=True, readonly=True, index=True, ondelete="restrict"
    )
    name = fields.Char(string="Invoice Number", related="submission_id.name")
    move_id = fields.Many2one(related="submission_id.move_id", store=True, index=True)
    company_id = fields.Many2one(related="submission_id.company_id", store=True, index=True)
    kind = fields.Selection(KINDS, string="Action", required=True, readonly=True)
    attachment_ids = fields.Many2many("ir.attachment", string="Files", readonly=True)
    attachment_type = fields.Char(string="Type of Document", readonly=True)
    recipient_siret = fields.Char(string="Recipient SIRET", readonly=True)
    service_code = fields.Char(readonly=True)
    engagement_number = fields.Char(readonly=True)
    contract_number = fields.Char(readonly=True)
    validator_id = fields.Many2one("res.partner", readonly=True)
    validator_siret = fields.Char(string="Validator's SIRET", readonly=True)
    history_before = fields.Json(
        readonly=True, copy=False, help="How often the invoice had each status before."
    )

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

    def _refuse(self, reason):
        """A definite no: the user sees why, and the current status."""
        super()._refuse(reason)
        self.submission_id.history_wanted = True
        self._tell_invoice(reason)

    def _forbidden_sentence(self):
        return self.env._(
            "Whoever asked for this may not change the invoice, or not any more: nothing is sent "
            "to Chorus Pro. If it is still needed, have somebody who may change the invoice ask "
            "for it."
        )

    def _too_late_sentence(self):
        return self.submission_id._too_late_sentence()

    def _told_about(self):
        return self.move_id

    def _changes_nothing(self):
        return self.kind == "retrieve"


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
