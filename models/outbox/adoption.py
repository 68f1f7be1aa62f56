# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from datetime import datetime

from odoo import fields, models
from odoo.exceptions import UserError

from ...choruspro.checks import blocking
from ..access.roles import MANAGER, USER, require_role
from ..access.web_client import open_dialog


class ChorusProSubmission(models.Model):
    """What is at Chorus Pro under our number: taken for this invoice when all agrees, else shown to
    a person who decides."""

    _inherit = "chorus.pro.submission"

    found = fields.Json(
        readonly=True, copy=False, help="What Chorus Pro has under this number, if it is not this."
    )

    def _ask_a_person(self, reason, summary=None):
        """Stop, until a person has decided.

        :param summary: :class:`InvoiceSummary` of what was found, if anything was
        """
        self.write(
            {
                "needs_decision": True,
                "next_try": False,
                "reason": reason,
                "found": summary and {
                    "invoice_id": summary.invoice_id,
                    "number": summary.number,
                    "date": summary.invoice_date and summary.invoice_date.isoformat(),
                    "recipient": summary.recipient_identifier,
                    "total": None if summary.total is None else str(summary.total),
                    "status": summary.status,
                    "status_date": summary.status_date and summary.status_date.isoformat(),
                    "deposit_date": summary.deposit_date and summary.deposit_date.isoformat(),
                    "flow_number": summary.flow_number,
                },
            }
        )

    def action_adopt(self):
        """A person decided that what Chorus Pro has under this number is this invoice."""
        require_role(self.env, MANAGER)
        self.move_id.check_access("write")
        for row in self.sudo():
            if "adopt" not in row._legal_actions():
                raise UserError(row.env._("There is nothing at Chorus Pro to compare with."))
            found = row.found
            if row._is_held(found["invoice_id"]):
                raise UserError(
                    row.env._(
                        "Another invoice of this database is already the one that Chorus Pro has "
                        "under this number. Decide that it is another one, and give this invoice "
                        "a number of its own."
                    )
                )
            date = found["status_date"] and datetime.fromisoformat(found["status_date"])
            row._deposit(
                found["invoice_id"],
                found["status"],
                (date or fields.Datetime.now()).replace(tzinfo=None, microsecond=0),
                found["deposit_date"],
            )
            row.write({"found": False, "history_wanted": True})
            row.move_id.message_post(
                body=row.env._(
                    "%(user)s decided that the invoice %(id)s at Chorus Pro is this one.",
                    user=self.env.user.name,
                    id=row.chorus_invoice_id,
                )
            )
        self.env.ref("l10n_fr_chorus_pro.ir_cron_follow").sudo()._trigger()
        return True

    def action_compare(self):
        """Show both sides to who has to decide."""
        require_role(self.env, MANAGER)
        if not self.found:
            raise UserError(self.env._("There is nothing at Chorus Pro to compare with."))
        self.ensure_one()
        self.check_access("read")
        comparison = self.env["chorus.pro.comparison"].create({"submission_id": self.id})
        return open_dialog(comparison, self.env._("Is it the same invoice?"))


class AccountMove(models.Model):
    _inherit = "account.move"

    def action_chorus_pro_compare(self):
        """Show what Chorus Pro has under the number of this invoice, beside it."""
        require_role(self.env, MANAGER)
        self.check_access("read")
        return self._chorus_pro_last_submission().with_env(self.env).action_compare()

    def action_chorus_pro_adopt(self):
        """Look for these invoices at Chorus Pro, where they were deposited by other means.

        Nothing is sent: what is found and agrees is taken over, with its history.
        """
        require_role(self.env, USER)
        self.check_access("write")
        for move in self:
            if problems := move._chorus_pro_adoption_problems():
                raise UserError(self._chorus_pro_problem_list({move: problems}))
        rows = self.env["chorus.pro.submission"]._enqueue(self)
        for row in rows.filtered(lambda row: row.state == "queued"):
            row.write(row.move_id._chorus_pro_facts())
            row._doubt_known(
                self.env._("It is looked for at Chorus Pro, where it was deposited already."),
                delay=0,
            )
        return True

    def _chorus_pro_adoption_problems(self):
        """Texts about what keeps this invoice from being looked for at Chorus Pro. What its
        recipient demands is none: the invoice is there already."""
        connection = self.env["chorus.pro.connection"]._of_move(self)
        obstacle = self._chorus_pro_obstacle(connection)
        found = [obstacle] if obstacle else [
            *self._chorus_pro_own_findings(), *self._chorus_pro_siret_findings()
        ]
        return [each.text(self.env) for each in blocking(found)]

    def _chorus_pro_facts(self):
        """By what this invoice is known again at Chorus Pro, as values of a submission."""
        return {
            "recipient_siret": self.commercial_partner_id._chorus_pro_siret(),
            "sent_date": self.invoice_date,
            "sent_total": self.amount_total,
        }
