# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import re
from collections import Counter, defaultdict

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


def number_pattern(number):
    """The pattern that finds this number of an invoice in the name of a file, whatever separates
    its parts: FAC/2026/00012 in "bon FAC-2026-00012.pdf"."""
    parts = map(re.escape, re.findall(r"[^\W_]+", number))
    pattern = r"(?<![^\W_])" + r"[\W_]*".join(parts) + r"(?![^\W_])"
    return re.compile(pattern, re.IGNORECASE)


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
    attachment_ids = fields.Many2many(
        "ir.attachment", string="Files",
        help="Each goes with the invoice whose number its name contains, such as "
        "“FAC-2026-00012 delivery.pdf”. 10 MB each.",
    )
    files_note = fields.Text(compute="_compute_files_note", compute_sudo=False)
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

    @api.depends("concerned_ids", "attachment_ids.name")
    @api.depends_context("lang")
    def _compute_files_note(self):
        for handling in self:
            by_move, stray = handling._sorted_files()
            lines = [
                self.env._("%(number)s: %(files)s", number=move.name, files=_listed(files))
                for move, files in by_move.items()
            ]
            if stray:
                lines.append(handling._stray_sentence(stray))
            handling.files_note = "\n".join(lines)

    def _sorted_files(self):
        """({invoice: its files}, the files whose names contain the number of none of the concerned
        invoices, or of several)."""
        patterns = {move: number_pattern(move.name or "") for move in self.concerned_ids}
        by_move = defaultdict(self.attachment_ids.browse)
        stray = self.attachment_ids.browse()
        for file in self.attachment_ids:
            named = [move for move, pattern in patterns.items() if pattern.search(file.name or "")]
            if len(named) == 1:
                by_move[named[0]] |= file
            else:
                stray |= file
        return dict(by_move), stray

    def _stray_sentence(self, files):
        return self.env._(
            "The name of each file has to contain the number of one of these invoices, and it does "
            "not in: %s. Rename and add them again.",
            _listed(files),
        )

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
        by_move, _stray = self._sorted_files()
        done, failed = self.env["account.move"], {}
        for move in self.concerned_ids:
            try:
                with self.env.cr.savepoint():
                    self._do(move, by_move.get(move, self.attachment_ids.browse()))
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
        if self.kind == "complete":
            self._check_completed()
        if self.kind == "recycle" and not (
            self.service_code or self.recipient_siret or self.engagement_number
        ):
            raise UserError(self.env._("Give the service, the recipient or the number to change."))
        if self.kind == "cancel" and not self.credit_reason:
            raise UserError(self.env._("Say why the invoices are cancelled."))

    def _check_completed(self):
        """:raises UserError: an invoice would get neither a comment nor a file, or a file goes
        nowhere"""
        by_move, stray = self._sorted_files()
        if stray:
            raise UserError(self._stray_sentence(stray))
        if (self.comment or "").strip():
            return
        if not by_move:
            raise UserError(self.env._(
                "Write the comment that completes these invoices, or add a file for each."
            ))
        if without := self.concerned_ids - self.env["account.move"].union(*by_move):
            raise UserError(self.env._(
                "Write a comment, or add a file for these too: %s.", _listed(without)
            ))

    def _do(self, move, files):
        """
        :param files: those that complete it
        :raises UserError: this cannot be done about ``move``
        """
        comment = (self.comment or "").strip() or None
        if self.kind == "complete":
            move.action_chorus_pro_complete(comment=comment, attachment_ids=files.ids)
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


def _listed(records):
    return ", ".join(records.mapped("name"))


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
