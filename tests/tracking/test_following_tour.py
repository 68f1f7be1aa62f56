# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ..common.chorus_pro import ENGAGEMENT
from ..common.tours import TourCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestFollowingTour(TourCommon):
    def test_accountant_looks_at_what_waits_in_the_morning(self):
        suspended = self._invoice()
        refused = self._invoice(partner_id=self._create_customer(ENGAGEMENT).id)
        self._send(suspended + refused)
        self.simulator.control.set_status(suspended.name, "SUSPENDUE", "Bon de livraison manquant")
        self._run_follower()
        suspended.with_user(self.accountant).action_chorus_pro_refresh()
        self._run_follower()
        self.assertEqual(suspended.chorus_pro_state, "suspended")
        self.assertEqual(refused.chorus_pro_state, "refused")
        submission = suspended.sudo().chorus_pro_submission_id
        submission.history_read_at = False
        late = fields.Datetime.now() - timedelta(hours=30)
        self.connection.sudo().followed_until = submission.status_date = late
        self._walk("chorus_pro_morning_round", None, action="l10n_fr_chorus_pro.action_to_do")
        self.assertTrue(submission.history_wanted, "the history is read once the form was opened")

    def test_open_form_shows_an_answer_and_keeps_what_is_typed(self):
        self.accountant.group_ids += self.env.ref("base.group_partner_manager")
        self.customer.name = f"SIRET {self.customer.company_registry}"
        self._walk(
            "chorus_pro_answer_arrives", self.customer, action="account.res_partner_action_customer"
        )
        self.assertEqual(self.customer.name, "Une autre")
        self.assertFalse(self.customer.phone)

    def test_open_list_shows_an_answer_unless_somebody_has_selected_rows(self):
        self.accountant.group_ids += self.env.ref("base.group_partner_manager")
        self.customer.write({
            "name": "Avant la réponse", "company_registry": "12345678200051", "customer_rank": 1,
        })
        self._walk(
            "chorus_pro_answer_in_list", None,
            action="account.res_partner_action_customer?view_type=list",
        )
        self.assertEqual(self.customer.name, "Une autre")
