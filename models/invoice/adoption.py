# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import models
from odoo.exceptions import UserError

from ...choruspro.checks import blocking
from ..access.roles import MANAGER, USER, require_role
from ..access.web_client import RELOAD, notify

# Invoices that a notification names; the others are counted.
MOST_SHOWN = 5


class AccountMove(models.Model):
    """An invoice that is at Chorus Pro already, where it was deposited by other means."""

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
        self._chorus_pro_adopt()
        return True

    def action_chorus_pro_adopt_selected(self):
        """Look for the selected invoices at Chorus Pro, where they were deposited by other means.

        Those that are there already, or cannot be looked for, are left out and named with the
        reason.
        """
        require_role(self.env, USER)
        self.check_access("write")
        ready, left_out = self.browse(), {}
        for move in self:
            problems = move._chorus_pro_adoption_problems()
            if problems:
                left_out[move] = problems
            else:
                ready |= move
        if not ready:
            raise UserError(self._chorus_pro_problem_list(left_out))
        ready._chorus_pro_adopt(as_batch=False)
        message = self.env._("You will be notified of what is found. Nothing is sent.")
        if left_out:
            shown = dict(list(left_out.items())[:MOST_SHOWN])
            message = "\n".join([
                message, self.env._("Left out: %s.", len(left_out)),
                self._chorus_pro_problem_list(shown),
            ])
        title = self.env._("%s invoices are looked up at Chorus Pro", len(ready))
        return notify(title, message, "warning" if left_out else "success", RELOAD)

    def _chorus_pro_adopt(self, as_batch=True):
        """Have these invoices, which are ready for it, looked up; gives their submissions.

        :param as_batch: show the user how far they are
        """
        rows = self.env["chorus.pro.submission"]._enqueue(self, as_batch=as_batch)
        queued = rows.filtered(lambda row: row.state == "queued")
        for row in queued:
            row.write(row.move_id._chorus_pro_facts())
            row._doubt_known(
                self.env._("Looking for it at Chorus Pro, where it was already deposited."),
                delay=0,
            )
        return queued

    def _chorus_pro_adoption_problems(self):
        """Texts about what prevents looking for this invoice at Chorus Pro. What its recipient
        requires does not: the invoice is there already."""
        connection = self.env["chorus.pro.connection"]._of_move(self)
        obstacle = self._chorus_pro_way_obstacle(connection)
        found = [obstacle] if obstacle else [
            *self._chorus_pro_own_findings(), *self._chorus_pro_siret_findings()
        ]
        return [each.text(self.env) for each in blocking(found)]

    def _chorus_pro_facts(self):
        """What identifies this invoice at Chorus Pro, as values of a submission."""
        return {
            "recipient_siret": self.commercial_partner_id._chorus_pro_siret(),
            "sent_date": self.invoice_date,
            "sent_total": self.amount_total,
        }
