# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Many invoices that came back, handled together."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common.actions import ActionsCommon
from ..common.chorus_pro import SERVICE


@tagged("post_install_l10n", "post_install", "-at_install")
class TestHandling(ActionsCommon):
    def _open(self, moves):
        action = moves.with_user(self.accountant).action_chorus_pro_handle_selected()
        self.assertEqual(action["target"], "new")
        return self.env[action["res_model"]].with_user(self.accountant).browse(action["res_id"])

    def test_several_are_completed_with_one_comment(self):
        moves = self._come_back("complete") + self._come_back("complete")
        rejected = self._come_back("acknowledge")
        handling = self._open(moves + rejected)
        self.assertEqual((handling.kind, handling.count, handling.left_out), ("complete", 2, 1))
        with self.assertRaisesRegex(UserError, "Write the comment"):
            handling.action_confirm()
        handling.comment = "Voici le bon de livraison"
        action = handling.action_confirm()
        self.assertEqual(action["params"]["title"], "2 requests queued for Chorus Pro")
        self._run_sender()
        for move in moves:
            [there] = self._at_chorus(move.name)
            self.assertEqual(there["status"], "COMPLETEE")
        self.assertFalse(rejected.chorus_pro_submission_id.action_ids)

    def test_all_of_one_body_are_recycled_to_one_service(self):
        customer = self._create_customer(SERVICE)
        values = {"partner_id": customer.id, "buyer_reference": "SERVICE_DEST_SERV_OBL"}
        moves = self._come_back("recycle", **values) + self._come_back("recycle", **values)
        handling = self._open(moves)
        self.assertEqual(handling.kind, "recycle")
        handling.service_code = "SERVICE_AU_CHOIX"
        handling.action_confirm()
        asked = moves.sudo().chorus_pro_submission_id.action_ids
        self.assertEqual(asked.mapped("service_code"), ["SERVICE_AU_CHOIX"] * 2)

    def test_one_that_changes_nothing_is_named_and_the_others_go(self):
        customer = self._create_customer(SERVICE)
        there = self._come_back(
            "recycle", partner_id=customer.id, buyer_reference="SERVICE_DEST_SERV_OBL"
        )
        other = self._come_back("recycle")
        handling = self._open(there + other)
        handling.service_code = "SERVICE_DEST_SERV_OBL"
        params = handling.action_confirm()["params"]
        self.assertEqual(params["title"], f"{other.name}: request queued for Chorus Pro")
        self.assertIn(there.name, params["message"])
        self.assertEqual(params["type"], "warning")
        self.assertFalse(there.sudo().chorus_pro_submission_id.action_ids)
        self.assertEqual(len(other.sudo().chorus_pro_submission_id.action_ids), 1)

    def test_rejections_are_acknowledged_or_cancelled_together(self):
        moves = self._come_back("acknowledge") + self._come_back("acknowledge")
        handling = self._open(moves)
        self.assertEqual(handling.kind, "acknowledge")
        handling.write({"kind": "cancel", "credit_reason": "doublon"})
        handling.action_confirm()
        self.assertEqual(set(moves.mapped("payment_state")), {"reversed"})
        self.assertFalse(moves.chorus_pro_reissue_ids)
        self._run_sender()
        for move in moves:
            [there] = self._at_chorus(move.name)
            self.assertTrue(there["rejection_acknowledged"])

    def test_those_refused_are_corrected_in_the_grid(self):
        moves = self._invoice() + self._invoice()
        for move in moves:
            self._send(move).sudo().write({"state": "refused", "reason": "Service"})
        self.assertEqual(self._open(moves)._name, "chorus.pro.triage")

    def test_nothing_to_do_together_is_said(self):
        moves = self._invoice() + self._invoice()
        with self.assertRaisesRegex(UserError, "one by one"):
            self._open(moves)
