# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import json

from odoo.tests import tagged

from ...models.outbox import batch as batch_module
from ..common.chorus_pro import ENGAGEMENT
from ..common.flow import FlowCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestBatch(FlowCommon):
    """The author of a batch sees how many invoices have been sent, and is notified at the end."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.connection.default_format = "pdf"

    def setUp(self):
        super().setUp()
        self.env["bus.bus"].sudo().search([]).unlink()

    def _invoices(self, count, **values):
        return self.env["account.move"].concat(*(self._invoice(**values) for _n in range(count)))

    def _batch(self, moves):
        moves.with_user(self.accountant).action_chorus_pro_send()
        # As when the request ends.
        self.env.cr.precommit.run()
        return moves.sudo().chorus_pro_submission_ids.batch_id

    def _messages(self, kind):
        """What open browsers were told, in order: (channel, payload) of this type."""
        rows = self.env["bus.bus"].sudo().search([], order="id")
        found = [(row.channel, json.loads(row.message)) for row in rows]
        return [(to, message["payload"]) for to, message in found if message["type"] == kind]

    def _shown(self):
        return [(at["done"], at["total"]) for _to, at in self._messages("chorus_pro_batch")]

    def _told(self):
        return [payload for _to, payload in self._messages("account_notification")]

    def test_progress_is_shown_and_the_end_is_told_once(self):
        self.patch(batch_module, "SHOWN_EVERY", 2)
        moves = self._invoices(5)
        batch = self._batch(moves)
        self.assertEqual(self._shown(), [(0, 5)])
        self._run_sender()
        self.assertEqual(self._shown(), [(0, 5), (2, 5), (4, 5), (5, 5), (5, 5)])
        [told] = self._told()
        self.assertEqual(told["message"], "All are deposited.")
        self.assertEqual(told["action_button"]["res_ids"], moves.ids)
        self.assertTrue(batch.ended_at)
        self._run_sender()
        self.assertEqual(len(self._told()), 1)

    def test_only_the_author_is_told(self):
        self._batch(self._invoices(2))
        self._run_sender()
        sent = self._messages("chorus_pro_batch") + self._messages("account_notification")
        author = f'"res.partner",{self.accountant.partner_id.id}]'
        self.assertTrue(all(to.replace(" ", "").endswith(author) for to, _payload in sent), sent)

    def test_what_failed_is_told_with_its_reasons(self):
        bad = self._create_customer(ENGAGEMENT)
        refused = self._invoices(2, partner_id=bad.id)
        self._batch(self._invoices(3) + refused)
        self._run_sender()
        [told] = self._told()
        self.assertIn("3 deposited, 2 to look at: 2 × ", told["message"])
        self.assertIn("engagement number", told["message"])
        self.assertTrue(told["sticky"])
        self.assertEqual(told["action_button"]["res_ids"], refused.ids)
        self.assertEqual(self._messages("chorus_pro_batch")[-1][1]["failed"], 2)

    def test_end_waits_for_what_is_tried_again_later(self):
        self.simulator.control.fault("rate_limited", "deposer_pdf", 1)
        moves = self._invoices(3)
        batch = self._batch(moves)
        self._run_sender()
        self.assertFalse(batch.ended_at)
        self.assertFalse(self._told())
        self._end_pause()
        self._make_due(moves.chorus_pro_submission_ids)
        self._run_sender()
        self.assertEqual([told["message"] for told in self._told()], ["All are deposited."])

    def test_what_is_taken_out_is_not_waited_for(self):
        moves = self._invoices(3)
        self._batch(moves)
        moves[0].with_user(self.accountant).action_chorus_pro_cancel()
        self._run_sender()
        [told] = self._told()
        self.assertEqual(told["action_button"]["res_ids"], moves[1:].ids)
        self.assertEqual(self._shown()[-1], (2, 2))

    def test_page_that_is_loaded_again_shows_what_is_under_way_to_its_author_only(self):
        batch = self._batch(self._invoices(2))
        batches = self.env["chorus.pro.batch"]
        self.assertEqual(
            batches.with_user(self.accountant)._of_user(),
            [{"id": batch.id, "total": 2, "done": 0, "failed": 0}],
        )
        self.assertEqual(batches.with_user(self.administrator)._of_user(), [])
        self._run_sender()
        self.assertEqual(batches.with_user(self.accountant)._of_user(), [])

    def test_nothing_is_told_of_a_batch_that_was_taken_out_whole(self):
        moves = self._invoices(2)
        batch = self._batch(moves)
        moves.with_user(self.accountant).action_chorus_pro_cancel()
        self._run_sender()
        self.assertTrue(batch.ended_at)
        self.assertFalse(self._told())

    def test_end_that_a_killed_sender_did_not_tell_is_told_by_the_next(self):
        moves = self._invoices(2)
        batch = self._batch(moves)
        told = type(batch)._close_ended
        self.patch(type(batch), "_close_ended", lambda batches: None)
        self._run_sender()
        self.assertEqual(set(moves.mapped("chorus_pro_state")), {"deposited"})
        self.assertFalse(self._told())
        self.patch(type(batch), "_close_ended", told)
        self._run_sender()
        self.assertEqual(len(self._told()), 1)

    def test_files_are_told_when_they_have_left_and_when_they_are_judged(self):
        self.connection.default_format = "facturx"
        moves = self._invoices(3)
        self._batch(moves)
        self._run_sender()
        self.assertEqual(self._shown()[-1], (3, 3))
        [told] = self._told()
        self.assertIn("Chorus Pro is checking them", told["message"])
        self._judge(moves.sudo().chorus_pro_submission_ids.flow_id)
        self.assertEqual(self._told()[1]["message"], "All are deposited.")

    def test_one_invoice_alone_is_no_batch(self):
        self.assertFalse(self._batch(self._invoice()))

    def test_another_user_does_not_read_it(self):
        batch = self._batch(self._invoices(2))
        batches = self.env["chorus.pro.batch"]
        self.assertEqual(batches.with_user(self.accountant).search([]), batch)
        self.assertFalse(batches.with_user(self.administrator).search([]))
        moves = self.env["account.move"].with_user(self.accountant)
        self.assertEqual(
            len(moves.search([("chorus_pro_submission_ids.batch_id", "=", batch.id)])), 2
        )
