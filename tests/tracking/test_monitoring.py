# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import re
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from ..common.chorus_pro import ChorusProCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestMonitoring(ChorusProCommon, HttpCase):
    def _token(self):
        settings = self.env["res.config.settings"].with_user(self.administrator).create({})
        shown = settings.action_chorus_pro_new_monitoring_token()["params"]["message"]
        return re.search(r"Bearer ([\w-]{40,})", shown)[1]

    def _ask(self, token=None):
        self.env.flush_all()
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return self.url_open("/chorus_pro/health", headers=headers)

    def test_without_its_token_the_address_says_nothing(self):
        self.assertEqual(self._ask("").status_code, 401)
        token = self._token()
        for other in (None, "", "x", token[:-1], f"{token}x"):
            answer = self._ask(other)
            self.assertEqual((answer.status_code, answer.json()), (401, {"error": "unknown token"}))

    def test_only_an_administrator_makes_a_token(self):
        for user in (self.accountant, self.manager):
            settings = self.env["res.config.settings"].with_user(user)
            with self.assertRaises(AccessError):
                settings.action_chorus_pro_new_monitoring_token()

    def test_a_new_token_replaces_the_former_one_and_neither_is_kept(self):
        former, token = self._token(), self._token()
        self.assertEqual(self._ask(former).status_code, 401)
        self.assertEqual(self._ask(token).status_code, 200)
        kept = self.env["ir.config_parameter"].search([]).mapped("value")
        self.assertFalse([value for value in kept if token in value or former in value])

    def test_figures_name_nobody_and_no_amount(self):
        token = self._token()
        move = self._send(self._invoice())
        figures = self._ask(token).json()
        self.assertEqual(figures["problems"], [])
        self.assertEqual((figures["queued"], figures["uncertain"]), (0, 0))
        self.assertTrue(figures["last_success"].endswith("Z"))
        answer = self._ask(token).text
        for secret in (move.name, self.customer.name, self.company.name, "120"):
            self.assertNotIn(secret, answer)

    def test_a_queue_that_waits_for_a_worker_is_a_problem(self):
        token = self._token()
        move = self._invoice()
        move.with_user(self.accountant).action_chorus_pro_send()
        self.assertEqual(self._ask(token).json()["problems"], [])
        submission = move.sudo().chorus_pro_submission_ids
        submission.next_try = fields.Datetime.now() - timedelta(hours=2)
        answer = self._ask(token)
        self.assertEqual(answer.status_code, 503)
        self.assertEqual(answer.json()["problems"], ["queue_stuck"])
        self.assertEqual(answer.json()["queued"], 1)
        self.assertGreaterEqual(answer.json()["oldest_due_minutes"], 120)

    def test_an_invoice_that_is_to_leave_later_is_no_problem(self):
        token = self._token()
        move = self._invoice()
        move.with_user(self.accountant).action_chorus_pro_send()
        move.sudo().chorus_pro_submission_ids.next_try = fields.Datetime.now() + timedelta(hours=2)
        self.assertEqual(self._ask(token).json()["problems"], [])

    def test_what_stops_a_connection_and_what_ends_soon_are_problems(self):
        token = self._token()
        self.connection.technical_password_expiry = fields.Date.today() + timedelta(days=3)
        figures = self._ask(token).json()
        self.assertEqual(figures["problems"], ["expires_soon"])
        self.assertEqual(
            figures["next_expiry"], self.connection.technical_password_expiry.isoformat())
        self.connection.sudo().trouble = "PISTE refuses the keys."
        self.assertIn("connection_stopped", self._ask(token).json()["problems"])
        self.assertNotIn("PISTE", self._ask(token).text)
