# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Invoices leave as files, the API serves beside."""

from odoo.tests import tagged

from ..common.chorus_pro import SERVICE
from ..common.edi import DAY, EdiCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestEdiBesideApi(EdiCommon):
    has_api = True

    def _deposited(self):
        move = self._invoice()
        flow = self._deposit(move)
        self.assertEqual(flow.state, "deposited", flow.reason)
        self.assertEqual(self._received, [flow.file_name])
        return move, flow

    def test_report_file_has_the_api_asked_which_gives_the_id(self):
        move, flow = self._deposited()
        self._happens()
        self._run_sender()
        self.assertEqual(flow.state, "integrated", flow.reason)
        self.assertTrue(move.chorus_pro_invoice_id)
        self.assertFalse(self._requests("deposer_flux"))

    def test_status_is_the_same_by_either_way_and_recorded_once(self):
        move, flow = self._deposited()
        self._judge(flow)
        self.simulator.control.advance(8 * DAY)
        self._run_edi()
        row = move.chorus_pro_submission_id
        by_files = set(row.status_ids.mapped("code"))
        count = len(row.status_ids)
        self.assertEqual(move.chorus_pro_state, "payment_issued")
        row.sudo().history_wanted = True
        self._run_follower()
        self.assertEqual(set(row.status_ids.mapped("code")), by_files)
        self.assertEqual(len(row.status_ids), count)

    def test_invoices_are_followed_by_the_api_unless_files_are_chosen(self):
        _move, flow = self._deposited()
        self._judge(flow)
        self.connection.edi_follow = "files"
        self._run_follower()
        self.assertFalse(self._requests("rechercher_fournisseur")[1:], "only of the flow")
        before = len(self._requests("rechercher_fournisseur"))
        self.connection.edi_follow = "api"
        self._run_follower()
        self.assertGreater(len(self._requests("rechercher_fournisseur")), before)

    def test_recipient_is_checked_before_the_file_is_made(self):
        bad = self._invoice(partner_id=self._create_customer(SERVICE).id)
        row = self._send(bad)
        self.assertEqual((row.state, self._received), ("refused", []))
