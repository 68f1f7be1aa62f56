# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Every fault of the simulated Chorus Pro while a file is deposited, judged, looked up; and a
sender that dies between any two steps of it."""

from odoo.tests import tagged

from ...choruspro.client import ChorusProClient
from ..common.faults import WHILE_ASKING, WHILE_DEPOSITING
from ..common.flow import JUDGED, FlowCommon
from ..common.killing import Killing


@tagged("post_install_l10n", "post_install", "-at_install")
class TestFlowFailures(Killing, FlowCommon):
    def _break(self, fault, operation, times=1):
        options = {"seconds": 0.05} if fault == "slow" else {}
        self.simulator.control.fault(fault, operation, times, **options)

    def _settle(self, move):
        """Run the job until the invoice rests, as a week would."""
        for _run in range(8):
            row = move.chorus_pro_submission_id
            if row.chorus_invoice_id or row.state == "refused":
                return
            self.simulator.control.advance(JUDGED)
            self._age(row.flow_id, hours=25)
            row.sudo().next_try = False
            self._ask(row.flow_id)

    def test_fault_while_depositing_never_creates_a_second_invoice(self):
        for fault, (state, is_there) in WHILE_DEPOSITING.items():
            with self.subTest(fault=fault):
                self._fresh_chorus()
                self._break(fault, "deposer_flux")
                move = self._invoice()
                flow = self._deposit(move)
                self.assertEqual(flow.state, state, flow.reason)
                self.assertEqual(len(self.simulator.control.flows()), int(is_there))
                self.assertEqual(bool(flow.reason), state != "deposited")
                self._settle(move)
                if fault == "flow_incident":
                    self.assertEqual(move.chorus_pro_state, "refused")
                    self._deposit(move)
                    self._settle(move)
                self.assertTrue(move.chorus_pro_invoice_id, move.chorus_pro_reason)
                self.assertEqual(len(self._at_chorus(move.name)), 1)

    def test_fault_while_asking_loses_nothing(self):
        for operation in ("consulter_cr_detaille", "rechercher_fournisseur"):
            for fault in WHILE_ASKING:
                with self.subTest(fault=fault, operation=operation):
                    self._fresh_chorus()
                    move = self._invoice()
                    flow = self._deposit(move)
                    self._break(fault, operation, times=2)
                    self._judge(flow)
                    self.assertIn(flow.state, ("deposited", "integrated"), flow.reason)
                    self._settle(move)
                    self.assertEqual(flow.state, "integrated", flow.reason)
                    self.assertEqual(len(self._at_chorus(move.name)), 1)

    def test_kill_between_any_two_steps_never_loses_nor_doubles(self):
        rows = type(self.env["chorus.pro.submission"])
        flows = type(self.env["chorus.pro.flow"])
        steps = [
            (rows, "_prepare", False),
            (rows, "_archived_pdf", True),
            (rows, "_ready", False),
            (rows, "_ready", True),
            (rows, "_assemble", False),
            (rows, "_fill", False),
            (rows, "_fill", True),
            (flows, "_start", False),
            (flows, "_start", True),
            (flows, "_commit_and_relock", False),
            (flows, "_commit_and_relock", True),
            (ChorusProClient, "deposit_flow", False),
            (ChorusProClient, "deposit_flow", True),
            (flows, "_taken", False),
            (flows, "_taken", True),
            (flows, "_write_down", False),
        ]
        for step in steps:
            with self._killed_at(*step) as move:
                self.assertIn(move.chorus_pro_state, ("queued", "sending"))
                self._settle(move)
                self.assertTrue(move.chorus_pro_invoice_id, move.chorus_pro_reason)
                self.assertEqual(len(self._at_chorus(move.name)), 1)

    def test_kill_while_the_report_is_read_reads_it_again(self):
        flows = type(self.env["chorus.pro.flow"])
        rows = type(self.env["chorus.pro.submission"])
        for owner, name, after in (
            (ChorusProClient, "read_flow_report", True),
            (flows, "_take_integrated", False),
            (rows, "_deposit_found", True),
            (flows, "_end", True),
        ):
            with self.subTest(step=name):
                self._fresh_chorus()
                move = self._invoice()
                flow = self._deposit(move)
                self.simulator.control.advance(JUDGED)
                self._make_due(flow)
                killer, calls = self._kill(owner, name, after=after)
                with killer:
                    self._die_in_the_job()
                self.assertEqual(calls, [name])
                self.assertEqual(flow.state, "deposited")
                self._ask(flow)
                self.assertEqual(flow.state, "integrated")
