# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo.tests import tagged

from ..common.actions import ActionsCommon
from ..common.tours import TourCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestActionTours(ActionsCommon, TourCommon):
    """The morning round of an accountant, who works in French."""

    def test_accountant_completes_a_suspended_invoice(self):
        move = self._come_back("complete")
        self._walk("chorus_pro_complete", move)
        action = move.chorus_pro_submission_id.action_ids
        self.assertEqual((action.state, action.attachment_type), ("queued", "AAR"))
        self._run_sender()
        [there] = self._at_chorus(move.name)
        self.assertEqual(there["status"], "COMPLETEE")
        self.assertEqual(there["attachments"][0]["file_name"], "Bon de livraison n_ 118.csv")
        self._walk("chorus_pro_completed", move)

    def test_accountant_issues_a_rejected_invoice_again(self):
        move = self._come_back("acknowledge")
        self._walk("chorus_pro_reissue", move)
        copy = move.chorus_pro_reissue_ids
        self.assertEqual(copy.chorus_pro_state, "queued")
        self.assertNotEqual(copy.name, move.name)
        self._archive(copy)
        self._run_sender()
        self.assertEqual(copy.chorus_pro_state, "deposited")
        there = {invoice["number"]: invoice for invoice in self._at_chorus()}
        self.assertTrue(there[move.name]["rejection_acknowledged"])
        self.assertEqual(there[copy.name]["status"], "DEPOSEE")
