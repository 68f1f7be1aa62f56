# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

from ...choruspro.late_payment import KNOWN_RATES, POINTS, half_year

# Where the rates that come with the add-on are published.
SOURCE = "https://www.ecb.europa.eu/stats/policy_and_exchange_rates/key_ecb_interest_rates/"


class ChorusProInterestRate(models.Model):
    """The rate of interest on late payment in one half-year; the same for all companies.

    A half-year without one has no rate: that of the half-year before is never taken instead.
    """

    _name = "chorus.pro.interest.rate"
    _description = "Late Payment Interest Rate"
    _order = "date_from desc"

    date_from = fields.Date(
        string="Half-Year From", required=True,
        help="The first day of the half-year, 1 January or 1 July.")
    refinancing_rate = fields.Float(
        string="ECB Rate (%)", digits=(6, 2), required=True,
        help="Rate of the European Central Bank's main refinancing operations on that day.")
    rate = fields.Float(
        string="Interest Rate (%)", digits=(6, 2), compute="_compute_rate",
        help="The ECB's rate and eight points (article R2192-31 of the public procurement code).")
    source = fields.Char(help="Where the rate is published.")

    _once = models.Constraint("UNIQUE (date_from)", "This half-year has its rate already.")

    @api.depends("refinancing_rate")
    def _compute_rate(self):
        for row in self:
            row.rate = row.refinancing_rate + float(POINTS)

    @api.depends("date_from")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for row in self:
            row.display_name = format_date(self.env, row.date_from)

    @api.constrains("date_from")
    def _check_date_from(self):
        for row in self:
            if row.date_from != half_year(row.date_from):
                raise ValidationError(self.env._(
                    "A half-year begins on 1 January or on 1 July: %s is neither.",
                    format_date(self.env, row.date_from),
                ))

    @api.constrains("refinancing_rate")
    def _check_refinancing_rate(self):
        for row in self:
            if not -float(POINTS) <= row.refinancing_rate <= 50:
                raise ValidationError(self.env._(
                    "%s %% is no rate of the European Central Bank. Enter its rate in per cent, "
                    "without the eight points.",
                    row.refinancing_rate,
                ))

    @api.model
    def _add_known(self):
        """Add the rates that come with the add-on; what somebody entered or changed stays."""
        known = self.search([("date_from", "in", list(KNOWN_RATES))])
        there = set(known.mapped("date_from"))
        self.create([
            {"date_from": day, "refinancing_rate": float(rate), "source": SOURCE}
            for day, rate in KNOWN_RATES.items()
            if day not in there
        ])

    @api.model
    def _by_half_year(self):
        """Rates as :func:`choruspro.late_payment.claim` takes them."""
        return {row.date_from: Decimal(f"{row.refinancing_rate:.2f}") for row in self.search([])}
