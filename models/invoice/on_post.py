# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Sending to Chorus Pro when an invoice is confirmed, for those who chose it."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ChorusProConnection(models.Model):
    _inherit = "chorus.pro.connection"

    sends_when_confirmed = fields.Boolean(
        help="Invoices of customers served by Chorus Pro join the queue as soon as they are "
        "confirmed. A customer can be set otherwise.",
    )
    undo_minutes = fields.Integer(
        string="Time to Undo (minutes)",
        default=15,
        help="An invoice sent automatically waits so long in the queue: it can be taken out of it.",
    )

    @api.constrains("undo_minutes")
    def _check_undo_minutes(self):
        if not all(0 <= connection.undo_minutes <= 10080 for connection in self):
            raise ValidationError(self.env._("The time to undo is between 0 and 7 days."))


class ResPartner(models.Model):
    _inherit = "res.partner"

    chorus_pro_when_confirmed = fields.Selection(
        [("yes", "When confirmed"), ("no", "On click only")],
        string="Sent to Chorus Pro",
        company_dependent=True,
        help="Left empty: as the connection of the company says.",
    )


class AccountMove(models.Model):
    _inherit = "account.move"

    def _post(self, soft=True):
        posted = super()._post(soft)
        posted.filtered("chorus_pro_is_concerned")._chorus_pro_send_when_confirmed()
        return posted

    def _chorus_pro_send_when_confirmed(self):
        """Queue those that are to leave by themselves; what stands in the way is noted on them.

        Confirming never fails for it, and nothing is asked of Chorus Pro here.
        """
        for move in self:
            connection = self.env["chorus.pro.connection"]._of_move(move)
            customer = move.commercial_partner_id.with_company(move.company_id)
            wanted = customer.chorus_pro_when_confirmed or (
                "yes" if connection.sends_when_confirmed else "no"
            )
            if not connection or wanted != "yes" or not move._chorus_pro_is_eligible():
                continue
            if problems := move._chorus_pro_problems():
                move.message_post(body=move._chorus_pro_problem_list({move: problems}))
                continue
            self.env["chorus.pro.submission"]._enqueue(
                move,
                delay=timedelta(minutes=connection.undo_minutes),
                reason=self.env._(
                    "It leaves by itself: until then it can be taken out of the queue."
                ),
            )
