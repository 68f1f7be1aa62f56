# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What the supplier is needed for: the one table of needs, and the one button on the invoice."""

from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate

from ...choruspro import lifecycle
from ...choruspro.lifecycle import invoice_status
from ..access.roles import MANAGER, USER, has_role, require_role
from ..rules.advice import status_advice

_lt = LazyTranslate(__name__)


class Need(NamedTuple):
    """What the supplier is needed for, and the one button for it.

    label: of the column and of the activity. button: its label, translated lazily.
    method: of the invoice. legal: the action of the submission that must be legal for the button,
    or None when the portal is enough. role: who may press it. usual: its column is shown when it is
    empty too.
    """

    label: str
    button: object
    method: str
    legal: str | None
    role: str = USER
    usual: bool = True


# In the order in which they are dealt with in the morning. What Chorus Pro waits for has the name
# that the life cycle gives it; its advice depends on the status, see `status_advice`.
NEEDS = {
    "correct": Need(
        "Refused at Deposit", _lt("Correct…"), "action_chorus_pro_correct", "replace"),
    lifecycle.RECYCLE: Need("To Recycle", _lt("Recycle…"), "action_chorus_pro_recycle", "recycle"),
    lifecycle.COMPLETE: Need(
        "Suspended", _lt("Complete…"), "action_chorus_pro_complete", "complete"),
    lifecycle.REISSUE: Need(
        "Rejected by the Recipient", _lt("Handle the Rejection…"),
        "action_chorus_pro_reissue", "reissue"),
    lifecycle.CORRECT_VALIDATOR: Need(
        "Wrong Validator", _lt("Correct the Validator…"),
        "action_chorus_pro_correct_validator", "correct_validator", usual=False),
    "decide": Need(
        "Uncertain", _lt("Compare and Decide…"), "action_chorus_pro_compare", "adopt", MANAGER,
        usual=False),
    lifecycle.PORTAL: Need(
        "To Finish on the Portal", _lt("Open the Portal"),
        "action_chorus_pro_open_portal", None, usual=False),
}


class ChorusProSubmission(models.Model):
    """What is expected from the supplier, when something is."""

    _inherit = "chorus.pro.submission"

    needed_action = fields.Selection(
        [(name, need.label) for name, need in NEEDS.items()],
        compute="_compute_needed_action", store=True, index="btree_not_null")

    @api.depends("needs_action", "state", "status_code")
    def _compute_needed_action(self):
        for submission in self:
            if not submission.needs_action:
                submission.needed_action = False
            elif submission.state == "refused":
                submission.needed_action = "correct"
            elif submission.state == "uncertain":
                submission.needed_action = "decide"
            else:
                submission.needed_action = invoice_status(submission.status_code).action


    def _advice(self):
        """The :class:`Advice` about what is expected, or None."""
        return status_advice(self.state, self.status_code, self.reason)


class AccountMove(models.Model):
    """What is expected from the accountant about an invoice, and the one button for it."""

    _inherit = "account.move"

    chorus_pro_needed_action = fields.Selection(
        string="What to Handle at Chorus Pro", related="chorus_pro_submission_id.needed_action",
        group_expand="_expand_chorus_pro_needed_action")
    chorus_pro_cause = fields.Text(string="What Happened", compute="_compute_chorus_pro_advice")
    chorus_pro_remedy = fields.Text(string="What to Do", compute="_compute_chorus_pro_advice")
    chorus_pro_days_waiting = fields.Integer(
        string="Days Waiting", compute="_compute_chorus_pro_days_waiting")
    chorus_pro_waiting_text = fields.Char(
        string="Waiting", compute="_compute_chorus_pro_waiting_text")
    chorus_pro_handle_label = fields.Char(
        string="Next Step at Chorus Pro", compute="_compute_chorus_pro_handle_label",
        compute_sudo=True, exportable=False)

    @api.model
    def _expand_chorus_pro_needed_action(self, values, domain):
        """Columns in the order of the morning: the usual ones, and those that are not empty."""
        return [name for name, need in NEEDS.items() if need.usual or name in values]

    @api.depends_context("lang")
    @api.depends(
        "chorus_pro_submission_id.needs_action", "chorus_pro_submission_id.status_code",
        "chorus_pro_submission_id.reason")
    def _compute_chorus_pro_advice(self):
        for move in self:
            submission = move._chorus_pro_last_submission()
            advice = None
            if submission.needs_action:
                advice = submission._advice()
            move.chorus_pro_cause = self.env._(advice.cause) if advice else False
            move.chorus_pro_remedy = self.env._(advice.remedy) if advice else False

    @api.depends("chorus_pro_submission_id.needs_action", "chorus_pro_submission_id.status_date")
    def _compute_chorus_pro_days_waiting(self):
        now = fields.Datetime.now()
        for move in self:
            submission = move._chorus_pro_last_submission()
            since = submission.needs_action and (
                submission.status_date or submission.sent_at or submission.create_date)
            move.chorus_pro_days_waiting = (now - since).days if since else False

    @api.depends("chorus_pro_submission_id.needs_action", "chorus_pro_days_waiting")
    @api.depends_context("lang")
    def _compute_chorus_pro_waiting_text(self):
        for move in self:
            days = move.chorus_pro_days_waiting
            if not move._chorus_pro_last_submission().needs_action:
                text = False
            elif days > 1:
                text = self.env._("for %s days", days)
            else:
                text = self.env._("for 1 day") if days else self.env._("since today")
            move.chorus_pro_waiting_text = text

    @api.depends("chorus_pro_submission_id.needed_action")
    @api.depends_context("uid", "lang")
    def _compute_chorus_pro_handle_label(self):
        # Computed by the system, which has every role.
        user_env = self.with_user(self.env.user).env
        for move in self:
            need = move._chorus_pro_need()
            is_mine = need and has_role(user_env, need.role)
            move.chorus_pro_handle_label = self.env._(need.button) if is_mine else False

    def _chorus_pro_need(self):
        """The :class:`Need` of this invoice, when its method is there and legal now, else None."""
        submission = self._chorus_pro_last_submission()
        need = NEEDS.get(submission.needed_action)
        if not need or not hasattr(self, need.method):
            return None
        if need.legal is None:
            return need if submission.environment != "custom" else None
        return need if need.legal in submission._legal_actions() else None

    def action_chorus_pro_handle(self):
        """Do, or open the dialog for, what is needed now about this invoice."""
        self.ensure_one()
        require_role(self.env, USER)
        self.check_access("write")
        need = self._chorus_pro_need()
        if not need:
            raise UserError(
                self.env._("Nothing more is expected from you about %s.", self.display_name))
        return getattr(self, need.method)()
