# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import api, fields, models
from odoo.tools import format_amount

from ..session.row_guard import guarded_part
from .to_do import NEEDS

MOST_LINES = 20


class ResCompany(models.Model):
    _inherit = "res.company"

    chorus_pro_digest_user_ids = fields.Many2many(
        "res.users", "chorus_pro_digest_user_rel", string="Daily Digest To",
        domain=[("share", "=", False)],
        help="They get one email per day with the invoices to handle, if there are any.")

    @api.model
    def _cron_chorus_pro_digest(self):
        """Write the emails of the day; Odoo's mail queue sends them."""
        for company in self.search([("chorus_pro_digest_user_ids", "!=", False)]):
            for user in company.chorus_pro_digest_user_ids:
                # One who has left the company must not deprive the others of theirs.
                if user.email and company in user.company_ids:
                    with guarded_part(self.env, f"the digest of {user}"):
                        company._chorus_pro_mail_digest(user)

    def _chorus_pro_mail_digest(self, user):
        moves = (
            self.env["account.move"].with_user(user)
            .with_context(lang=user.lang, allowed_company_ids=self.ids))
        if not moves.has_access("read"):
            return
        waiting = moves.search(
            [("company_id", "=", self.id), ("chorus_pro_needs_action", "=", True)],
            order="chorus_pro_status_date, id")
        if not waiting:
            return
        env = waiting.env
        values = {
            "company": self,
            "columns": waiting._chorus_pro_digest_columns(),
            "url": f"{self.get_base_url()}/odoo/action-l10n_fr_chorus_pro.action_to_do",
        }
        body = env["ir.qweb"]._render("l10n_fr_chorus_pro.digest", values)
        self.env["mail.mail"].create({
            "subject": env._("Chorus Pro: %s invoice(s) to handle", len(waiting)),
            "body_html": body,
            "email_to": user.email_formatted,
            "email_from": self.email_formatted or user.email_formatted,
            "auto_delete": True,
        })


class AccountMove(models.Model):
    _inherit = "account.move"

    def _chorus_pro_digest_columns(self):
        """These invoices by what is needed, as the template reads them."""
        labels = dict(self._fields["chorus_pro_needed_action"]._description_selection(self.env))
        by_action = self.grouped("chorus_pro_needed_action")
        columns = []
        for action in NEEDS:
            if moves := by_action.get(action):
                columns.append({
                    "label": labels[action],
                    "count": len(moves),
                    "left_out": len(moves) - MOST_LINES,
                    "lines": [
                        {
                            "name": move.name,
                            "customer": move.commercial_partner_id.display_name,
                            "amount": format_amount(self.env, move.amount_total, move.currency_id),
                            "days": move.chorus_pro_days_waiting,
                            "reason": (move.chorus_pro_reason or "")[:200],
                        }
                        for move in moves[:MOST_LINES]
                    ],
                })
        return columns
