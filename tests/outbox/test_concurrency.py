# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Several real transactions at once: what one shared test cursor can never show."""

import threading
from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from ...models.tracking import poll as chorus_pro_follower
from ..common.concurrency import ConcurrencyCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestConcurrency(ConcurrencyCase):
    def test_three_senders_deposit_each_invoice_once_and_doubt_none(self):
        ids = self._queued(12)
        self._at_once(*[self._send] * 3)
        self.assertEqual(self._states(ids), {"deposited": 12})
        self.assertEqual(self._submitted(), 12)

    def test_three_senders_put_each_invoice_in_one_file(self):
        ids = self._queued(12, "facturx")
        with self._env() as env:
            env["chorus.pro.connection"].search(
                [("company_id", "=", self.company_id)]
            ).flow_most = 3
        for _round in range(2):
            self._at_once(*[self._send] * 3)
            with self._env() as env:
                # No process ended.
                rows = env["account.move"].browse(ids).chorus_pro_submission_ids
                self.assertEqual(set(rows.mapped("unfinished")), {0})
        self.assertEqual(self._states(ids), {"deposited": 12})
        flows = self.simulator.control.flows()
        self.simulator.control.advance(240)
        numbers = [invoice["number"] for invoice in self.simulator.control.invoices()]
        self.assertEqual(len(numbers), 12)
        self.assertEqual(len(set(numbers)), 12)
        self.assertGreaterEqual(len(flows), 4)

    def test_sender_with_an_old_view_leaves_what_a_file_carries_to_that_file(self):
        ids = self._queued(2, "facturx")
        with self._env() as late:
            rows = late["account.move"].browse(ids).chorus_pro_submission_ids
            # From here on its transaction sees them so.
            self.assertEqual(set(rows.mapped("state")), {"queued"})
            meanwhile, done = self._meanwhile("deposit_flow", lambda: rows[0]._settle(None))
            with meanwhile:
                self._send()
        self.assertTrue(done)
        with self._env() as env:
            rows = env["account.move"].browse(ids).chorus_pro_submission_ids
            self.assertEqual(rows.flow_id.mapped("state"), ["deposited"])
        self.assertEqual(self._states(ids), {"deposited": 2})
        self.assertEqual(len(self.simulator.control.requests("deposer_flux")), 1)

    def test_edit_while_a_file_is_sent_does_not_lose_its_number(self):
        ids = self._queued(3, "facturx")
        meanwhile, done = self._meanwhile("deposit_flow", lambda: self._edit(ids[1]))
        with meanwhile:
            self._send()
            self._send()
        self.assertTrue(done)
        self.assertEqual(self._states(ids), {"deposited": 3})
        self.assertEqual(len(self.simulator.control.requests("deposer_flux")), 1)

    def test_edit_during_the_creation_does_not_lose_the_answer(self):
        [move_id] = self._queued(1)
        meanwhile, done = self._meanwhile("submit_invoice", lambda: self._edit(move_id))
        with meanwhile:
            self._send()
        self.assertTrue(done)
        self.assertEqual(self._states([move_id]), {"deposited": 1})
        self.assertEqual(self._submitted(), 1)

    def test_edit_during_the_upload_only_costs_another_upload(self):
        [move_id] = self._queued(1)
        meanwhile, done = self._meanwhile("deposit_pdf", lambda: self._edit(move_id))
        with meanwhile:
            self._send()
        self.assertTrue(done)
        self.assertEqual(self._states([move_id]), {"queued": 1})
        self._send()
        self.assertEqual(self._states([move_id]), {"deposited": 1})
        self.assertEqual(self._submitted(), 1)

    def test_user_can_neither_cancel_nor_change_what_is_being_sent(self):
        [move_id] = self._queued(1)
        refused = []

        def try_to_change():
            for action in ("action_chorus_pro_cancel", "button_draft"):
                try:
                    with self._env() as env:
                        getattr(env["account.move"].browse(move_id), action)()
                except UserError:
                    refused.append(action)

        meanwhile, _done = self._meanwhile("submit_invoice", try_to_change)
        with meanwhile:
            self._send()
        self.assertEqual(refused, ["action_chorus_pro_cancel", "button_draft"])
        self.assertEqual(self._states([move_id]), {"deposited": 1})

    def test_edit_while_following_loses_no_news(self):
        ids = self._queued(3)
        self._send()
        for invoice in self.simulator.control.invoices():
            self.simulator.control.set_status(invoice["number"], "EN_COURS_ACHEMINEMENT")
        read = chorus_pro_follower.read_changes
        edited = []

        def read_then_edit(*args, **kwargs):
            for page in read(*args, **kwargs):
                self._edit(ids[0])
                edited.append(ids[0])
                yield page

        with (
            patch.object(chorus_pro_follower, "SETTLING", timedelta(seconds=-5)),
            patch.object(chorus_pro_follower, "read_changes", read_then_edit),
        ):
            self._follow()
        self.assertTrue(edited)
        self.assertEqual(self._states(ids), {"in_transit": 3})

    def test_two_clicks_at_once_queue_once(self):
        [move_id] = self._queued(1)
        with self._env() as env:
            env["account.move"].browse(move_id).action_chorus_pro_cancel()
        failures = []
        ready = threading.Barrier(2)

        def click():
            try:
                with self._env() as env:
                    move = env["account.move"].browse(move_id)
                    self.assertFalse(move._chorus_pro_alive_submission())
                    ready.wait(timeout=30)
                    move.action_chorus_pro_send()
                    env.flush_all()
            except Exception as failure:  # noqa: BLE001 (whichever it is, it must be the only one)
                failures.append(failure)

        clicks = [threading.Thread(target=click) for _n in range(2)]
        for thread in clicks:
            thread.start()
        for thread in clicks:
            thread.join()
        self.assertEqual(len(failures), 1)
        self.assertEqual(self._states([move_id]), {"queued": 1})
        self._send()
        self.assertEqual(self._submitted(), 1)
