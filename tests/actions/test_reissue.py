# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""A rejected invoice is cancelled, copied and acknowledged."""

from datetime import timedelta

from lxml import etree

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from ..common.actions import ActionsCommon
from ..common.chorus_pro import ENGAGEMENT


@tagged("post_install_l10n", "post_install", "-at_install")
class TestReissue(ActionsCommon):
    def _reissue(self, move, **options):
        result = move.with_user(self.accountant).action_chorus_pro_reissue(
            **{"reason": "rejetée à Chorus Pro", **options}
        )
        return self.env["account.move"].browse(result["res_id"])

    def test_credit_note_and_copy_are_linked_and_the_rejection_acknowledged(self):
        file = self._file(user=self.env.user)
        move = self._come_back(
            "acknowledge",
            partner_id=self._create_customer(ENGAGEMENT).id,
            purchase_order_reference="BC-1",
            chorus_pro_format="pdf",
            chorus_pro_attachment_ids=[Command.set(file.ids)],
        )
        copy = self._reissue(move)
        self.assertEqual((copy.state, copy.move_type), ("draft", "out_invoice"))
        self.assertEqual(copy.chorus_pro_reissue_of_id, move)
        self.assertEqual(copy.amount_total, move.amount_total)
        self.assertEqual(copy.purchase_order_reference, "BC-1")
        self.assertEqual(copy.chorus_pro_format, "pdf")
        self.assertEqual(copy.chorus_pro_attachment_ids.mapped("name"), file.mapped("name"))
        self.assertNotEqual(copy.chorus_pro_attachment_ids, move.chorus_pro_attachment_ids)
        credit_note = move.reversal_move_ids
        self.assertEqual((credit_note.state, credit_note.move_type), ("posted", "out_refund"))
        self.assertEqual(move.payment_state, "reversed")
        self.assertFalse(move.chorus_pro_needs_action)
        self._run_sender()
        [there] = self._at_chorus(move.name)
        self.assertTrue(there["rejection_acknowledged"])
        self.assertTrue(any(credit_note.name in body for body in move.message_ids.mapped("body")))
        # The copy leaves under a number of its own.
        copy.action_post()
        self._archive(copy)
        self.assertNotEqual(copy.name, move.name)
        self.assertEqual(self._send(copy).state, "deposited")

    def test_credit_note_does_not_go_to_chorus_by_itself(self):
        move = self._come_back("acknowledge")
        self.connection.sends_when_confirmed = True
        copy = self._reissue(move)
        self.assertFalse(move.reversal_move_ids.chorus_pro_submission_ids)
        self.assertFalse(move.reversal_move_ids.chorus_pro_is_concerned)
        self.assertTrue(copy.chorus_pro_is_concerned)

    def test_credit_note_of_a_reissued_one_is_nowhere_to_be_sent_and_says_why(self):
        move = self._come_back("acknowledge")
        self._reissue(move)
        credit_note, other = move.reversal_move_ids, self._invoice(move_type="out_refund")
        mine = (credit_note | other | move).with_user(self.accountant)
        found = mine._chorus_pro_triage()
        kind, [reason] = found[credit_note]
        self.assertEqual((kind, reason.id), ("other", "internal_credit_note"))
        self.assertIn(move.name, reason.text(self.env))
        self.assertEqual(found[other][0], "ready")
        concerned = mine.search(
            [("id", "in", mine.ids), ("chorus_pro_is_concerned", "=", True)])
        self.assertEqual(concerned, other | move)
        self.assertEqual(
            mine.search([("id", "in", mine.ids), ("chorus_pro_is_concerned", "=", False)]),
            credit_note)
        view = self.env.ref("account.view_account_invoice_filter")
        search = etree.fromstring(mine.get_view(view.id, "search")["arch"])
        for name in ("chorus_pro_to_send", "chorus_pro_never_sent"):
            [node] = search.iterfind(f".//filter[@name='{name}']")
            domain = safe_eval(node.get("domain"))
            self.assertEqual(mine.search([("id", "in", mine.ids), *domain]), other, name)

    def test_invoice_is_issued_again_once(self):
        move = self._come_back("acknowledge")
        self._reissue(move)
        self.assertNotIn("reissue", move.chorus_pro_legal_actions.split())
        with self.assertRaisesRegex(UserError, "not any more"):
            self._reissue(move)

    def test_only_a_rejected_invoice_is_issued_again(self):
        for kind in ("complete", "recycle"):
            with self.subTest(kind=kind), self.assertRaisesRegex(UserError, "not any more"):
                self._reissue(self._come_back(kind))
        refund = self._come_back("acknowledge", move_type="out_refund")
        self.assertIn("acknowledge", refund.chorus_pro_legal_actions.split())
        with self.assertRaisesRegex(UserError, "not any more"):
            self._reissue(refund)

    def test_rejection_acknowledged_already_is_reissued_all_the_same(self):
        move = self._come_back("acknowledge")
        self._do(move, "acknowledge")
        self.assertFalse(move.chorus_pro_needs_action)
        copy = self._reissue(move)
        self.assertEqual(copy.chorus_pro_reissue_of_id, move)
        self.assertEqual(len(move.chorus_pro_submission_id.action_ids), 1)

    def test_lost_acknowledgement_is_looked_up(self):
        move = self._come_back("acknowledge")
        self._reissue(move)
        self.simulator.control.fault("lost_answer", "traiter_rejet", 1)
        self._run_sender()
        action = move.chorus_pro_submission_id.action_ids
        self.assertEqual(action.state, "uncertain")
        self._make_due(action)
        self._run_sender()
        self.assertEqual(action.state, "done", action.reason)
        self.assertEqual(len(self._requests("traiter_rejet")), 1)

    def test_date_in_the_future_is_refused_and_changes_nothing(self):
        move = self._come_back("acknowledge")
        tomorrow = fields.Date.today() + timedelta(days=1)
        with self.assertRaisesRegex(UserError, "today"):
            self._reissue(move, date=tomorrow)
        move.invalidate_recordset()
        self.assertFalse(move.reversal_move_ids)

    def test_dialog_says_why_it_was_rejected_and_does_it(self):
        move = self._come_back("acknowledge")
        result = move.with_user(self.accountant).action_chorus_pro_reissue()
        dialog = self.env[result["res_model"]].with_user(self.accountant).browse(result["res_id"])
        self.assertEqual(dialog.reason, move.chorus_pro_reason)
        self.assertIn("Chorus Pro", dialog.credit_reason)
        opened = dialog.action_confirm()
        copy = self.env["account.move"].browse(opened["res_id"])
        self.assertEqual(copy.chorus_pro_reissue_of_id, move)

    def test_who_only_reads_reissues_nothing(self):
        move = self._come_back("acknowledge")
        self.accountant.group_ids = [
            Command.unlink(self.env.ref("account.group_account_invoice").id),
            Command.link(self.env.ref("account.group_account_readonly").id),
        ]
        with self.assertRaises(AccessError):
            self._reissue(move)

    def test_duplicate_is_cancelled_without_a_new_invoice(self):
        move = self._come_back("acknowledge")
        self.connection.sends_when_confirmed = True
        before = self.env["account.move"].search_count([])
        dialog = self.env["chorus.pro.reissue"].with_user(self.accountant).create(
            {"move_id": move.id, "outcome": "cancelled", "credit_reason": "doublon"}
        )
        action = dialog.action_confirm()
        self.assertEqual(action["tag"], "display_notification")
        credit_note = move.reversal_move_ids
        self.assertEqual(self.env["account.move"].search_count([]), before + 1)
        self.assertEqual((credit_note.state, move.payment_state), ("posted", "reversed"))
        self.assertFalse(move.chorus_pro_needs_action)
        self._run_sender()
        [there] = self._at_chorus(move.name)
        self.assertTrue(there["rejection_acknowledged"])
        # Nobody waits for that credit note, and it is in no list of those to send.
        self.assertFalse(credit_note.chorus_pro_submission_ids)
        self.assertFalse(credit_note.chorus_pro_is_concerned)
        self.env.flush_all()
        concerned = self.env["account.move"]._chorus_pro_concerned_domain()
        self.assertNotIn(credit_note, self.env["account.move"].search(concerned))
        with self.assertRaises(UserError):
            move.with_user(self.accountant).action_chorus_pro_cancel_rejected(reason="encore")
