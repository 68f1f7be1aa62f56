# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_amount

from ..session.row_guard import guarded_part
from .to_do import NEEDS

MOST_LINES = 20
TO_DO = "l10n_fr_chorus_pro.action_to_do"


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
        waiting = Domain("company_id", "=", self.id) & Domain("chorus_pro_needs_action", "=", True)
        columns = moves._chorus_pro_digest_columns(waiting)
        if not columns:
            return
        env = moves.env
        values = {
            "company": self,
            "subject": moves._chorus_pro_digest_subject(sum(each["count"] for each in columns)),
            "total": format_amount(
                env, sum(each["total"] for each in columns), self.currency_id),
            "columns": [
                {**each, "total": format_amount(env, each["total"], self.currency_id)}
                for each in columns
            ],
            "url": f"{self.get_base_url()}/odoo/action-{TO_DO}",
            **moves._chorus_pro_digest_values(self),
        }
        body = env["ir.qweb"]._render("l10n_fr_chorus_pro.digest", values)
        self.env["mail.mail"].create({
            "subject": values["subject"],
            "body_html": body,
            "email_to": user.email_formatted,
            "email_from": self.email_formatted or user.email_formatted,
            "auto_delete": True,
        })


class AccountMove(models.Model):
    _inherit = "account.move"

    @api.model
    def _chorus_pro_digest_subject(self, count):
        if count == 1:
            return self.env._("Chorus Pro: 1 invoice to handle")
        return self.env._("Chorus Pro: %s invoices to handle", count)

    @api.model
    def _chorus_pro_digest_values(self, company):
        """What the template reads besides; for what other rooms add to the email."""
        return {}

    @api.model
    def _chorus_pro_digest_columns(self, domain):
        """The invoices of this domain by what is needed, as the template reads them: all are
        counted and added up in the currency of the company, those that wait longest are named."""
        labels = dict(self._fields["chorus_pro_needed_action"]._description_selection(self.env))
        found = self._read_group(
            domain, ["chorus_pro_needed_action"], ["__count", "amount_total_signed:sum"])
        sums = {action: (count, total) for action, count, total in found}
        columns = []
        for action in NEEDS:
            count, total = sums.get(action, (0, 0))
            if count:
                moves = self.search(
                    domain & Domain("chorus_pro_needed_action", "=", action),
                    order="chorus_pro_status_date, id", limit=MOST_LINES)
                columns.append({
                    "label": labels[action],
                    "count": count,
                    "total": total,
                    "left_out": count - len(moves),
                    "lines": [
                        {
                            "name": move.name,
                            "customer": move.commercial_partner_id.display_name,
                            "amount": format_amount(self.env, move.amount_total, move.currency_id),
                            "url": f"{move.get_base_url()}/odoo/action-{TO_DO}/{move.id}",
                            "waiting": move.chorus_pro_waiting_text,
                            "reason": (move.chorus_pro_reason or "")[:200],
                        }
                        for move in moves
                    ],
                })
        return columns
