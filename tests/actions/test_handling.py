# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Many invoices that came back, handled together."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from ...wizard.chorus_pro_handling import number_pattern
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

    def _upload(self, name):
        """A file as the accountant adds it to the dialog."""
        return self.env["ir.attachment"].with_user(self.accountant).create(
            {"name": name, "raw": f"%PDF-1.4 {name}".encode()}
        )

    def test_each_invoice_is_completed_with_the_file_that_names_it(self):
        first, second = moves = self._come_back("complete") + self._come_back("complete")
        handling = self._open(moves)
        files = {move: self._upload(f"bon {move.name.replace('/', '-')}.pdf") for move in moves}
        handling.attachment_ids = files[second] + files[first]
        self.assertIn(f"{first.name}: {files[first].name}", handling.files_note)
        handling.action_confirm()
        self._run_sender()
        for move in moves:
            action = move.sudo().chorus_pro_submission_id.action_ids
            self.assertEqual(action.attachment_ids, files[move])
            [there] = self._at_chorus(move.name)
            self.assertEqual((there["status"], len(there["attachments"])), ("COMPLETEE", 1))

    def test_a_file_that_goes_nowhere_stops_all_of_them(self):
        first, second = moves = self._come_back("complete") + self._come_back("complete")
        handling = self._open(moves)
        handling.comment = "Voici"
        both = f"{first.name} {second.name}".replace("/", "_")
        for name in ("bon.pdf", f"{both}.pdf", f"{first.name.replace('/', '')}1.pdf"):
            with self.subTest(name=name):
                handling.attachment_ids = self._upload(name)
                self.assertIn(name, handling.files_note)
                with self.assertRaisesRegex(UserError, "number of one of these invoices"):
                    handling.action_confirm()
        self.assertFalse(moves.sudo().chorus_pro_submission_id.action_ids)

    def test_an_invoice_with_neither_comment_nor_file_is_named(self):
        first, second = moves = self._come_back("complete") + self._come_back("complete")
        handling = self._open(moves)
        handling.attachment_ids = self._upload(f"{first.name.replace('/', '_')}.pdf")
        with self.assertRaisesRegex(UserError, second.name):
            handling.action_confirm()
        self.assertFalse(moves.sudo().chorus_pro_submission_id.action_ids)
        handling.comment = "Voici"
        handling.action_confirm()
        asked = [move.sudo().chorus_pro_submission_id.action_ids for move in moves]
        self.assertEqual([len(each.attachment_ids) for each in asked], [1, 0])

    def test_number_in_the_name_of_a_file_is_read_whole(self):
        number = "FAC/2026/00012"
        for name in ("FAC-2026-00012.pdf", "bon_fac_2026_00012_v2.pdf", "x FAC202600012 y.pdf"):
            self.assertTrue(number_pattern(number).search(name), name)
        for name in ("FAC-2026-000123.pdf", "RFAC-2026-00012.pdf", "FAC-2026-0001.pdf", ""):
            self.assertFalse(number_pattern(number).search(name), name)

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
