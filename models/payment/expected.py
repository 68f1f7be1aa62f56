# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""When the money comes: on the invoice, in its list, and in the daily email.

The date is a row of the analysis, which alone knows how it is found. It is not stored: it changes
with each payment of the same public body, and with the day. Grouping by week is the analysis's.
"""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_amount, format_date

from ..access.storage import paris_today
from ..invoice.invoice import SUBMISSION_GROUPS
from .analysis import EXPECTED_FROM

# In the daily email; what comes later is added up.
MOST_WEEKS = 4
ANALYSIS = "l10n_fr_chorus_pro.action_analysis"


class AccountMove(models.Model):
    _inherit = "account.move"

    chorus_pro_expected_on = fields.Date(
        string="Payment Expected On", compute="_compute_chorus_pro_expected",
        search="_search_chorus_pro_expected_on", groups=SUBMISSION_GROUPS,
        help="As announced; else after as many days as this public body usually takes (the median "
        "of the last year); else the last day of the legal delay.")
    chorus_pro_expected_from = fields.Selection(
        EXPECTED_FROM, string="Expected From", compute="_compute_chorus_pro_expected",
        groups=SUBMISSION_GROUPS)
    chorus_pro_expected_payments = fields.Integer(
        string="Payments Behind the Expected Date", compute="_compute_chorus_pro_expected",
        groups=SUBMISSION_GROUPS,
        help="How many payments of this public body in the last year the date rests on.")

    @api.depends(
        "chorus_pro_state", "chorus_pro_submission_id.payment_due",
        "chorus_pro_submission_id.payment_date", "amount_residual", "payment_state",
        "commercial_partner_id")
    def _compute_chorus_pro_expected(self):
        analysis = self.env["chorus.pro.analysis"]
        found = {}
        if analysis.has_access("read"):
            # The analysis does not ask whose invoices these are.
            concerned = self._origin._filtered_access("read").filtered("chorus_pro_state")
            if concerned:
                found = analysis._expected_payments(concerned)
        for move in self:
            day, basis, payments = found.get(move._origin.id, (False, False, 0))
            move.chorus_pro_expected_on = day
            move.chorus_pro_expected_from = basis
            move.chorus_pro_expected_payments = payments

    @api.model
    def _search_chorus_pro_expected_on(self, operator, value):
        if operator == "not in":
            return NotImplemented
        analysis = self.env["chorus.pro.analysis"]

        def found(*condition):
            return Domain("id", "in", analysis._search(Domain("expected_on", *condition)))

        if operator == "in" and False in value:
            # Of most invoices no payment is expected; they are no rows of the analysis.
            return found("in", [day for day in value if day]) | ~found("!=", False)
        return found(operator, value)

    @api.model
    def _chorus_pro_digest_values(self, company):
        values = super()._chorus_pro_digest_values(company)
        return {**values, "expected": self._chorus_pro_expected_weeks(company)}

    @api.model
    def _chorus_pro_expected_weeks(self, company):
        """What is expected in the next weeks, as the email reads it: label, count and total."""
        analysis = self.env["chorus.pro.analysis"]
        if not analysis.has_access("read"):
            return {}
        weeks = analysis._read_group(
            Domain("company_id", "=", company.id) & Domain("expected_on", "!=", False),
            ["expected_on:week"], ["__count", "amount_open:sum"], order="expected_on:week")
        today = paris_today()
        past = [row for row in weeks if (today - row[0]).days >= 7]
        coming = weeks[len(past):]
        parts = [
            (self.env._("Earlier, not received yet"), past),
            *(
                (self.env._("Week of %s", format_date(self.env, row[0])), [row])
                for row in coming[:MOST_WEEKS]
            ),
            (self.env._("Later"), coming[MOST_WEEKS:]),
        ]
        return {
            "url": f"{company.get_base_url()}/odoo/action-{ANALYSIS}",
            "lines": [
                {
                    "label": label,
                    "count": sum(row[1] for row in rows),
                    "total": format_amount(
                        self.env, sum(row[2] for row in rows), company.currency_id),
                }
                for label, rows in parts
                if rows
            ],
        }
