# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Rates of interest on late payment, as a manager keeps them."""

from datetime import date

from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...choruspro.late_payment import KNOWN_RATES
from ..common.chorus_pro import ChorusProCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestInterestRate(ChorusProCommon):
    def setUp(self):
        super().setUp()
        self.rates = self.env["chorus.pro.interest.rate"].with_user(self.manager)

    def test_known_half_years_are_there_with_their_source(self):
        there = {row.date_from: row.refinancing_rate for row in self.rates.search([])}
        self.assertEqual(there, {day: float(rate) for day, rate in KNOWN_RATES.items()})
        self.assertTrue(all(self.rates.search([]).mapped("source")))

    def test_interest_is_eight_points_above_the_rate_of_the_bank(self):
        found = self.rates.search([("date_from", "=", "2025-07-01")])
        self.assertAlmostEqual(found.rate, 10.15)

    def test_upgrade_brings_back_no_rate_over_that_of_a_manager(self):
        row = self.rates.search([("date_from", "=", "2025-07-01")])
        row.refinancing_rate = 2.20
        self.rates.create({"date_from": "2027-01-01", "refinancing_rate": 2.40})
        self.rates.search([("date_from", "=", "2016-01-01")]).unlink()
        count = self.rates.search_count([])
        self.rates.sudo()._add_known()
        self.assertEqual(self.rates.search_count([]), count + 1)
        self.assertEqual(row.refinancing_rate, 2.20)

    def test_each_half_year_has_one_rate(self):
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"):
            self.rates.create({"date_from": "2025-07-01", "refinancing_rate": 3})

    def test_day_that_begins_no_half_year_is_refused(self):
        for day in (date(2027, 1, 2), date(2027, 4, 1), date(2027, 12, 31)):
            with self.subTest(day=day), self.assertRaisesRegex(ValidationError, "1 July"):
                self.rates.create({"date_from": day, "refinancing_rate": 2})

    def test_rate_that_is_none_of_the_bank_is_refused(self):
        for year, rate in ((2027, -8.5), (2028, 50.5), (2029, 1000)):
            with self.subTest(rate=rate), self.assertRaisesRegex(ValidationError, "eight points"):
                self.rates.create({"date_from": f"{year}-01-01", "refinancing_rate": rate})

    def test_who_invoices_reads_rates_and_changes_none(self):
        row = self.rates.search([], limit=1).with_user(self.accountant)
        self.assertTrue(row.rate)
        with self.assertRaises(AccessError):
            row.refinancing_rate = 1
