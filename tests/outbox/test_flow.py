# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import hashlib
import io
import tarfile
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ...choruspro.client import ChorusProClient
from ..common.chorus_pro import ENGAGEMENT, SERVICE
from ..common.flow import FlowCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestFlow(FlowCommon):
    """Invoices deposited as files: Factur-X, CII, UBL, alone and together."""

    def test_single_invoice_is_deposited_as_its_own_document_and_integrated(self):
        move = self._invoice()
        flow = self._deposit(move)
        self.assertEqual(flow.state, "deposited", flow.reason)
        self.assertTrue(flow.name.startswith("CPP"))
        self.assertEqual(flow.invoice_count, 1)
        self.assertEqual(move.chorus_pro_state, "deposited")
        self.assertFalse(move.chorus_pro_invoice_id)
        self._judge(flow)
        self.assertEqual(flow.state, "integrated", flow.report)
        [at_chorus] = self._at_chorus(move.name)
        self.assertEqual(move.chorus_pro_invoice_id, str(at_chorus["invoice_id"]))
        self.assertEqual(len(self._requests("deposer_flux")), 1)

    def test_each_format_is_integrated(self):
        for document_format in ("facturx", "cii", "ubl"):
            with self.subTest(format=document_format):
                move = self._invoice(chorus_pro_format=document_format)
                flow = self._deposit(move)
                self.assertEqual(flow.document_format, document_format)
                self._judge(flow)
                self.assertEqual(flow.state, "integrated", flow.report)
                self.assertEqual(len(self._at_chorus(move.name)), 1)

    def test_many_invoices_travel_in_one_archive(self):
        moves = self._invoice() + self._invoice() + self._invoice()
        flow = self._deposit(moves)
        self.assertEqual(len(flow), 1)
        self.assertEqual(flow.invoice_count, 3)
        with tarfile.open(fileobj=io.BytesIO(self._content(flow)), mode="r:gz") as archive:
            names = archive.getnames()
        self.assertEqual(len(names), 3)
        self._judge(flow)
        self.assertEqual(set(flow.submission_ids.mapped("state")), {"deposited"})
        self.assertEqual(len(set(moves.mapped("chorus_pro_invoice_id"))), 3)
        self.assertEqual(len(self._requests("deposer_flux")), 1)
        self.assertFalse(flow.content, "the bytes are not needed any longer")

    def test_archive_is_bounded_in_number(self):
        self.connection.flow_most = 2
        moves = self._invoice() + self._invoice() + self._invoice()
        flows = self._deposit(moves)
        self.assertEqual(sorted(flows.mapped("invoice_count")), [1, 2])

    def test_archived_pdf_is_deposited_to_the_byte(self):
        move = self._invoice(pdf=False)
        self._archive(move, move._chorus_pro_render("facturx"))
        archived = move.invoice_pdf_report_id.raw
        self._deposit(move)
        submission = move.chorus_pro_submission_ids
        self.assertEqual(submission.sha256, hashlib.sha256(archived).hexdigest())
        self.assertEqual(self.simulator.control.flows()[0]["sha256"], submission.sha256)

    def test_refused_invoice_of_an_archive_is_corrected_and_sent_again(self):
        # What we check beforehand is not all that Chorus Pro checks: as if ours had been passed.
        good = self._invoice()
        bad = self._invoice(partner_id=self._create_customer(SERVICE).id)
        with patch(
            "odoo.addons.l10n_fr_chorus_pro.models.outbox.sender.SendingSession"
            ".recipient_problems",
            return_value=[],
        ) as unchecked:
            flow = self._deposit(good + bad)
        self.assertTrue(unchecked.called)
        self._judge(flow)
        self.assertEqual(flow.state, "partial", flow.report)
        self.assertTrue(good.chorus_pro_invoice_id)
        self.assertEqual(bad.chorus_pro_state, "refused")
        self.assertTrue(bad.chorus_pro_needs_action)
        # Chorus Pro names the element of the service code only.
        self.assertIn("BuyerReference", bad.chorus_pro_reason)
        bad.with_user(self.accountant).buyer_reference = "SERVICE_DEST_SERV_OBL"
        self._archive(bad)
        again = self._deposit(bad) - flow
        self._judge(again)
        self.assertTrue(bad.chorus_pro_invoice_id, bad.chorus_pro_reason)
        self.assertEqual(len(self._at_chorus(bad.name)), 1)

    def test_refused_invoice_goes_as_pdf_in_one_click(self):
        move = self._invoice()
        flow = self._deposit(move)
        flow.submission_ids.sudo()._refuse("whatever")
        self.assertEqual(move.chorus_pro_sent_format, "facturx")
        move.with_user(self.accountant).action_chorus_pro_send_as_pdf()
        self._run_sender()
        self.assertEqual(move.chorus_pro_sent_format, "pdf")
        self.assertTrue(move.chorus_pro_invoice_id)

    def test_corrected_reference_makes_a_new_document_and_keeps_the_earlier_one(self):
        move = self._invoice()
        before = move.invoice_pdf_report_id
        move.with_user(self.accountant).purchase_order_reference = "EJ-2026-1"
        self.assertFalse(move.invoice_pdf_report_id)
        self.assertTrue(before.exists())
        self.assertFalse(before.res_field)

    def test_reference_of_an_invoice_that_left_cannot_be_changed(self):
        move = self._invoice()
        self._deposit(move)
        before = move.invoice_pdf_report_id
        with self.assertRaisesRegex(UserError, move.name):
            move.with_user(self.accountant).purchase_order_reference = "EJ-2026-1"
        self.assertEqual(move.invoice_pdf_report_id, before)

    def test_report_is_polled_until_the_end_and_a_late_one_says_so(self):
        move = self._invoice()
        flow = self._deposit(move)
        self._ask(flow)
        self.assertEqual((flow.state, flow.polls, flow.reason), ("deposited", 1, False))
        flow.sudo().polls = 40
        self._ask(flow)
        self.assertIn(flow.name, flow.reason)
        self.assertIn(flow.name, move.chorus_pro_reason)
        self._judge(flow)
        self.assertEqual(flow.state, "integrated")
        self.assertFalse(move.chorus_pro_reason)

    def test_report_of_chorus_is_kept_as_pdf_when_there_is_one(self):
        for kind, is_kept in (("pdf", True), ("refused", False)):
            with self.subTest(kind=kind):
                self.simulator.control.switch(facturx_report=kind)
                flow = self._deposit(self._invoice())
                self._judge(flow)
                self.assertEqual(flow.state, "integrated")
                self.assertEqual(bool(flow.report_pdf), is_kept)

    def test_platform_that_forgot_the_flow_raises_nothing_and_is_told_in_the_end(self):
        move = self._invoice()
        flow = self._deposit(move)
        self._fresh_chorus()
        self._ask(flow)
        self.assertEqual((flow.state, flow.reason), ("deposited", False))
        flow.sudo().polls = 40
        self._ask(flow)
        self.assertIn(flow.name, flow.reason)

    def test_incident_is_told_and_the_invoice_can_be_sent_again(self):
        self.simulator.control.fault("flow_incident", "deposer_flux", 1)
        move = self._invoice()
        flow = self._deposit(move)
        self._judge(flow)
        self.assertEqual((flow.state, move.chorus_pro_state), ("failed", "refused"))
        self.assertIn("incident", move.chorus_pro_reason)
        again = self._deposit(move) - flow
        self._judge(again)
        self.assertEqual(again.state, "integrated")

    def test_lost_answer_is_not_resent_and_the_flow_is_found(self):
        self.simulator.control.fault("lost_answer", "deposer_flux", 1)
        moves = self._invoice() + self._invoice()
        flow = self._deposit(moves)
        self.assertEqual(flow.state, "uncertain", flow.reason)
        self.assertEqual(set(moves.mapped("chorus_pro_state")), {"uncertain"})
        self._ask(flow)
        self.assertEqual((flow.state, flow.lookups), ("uncertain", 1))
        self.simulator.control.advance(240)
        self._ask(flow)
        self.assertEqual(flow.state, "deposited")
        self._ask(flow)
        self.assertEqual(flow.state, "integrated")
        self.assertEqual(len(self._requests("deposer_flux")), 1)
        self.assertEqual(len(set(moves.mapped("chorus_pro_invoice_id"))), 2)

    def test_flow_that_never_arrived_is_sent_again_with_the_same_bytes_after_patience(self):
        self.simulator.control.fault("bad_gateway", "deposer_flux", 1)
        move = self._invoice()
        flow = self._deposit(move)
        digest = flow.sha256
        self._age(flow, hours=23)
        self._ask(flow)
        self.assertEqual(flow.state, "uncertain")
        self._age(flow, hours=25)
        self._ask(flow)
        self.assertEqual(flow.state, "queued")
        self._ask(flow)
        self.assertEqual((flow.state, flow.sha256), ("deposited", digest))
        self.assertEqual(self.simulator.control.flows()[0]["sha256"], digest)
        self._judge(flow)
        self.assertEqual(len(self._at_chorus(move.name)), 1)

    def test_nothing_delivered_keeps_the_bytes_for_the_next_try(self):
        self.simulator.control.fault("rate_limited", "deposer_flux", 1)
        move = self._invoice()
        flow = self._deposit(move)
        self.assertEqual((flow.state, move.chorus_pro_state), ("queued", "queued"))
        self._ask(flow)
        self.assertEqual(flow.state, "deposited")

    def test_invoice_taken_out_of_a_waiting_flow_dissolves_it(self):
        self.simulator.control.fault("rate_limited", "deposer_flux", 1)
        stays, leaves = self._invoice(), self._invoice()
        flow = self._deposit(stays + leaves)
        leaves.with_user(self.accountant).action_chorus_pro_cancel()
        self._ask(flow)
        self.assertEqual(flow.state, "dissolved")
        self._make_due(stays.chorus_pro_submission_ids)
        self._run_sender()
        self.assertEqual(stays.chorus_pro_state, "deposited")
        self.assertEqual(leaves.chorus_pro_state, "cancelled")
        [deposited] = self.simulator.control.flows()
        self.assertNotEqual(deposited["sha256"], flow.sha256)

    def test_whole_rejection_accuses_one_and_sends_the_others_again(self):
        good, bad = self._invoice(), self._invoice()
        render = type(good)._chorus_pro_render

        def broken(move, document_format, invoice):
            content = render(move, document_format, invoice)
            return content.replace(b"%PDF-", b"%XXX-") if move == bad else content

        with patch.object(type(good), "_chorus_pro_render", broken):
            flow = self._deposit(good + bad)
        self._judge(flow)
        self.assertEqual(flow.state, "rejected")
        self.assertEqual(bad.chorus_pro_state, "refused")
        again = good.chorus_pro_submission_ids.flow_id
        if not again:
            self._run_sender()
            again = good.chorus_pro_submission_ids.flow_id
        self._judge(again)
        self.assertTrue(good.chorus_pro_invoice_id, good.chorus_pro_reason)

    def test_duplicate_in_a_report_is_looked_up_not_refused(self):
        move = self._invoice(chorus_pro_format="pdf")
        self._send(move)
        row = move.chorus_pro_submission_ids.sudo()
        # Odoo forgot it, as a database restored from the day before.
        row.write({"state": "cancelled", "chorus_invoice_id": False})
        move.chorus_pro_format = "facturx"
        flow = self._deposit(move)
        self._judge(flow)
        newest = move.chorus_pro_submission_id
        self.assertEqual(newest.state, "uncertain", newest.reason)
        self._make_due(newest)
        self._run_sender()
        self.assertEqual(newest.state, "deposited")
        self.assertEqual(len(self._at_chorus(move.name)), 1)

    def test_document_too_large_is_offered_as_pdf(self):
        move = self._invoice()
        with patch.object(
            type(move), "_chorus_pro_render", return_value=b"%PDF-" + b"x" * 10_000_001
        ) as rendered:
            self._send(move)
        self.assertTrue(rendered.called)
        self.assertEqual(move.chorus_pro_state, "refused")
        self.assertIn("Send it as PDF", move.chorus_pro_reason)

    def test_bytes_that_are_gone_are_made_again(self):
        self.simulator.control.fault("rate_limited", "deposer_flux", 1)
        move = self._invoice()
        flow = self._deposit(move)
        flow.sudo().content = False
        self._ask(flow)
        self.assertEqual(flow.state, "dissolved")
        self._make_due(move.chorus_pro_submission_ids)
        self._run_sender()
        self.assertEqual(move.chorus_pro_state, "deposited")

    def test_attachments_go_with_the_invoice_in_every_format(self):
        for document_format in ("facturx", "cii", "ubl", "pdf"):
            with self.subTest(format=document_format):
                move = self._invoice(chorus_pro_format=document_format)
                mine = move.with_user(self.accountant)
                file = mine.env["ir.attachment"].create({"name": "bon.pdf", "raw": b"%PDF-1.4 x"})
                mine.chorus_pro_attachment_ids = [Command.set(file.ids)]
                self._archive(move)
                before = len(self._requests("ajouter_fichier"))
                self._send(move)
                if document_format == "pdf":
                    self.assertEqual(len(self._requests("ajouter_fichier")), before + 1)
                else:
                    self._judge(move.chorus_pro_submission_ids.flow_id)
                self.assertTrue(move.chorus_pro_invoice_id, move.chorus_pro_reason)

    def test_flows_of_another_company_cannot_be_read(self):
        move = self._invoice()
        flow = self._deposit(move)
        self.assertTrue(flow.with_user(self.accountant).name)
        company = self.env["res.company"].create({"name": "Autre"})
        self.accountant.write({"company_ids": [Command.set(company.ids)], "company_id": company.id})
        with self.assertRaises(AccessError):
            flow.with_user(self.accountant).with_company(company).read(["name"])

    def test_sent_flow_cannot_be_deleted(self):
        flow = self._deposit(self._invoice())
        with self.assertRaisesRegex(UserError, "evidence"):
            flow.sudo().unlink()

    def test_framework_of_a_subcontractor_goes_as_pdf_with_its_validator(self):
        validator = self._create_customer(ENGAGEMENT)
        move = self._invoice(chorus_pro_billing_framework="A9")
        with self.assertRaisesRegex(UserError, "PDF format only"):
            move.with_user(self.accountant).action_chorus_pro_send()
        move.chorus_pro_format = "pdf"
        with self.assertRaisesRegex(UserError, "SIRET of the validator"):
            move.with_user(self.accountant).action_chorus_pro_send()
        move.chorus_pro_validator_id = validator
        self._archive(move)
        self._send(move)
        self.assertTrue(move.chorus_pro_invoice_id, move.chorus_pro_reason)

    def test_five_hundred_histories_are_not_asked_when_a_flow_is_integrated(self):
        flow = self._deposit(self._invoice() + self._invoice())
        with patch.object(ChorusProClient, "read_history") as asked:
            self._judge(flow)
        asked.assert_not_called()
        self.assertFalse(any(flow.submission_ids.mapped("history_wanted")))

    def _content(self, flow):
        attachment = self.env["ir.attachment"].sudo().search(
            [("res_model", "=", flow._name), ("res_id", "=", flow.id),
             ("res_field", "=", "content")])
        return attachment.raw
