# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import api, fields, models
from odoo.exceptions import UserError

from .chorus_pro_needed_action import NEEDED_ACTIONS
from .chorus_pro_role import MANAGER, USER, has_role, require_role
from .status_advice import status_advice

# Columns that are shown when they are empty too.
USUAL = {"correct", "recycle", "complete", "reissue", "decide"}
# What takes a manager.
DECIDING = "action_chorus_pro_compare"
# needed action -> (method of the invoice, name of the action that must be legal or None)
HANDLERS = {
    "correct": ("action_chorus_pro_send", "replace"),
    "recycle": ("action_chorus_pro_recycle", "recycle"),
    "complete": ("action_chorus_pro_complete", "complete"),
    "reissue": ("action_chorus_pro_reissue", "reissue"),
    "correct_validator": ("action_chorus_pro_correct_validator", "correct_validator"),
    "decide": (DECIDING, "adopt"),
    "portal": ("action_chorus_pro_open_portal", None),
}


class AccountMove(models.Model):
    """What is expected from the accountant about an invoice, and the one button for it."""

    _inherit = "account.move"

    chorus_pro_needed_action = fields.Selection(
        string="To Do at Chorus Pro",
        related="chorus_pro_submission_id.needed_action",
        group_expand="_expand_chorus_pro_needed_action",
    )
    chorus_pro_cause = fields.Text(string="What Happened", compute="_compute_chorus_pro_advice")
    chorus_pro_remedy = fields.Text(string="What to Do", compute="_compute_chorus_pro_advice")
    chorus_pro_days_waiting = fields.Integer(
        string="Days Waiting", compute="_compute_chorus_pro_days_waiting"
    )
    chorus_pro_can_handle = fields.Boolean(
        compute="_compute_chorus_pro_can_handle", compute_sudo=True
    )

    @api.model
    def _expand_chorus_pro_needed_action(self, values, domain):
        """Columns in the order of the morning: the usual ones, and those that are not empty."""
        return [
            action for action, _label in NEEDED_ACTIONS if action in USUAL or action in values
        ]

    @api.depends_context("lang")
    @api.depends("chorus_pro_submission_id.needs_action", "chorus_pro_submission_id.status_code")
    def _compute_chorus_pro_advice(self):
        for move in self:
            submission = move._chorus_pro_last_submission()
            advice = None
            if submission.needs_action:
                advice = status_advice(submission.state, submission.status_code)
            move.chorus_pro_cause = self.env._(advice.cause) if advice else False
            move.chorus_pro_remedy = self.env._(advice.remedy) if advice else False

    @api.depends("chorus_pro_submission_id.needs_action", "chorus_pro_submission_id.status_date")
    def _compute_chorus_pro_days_waiting(self):
        now = fields.Datetime.now()
        for move in self:
            submission = move._chorus_pro_last_submission()
            since = submission.needs_action and (
                submission.status_date or submission.sent_at or submission.create_date
            )
            move.chorus_pro_days_waiting = (now - since).days if since else False

    @api.depends("chorus_pro_submission_id.needed_action")
    @api.depends_context("uid")
    def _compute_chorus_pro_can_handle(self):
        # Computed by the system, which has every role.
        may_decide = has_role(self.with_user(self.env.user).env, MANAGER)
        for move in self:
            handler = move._chorus_pro_handler()
            move.chorus_pro_can_handle = bool(handler) and (may_decide or handler != DECIDING)

    def _chorus_pro_handler(self):
        """Name of the method that does what is needed, when it is there and legal now."""
        submission = self._chorus_pro_last_submission()
        name, action = HANDLERS.get(submission.needed_action, (None, None))
        if not name or not hasattr(self, name):
            return False
        if action is None:
            return submission.environment != "custom" and name
        return action in submission._legal_actions() and name

    def action_chorus_pro_handle(self):
        """Do, or open the dialog for, what is needed now about this invoice."""
        self.ensure_one()
        require_role(self.env, USER)
        self.check_access("write")
        name = self._chorus_pro_handler()
        if not name:
            raise UserError(
                self.env._("Nothing is expected from you any more about %s.", self.display_name)
            )
        return getattr(self, name)()
