# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.access.roles import USER, require_role
from ..models.access.web_client import CLOSE, notify

# What is done about many at once -> the action that must be legal about each.
LEGAL = {
    "complete": "complete", "recycle": "recycle", "acknowledge": "acknowledge",
    "cancel": "reissue",
}
SHOWN_REASONS = 10


class ChorusProHandling(models.TransientModel):
    """Many invoices that came back, handled together: the same comment, the same service, the same
    end."""

    _name = "chorus.pro.handling"
    _inherit = "chorus.pro.named.record"
    _description = "Invoices to Handle Together at Chorus Pro"
    _right_by_field = {"move_ids": "write"}

    move_ids = fields.Many2many(
        "account.move", "chorus_pro_handling_move_rel", "handling_id", "move_id",
        string="Invoices", readonly=True,
    )
    kind = fields.Selection(
        [
            ("complete", "Complete those suspended with a comment"),
            ("recycle", "Recycle to one service"),
            ("acknowledge", "Acknowledge the rejections"),
            ("cancel", "Cancel those rejected, without issuing them again"),
        ],
        string="What to Do", required=True, default="complete",
    )
    concerned_ids = fields.Many2many(
        "account.move", string="Concerned Invoices", compute="_compute_count", compute_sudo=False
    )
    count = fields.Integer(string="Concerned", compute="_compute_count")
    left_out = fields.Integer(compute="_compute_count")
    comment = fields.Text(help="The same for each; the recipient reads it.")
    recipient_siret = fields.Char(
        string="SIRET", help="Left empty: each goes back to the recipient that it has."
    )
    service_code = fields.Char()
    engagement_number = fields.Char(help="Left empty: each keeps its own.")
    credit_reason = fields.Char(string="Reason on the Credit Notes")
    date = fields.Date(string="Date of the Credit Notes", default=fields.Date.context_today)

    def _possible(self):
        """Those of the invoices about which this can be done now."""
        legal = LEGAL[self.kind]
        return self.move_ids.filtered(
            lambda move: legal in (move.chorus_pro_legal_actions or "").split()
        )

    @api.depends("move_ids", "kind")
    def _compute_count(self):
        for handling in self:
            possible = handling._possible() if handling.kind else handling.move_ids.browse()
            handling.concerned_ids = possible
            handling.count = len(possible)
            handling.left_out = len(handling.move_ids) - handling.count

    @api.model
    def _open(self, moves):
        """The dialog about ``moves``, on what most of them need."""
        needed = Counter(
            kind
            for move in moves
            for kind, legal in LEGAL.items()
            if kind != "cancel" and legal in (move.chorus_pro_legal_actions or "").split()
        )
        if not needed:
            raise UserError(
                self.env._(
                    "Nothing can be done about these invoices together: open them one by one."
                )
            )
        [(kind, _count)] = needed.most_common(1)
        handling = self.create({"move_ids": moves.ids, "kind": kind})
        return handling._get_records_action(
            name=self.env._("Handle Together"), target="new"
        )

    def action_confirm(self):
        """Do it about each invoice. One that cannot be done is named with its reason; it does not
        hold up the others."""
        require_role(self.env, USER)
        self.ensure_one()
        self._check_filled_in()
        done, failed = self.env["account.move"], {}
        for move in self.concerned_ids:
            try:
                with self.env.cr.savepoint():
                    self._do(move)
            except UserError as error:
                failed[move] = [str(error)]
            else:
                done |= move
        if not done:
            raise UserError(
                self.env["account.move"]._chorus_pro_problem_list(failed)
                or self.env._("This cannot be done about any of these invoices now.")
            )
        message = self.env._("You will be notified when the answers arrive.")
        if failed:
            shown = dict(list(failed.items())[:SHOWN_REASONS])
            message = self.env["account.move"]._chorus_pro_problem_list(shown)
        if len(done) == 1:
            title = self.env._("%s: request queued for Chorus Pro", done.name)
        else:
            title = self.env._("%s requests queued for Chorus Pro", len(done))
        kind = "warning" if failed else "success"
        return notify(title, message, kind, CLOSE, sticky=bool(failed))

    def _check_filled_in(self):
        """:raises UserError: what this needs is missing"""
        if self.kind == "complete" and not (self.comment or "").strip():
            raise UserError(self.env._("Write the comment that completes these invoices."))
        if self.kind == "recycle" and not (
            self.service_code or self.recipient_siret or self.engagement_number
        ):
            raise UserError(self.env._("Give the service, the recipient or the number to change."))
        if self.kind == "cancel" and not self.credit_reason:
            raise UserError(self.env._("Say why the invoices are cancelled."))

    def _do(self, move):
        """
        :raises UserError: this cannot be done about ``move``
        """
        comment = (self.comment or "").strip() or None
        if self.kind == "complete":
            move.action_chorus_pro_complete(comment=comment)
        elif self.kind == "recycle":
            move.action_chorus_pro_recycle(
                recipient_siret=self.recipient_siret or None,
                service_code=self.service_code or None,
                engagement_number=self.engagement_number or None,
                comment=comment,
            )
        elif self.kind == "acknowledge":
            move.action_chorus_pro_acknowledge()
        else:
            move.action_chorus_pro_cancel_rejected(reason=self.credit_reason, date=self.date)


class AccountMove(models.Model):
    _inherit = "account.move"

    def action_chorus_pro_handle_selected(self):
        """Handle these together: those refused at deposit are corrected in a grid, others get what
        most of them need."""
        require_role(self.env, USER)
        self.check_access("write")
        if len(self) == 1:
            return self.action_chorus_pro_handle()
        if all(move.chorus_pro_state == "refused" for move in self):
            return self.action_chorus_pro_correct()
        return self.env["chorus.pro.handling"]._open(self)
