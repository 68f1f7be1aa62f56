# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import api, fields, models
from odoo.exceptions import UserError

from ..access.roles import USER, has_role, require_role
from ..rules.advice import status_advice
from .needed_action import NEEDS


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
    chorus_pro_handle_label = fields.Char(
        string="Next Step at Chorus Pro",
        compute="_compute_chorus_pro_handle_label",
        compute_sudo=True,
    )

    @api.model
    def _expand_chorus_pro_needed_action(self, values, domain):
        """Columns in the order of the morning: the usual ones, and those that are not empty."""
        return [name for name, need in NEEDS.items() if need.usual or name in values]

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
                self.env._("Nothing is expected from you any more about %s.", self.display_name)
            )
        return getattr(self, need.method)()
