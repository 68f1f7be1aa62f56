# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Every fault that the simulated Chorus Pro knows, once through the ORM."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from ...choruspro.transport import HttpTransport
from ...simulator.world.faults import API_FAULTS
from ..common.chorus_pro import ChorusProCommon
from ..common.faults import ANY_DEPOSIT, FLOW_FAULTS

# What a fault while the invoice is created leaves, and whether Chorus Pro has the invoice then.
WHILE_CREATING = ANY_DEPOSIT | {"duplicate_deposit": ("uncertain", False)}
# What a fault while the PDF is uploaded leaves: never a doubt, a file is not an invoice.
WHILE_UPLOADING = {
    "connection_refused_like": "queued",
    "rate_limited": "queued",
    "bad_gateway": "queued",
    "maintenance_page": "queued",
    "lost_answer": "queued",
    "bad_gateway_after": "queued",
    "truncated_json": "queued",
    "half_answer": "queued",
    "unauthorized_once": "deposited",
    "slow": "deposited",
}
ELSEWHERE = {
    # The upload goes well, the creation is refused then: see below
    "attachment_gone",
    "unknown_status",
    "status_going_back",
    "missing_page",
    "spurious_invalid_client",
    "odd_text",
}


@tagged("post_install_l10n", "post_install", "-at_install")
class TestFailures(ChorusProCommon):
    def test_every_fault_of_the_simulator_is_tried(self):
        tried = WHILE_CREATING.keys() | WHILE_UPLOADING.keys() | ELSEWHERE | FLOW_FAULTS
        self.assertEqual(tried, API_FAULTS.keys())

    def test_fault_while_creating_never_creates_a_second_invoice(self):
        for fault, (state, is_there) in WHILE_CREATING.items():
            with self.subTest(fault=fault):
                self._fresh_chorus()
                self._break(fault, "soumettre")
                move = self._invoice()
                submission = self._send(move)
                self.assertEqual(submission.state, state, submission.reason)
                self.assertEqual(len(self._at_chorus(move.name)), int(is_there))
                self.assertEqual(bool(submission.reason), state != "deposited")
                self._settle(submission)
                self.assertEqual(submission.state, "deposited", submission.reason)
                self.assertEqual(len(self._at_chorus(move.name)), 1)

    def test_fault_while_uploading_is_tried_again(self):
        for fault, state in WHILE_UPLOADING.items():
            with self.subTest(fault=fault):
                self._fresh_chorus()
                self._break(fault, "deposer_pdf")
                move = self._invoice()
                submission = self._send(move)
                self.assertEqual(submission.state, state, submission.reason)
                self._settle(submission)
                self.assertEqual(submission.state, "deposited", submission.reason)
                self.assertEqual(len(self._at_chorus(move.name)), 1)

    def test_file_that_is_gone_is_uploaded_again_once(self):
        for operation in ("deposer_pdf", "ajouter_fichier"):
            with self.subTest(operation=operation):
                self._fresh_chorus()
                self._break("attachment_gone", operation)
                move = self._with_file()
                submission = self._send(move)
                self.assertEqual(submission.state, "deposited", submission.reason)
                self.assertEqual(len(self._at_chorus(move.name)), 1)
                for again in ("deposer_pdf", "ajouter_fichier", "soumettre"):
                    self.assertEqual(len(self._requests(again)), 2, again)

    def test_file_that_is_gone_again_and_again_is_told(self):
        self.simulator.control.fault("attachment_gone", "deposer_pdf", 9)
        move = self._with_file()
        submission = self._send(move)
        self.assertEqual(submission.state, "refused")
        self.assertIn("uploaded a second time", submission.reason)
        self.assertIn("n'existe pas", submission.reason)
        self.assertEqual(len(self._requests("soumettre")), 2)
        self._fresh_chorus()
        self._send(move)
        self.assertEqual(move.chorus_pro_state, "deposited", "a new one begins anew")

    def _with_file(self):
        move = self._invoice()
        mine = move.with_user(self.accountant)
        file = mine.env["ir.attachment"].create({"name": "bon.pdf", "raw": b"%PDF-1.4 x"})
        mine.chorus_pro_attachment_ids = [Command.set(file.ids)]
        self._archive(move)
        return move

    def test_spurious_refusal_of_the_token_is_not_shown(self):
        self.simulator.control.fault("spurious_invalid_client", "token", 1)
        self.assertEqual(self._send(self._invoice()).state, "deposited")
        self.assertEqual(len(self._requests("token")), 2)

    def test_uncertain_invoice_is_found_by_its_number_and_adopted(self):
        move = self._invoice()
        self._break("lost_answer", "soumettre")
        submission = self._send(move)
        self.assertEqual(submission.state, "uncertain")
        self._make_due(submission)
        self._run_sender()
        self.assertEqual(submission.state, "deposited")
        [at_chorus] = self._at_chorus(move.name)
        self.assertEqual(submission.chorus_invoice_id, str(at_chorus["invoice_id"]))
        self.assertEqual(len(self._requests("soumettre")), 1)

    def test_lost_answer_is_not_resent(self):
        self._break("bad_gateway", "soumettre")
        submission = self._send(self._invoice())
        for _try in range(3):
            self._make_due(submission)
            self._run_sender()
        self.assertEqual(submission.state, "uncertain")
        self.assertEqual(submission.lookups, 3)
        self.assertEqual(len(self._requests("soumettre")), 1)

    def test_not_found_after_patience_is_sent_once_more(self):
        self._break("bad_gateway", "soumettre")
        submission = self._send(self._invoice())
        submission.sudo().missing_since = fields.Datetime.now() - timedelta(minutes=31)
        self._make_due(submission)
        self._run_sender()
        self.assertEqual(submission.state, "queued")
        self._run_sender()
        self.assertEqual(submission.state, "deposited")
        self.assertEqual(len(self._requests("soumettre")), 2)

    def test_number_that_chorus_says_it_has_is_never_sent_again(self):
        for fault in ("duplicate_deposit", "half_answer"):
            with self.subTest(fault=fault):
                self._fresh_chorus()
                self._break(fault, "soumettre")
                submission = self._send(self._invoice())
                submission.sudo().missing_since = fields.Datetime.now() - timedelta(days=2)
                submission.sudo().name = "NOT-SHOWN"
                self._make_due(submission)
                self._run_sender()
                self.assertEqual(submission.state, "uncertain")
                self.assertTrue(submission.needs_decision)
                self.assertEqual(len(self._requests("soumettre")), 1)

    def test_look_up_that_fails_keeps_what_chorus_said(self):
        self.simulator.control.fault("half_answer", "soumettre", 1)
        submission = self._send(self._invoice())
        said = submission.reason
        self.assertTrue(submission.is_said_known and said)
        # More often than a reading is tried again within one call
        self.simulator.control.fault("bad_gateway", "rechercher_fournisseur", 5)
        self._make_due(submission)
        self._run_sender()
        self.assertEqual((submission.lookups, submission.reason), (1, said))

    def test_number_used_for_another_invoice_waits_for_a_person(self):
        move = self._invoice()
        self.simulator.control.fault("duplicate_deposit", "soumettre", 1)
        submission = self._send(move)
        self._plant_stranger(move)
        self._make_due(submission)
        self._run_sender()
        self.assertEqual(submission.state, "uncertain")
        self.assertTrue(submission.needs_decision)
        self.assertTrue(move.chorus_pro_needs_action)
        self.assertIn("999", submission.reason)
        self._make_due(submission)
        self._run_sender()
        self.assertEqual(submission.lookups, 0)
        move.with_user(self.manager).action_chorus_pro_give_up()
        self.assertEqual(move.chorus_pro_state, "refused")

    def test_platform_down_keeps_every_invoice_in_the_queue(self):
        moves = self.env["account.move"].concat(*(self._invoice() for _n in range(3)))
        self.assertEqual(len(moves), 3)
        self.connection.write(
            {"custom_api_url": "http://127.0.0.1:9/cpro/", **self._typed_again()}
        )
        submissions = self._send(moves)
        self.assertEqual(set(submissions.mapped("state")), {"queued"})
        self.assertTrue(all(moves.mapped("chorus_pro_trouble")))
        now = fields.Datetime.now()
        self.assertTrue(all(move.chorus_pro_next_try > now for move in moves))

    def test_wrong_secret_stops_the_connection_and_says_so(self):
        self.connection.piste_client_secret = "wrong"
        submission = self._send(self._invoice())
        self.assertEqual(submission.state, "queued")
        self.assertIn("PISTE", submission.reason)
        self.assertIn("PISTE", self.connection.trouble)
        self.connection.piste_client_secret = self.credentials["client_secret"]
        self._make_due(submission)
        self._run_sender()
        self.assertEqual(submission.state, "deposited")
        self.assertFalse(self.connection.trouble)

    def test_wrong_technical_account_says_so(self):
        self.connection.technical_password = "wrong"
        submission = self._send(self._invoice())
        self.assertEqual(submission.state, "queued")
        self.assertIn("technical account", submission.reason)

    def test_useless_calls_are_not_repeated_for_each_invoice(self):
        for mistake, operation in (
            ({"technical_password": "wrong"}, "structures_rechercher"),
            ({"piste_client_secret": "wrong"}, "token"),
        ):
            with self.subTest(mistake=mistake):
                self._fresh_chorus()
                self.connection.supplier_structure_id = False
                moves = self.env["account.move"].concat(*(self._invoice() for _n in range(4)))
                self.connection.write(mistake)
                submissions = self._send(moves)
                self.assertEqual(set(submissions.mapped("state")), {"queued"})
                self.assertTrue(all(moves.mapped("chorus_pro_trouble")))
                one_row = 3 if operation == "token" else 2
                self.assertLessEqual(len(self._requests(operation)), one_row)
                self.connection.write(
                    {
                        "technical_password": self.credentials["password"],
                        "piste_client_secret": self.credentials["client_secret"],
                    }
                )

    def test_refusal_after_a_lost_answer_is_looked_up(self):
        move = self._invoice()
        self._break("lost_answer", "soumettre")
        submission = self._send(move)
        self.assertTrue(submission.was_uncertain)
        submission.sudo().write({"state": "queued"})
        self.simulator.control.switch(duplicate_code=20399)
        self._make_due(submission)
        self._run_sender()
        self.assertEqual(submission.state, "uncertain")
        self._make_due(submission)
        self._run_sender()
        self.assertEqual(submission.state, "deposited")
        self.assertEqual(len(self._at_chorus(move.name)), 1)

    def test_adoption_compares_with_what_was_sent(self):
        rounding = self._cash_rounding()
        move = self._invoice([(10.01, None)], invoice_cash_rounding_id=rounding.id)
        self._break("lost_answer", "soumettre")
        submission = self._send(move)
        self.customer.company_registry = "12345678200036"
        self._make_due(submission)
        self._run_sender()
        self.assertEqual(submission.state, "deposited", submission.reason)

    def test_invoice_changed_since_it_was_queued_is_not_sent(self):
        move = self._invoice()
        move.with_user(self.accountant).action_chorus_pro_send()
        move.with_user(self.accountant).write({"state": "draft"})
        self._run_sender()
        self.assertEqual(move.chorus_pro_state, "refused")
        self.assertFalse(self._requests("deposer_pdf"))

    def test_pdf_that_cannot_be_made_is_tried_again(self):
        move = self._invoice(pdf=False)
        with patch.object(
            type(move), "_chorus_pro_archive_pdf", side_effect=UserError("wkhtmltopdf failed")
        ):
            submission = self._send(move)
        self.assertEqual(submission.state, "queued")
        self.assertIn("wkhtmltopdf", submission.reason)

    def test_unexpected_error_does_not_stop_the_others(self):
        first, second = self._invoice(), self._invoice()
        document = type(self.env["account.move"])._chorus_pro_submission_message

        def broken(move, session):
            if move == first:
                raise ZeroDivisionError
            return document(move, session)

        with (
            patch.object(type(first), "_chorus_pro_submission_message", broken),
            self.assertLogs("odoo.addons.l10n_fr_chorus_pro.models.session.row_guard", "ERROR"),
        ):
            self._send(first + second)
        self.assertEqual(first.chorus_pro_state, "queued")
        self.assertTrue(first.chorus_pro_reason)
        self.assertGreater(first.chorus_pro_next_try, fields.Datetime.now())
        self.assertEqual(second.chorus_pro_state, "deposited")

    def test_pdf_that_is_no_pdf_or_too_large_is_refused_before_leaving(self):
        for content, word in (
            (b"<html>", "not a PDF"),
            (b"%PDF-" + b"0" * 10_000_001, "weighs"),
        ):
            with self.subTest(word=word):
                move = self._invoice(pdf=False)
                self._archive(move, content)
                self.assertEqual(self._send(move).state, "refused")
                self.assertIn(word, move.chorus_pro_reason)
                self.assertFalse(self._requests("deposer_pdf"))

    def test_empty_pdf_is_refused_before_leaving(self):
        move = self._invoice(pdf=False)
        self._archive(move, b"%PDF-")
        with patch.object(type(move.invoice_pdf_report_id), "raw", b""):
            self.assertEqual(self._send(move).state, "refused")
        self.assertIn("empty", move.chorus_pro_reason)
        self.assertFalse(self._requests("deposer_pdf"))

    def _break(self, fault, operation):
        options = {"seconds": 0.05} if fault == "slow" else {}
        self.simulator.control.fault(fault, operation, 1, **options)

    def _settle(self, submission):
        """Run the job until the row rests, as time would."""
        for _run in range(4):
            if submission.state == "uncertain" and not submission.needs_decision:
                submission.sudo().missing_since = fields.Datetime.now() - timedelta(hours=1)
                # The duplicate was a fault: the number is free.
                submission.sudo().is_said_known = False
            self._make_due(submission.filtered(lambda s: s.state in ("queued", "uncertain")))
            self._run_sender()

    def _plant_stranger(self, move):
        """Another invoice of ours with the number of ``move`` at Chorus Pro."""
        [number] = self.simulator.control.seed(count=1, prefix="OTHER-", total=999)
        self.env.flush_all()
        move.chorus_pro_submission_id.sudo().name = number


@tagged("post_install_l10n", "post_install", "-at_install")
class TestTransportIsReal(ChorusProCommon):
    def test_odoo_speaks_through_the_real_client(self):
        sent = []
        send = HttpTransport.send

        def spy(transport, operation, *args, **kwargs):
            sent.append(operation.key)
            return send(transport, operation, *args, **kwargs)

        with patch.object(HttpTransport, "send", spy):
            self._send(self._invoice())
        self.assertEqual(
            sent,
            [
                "token",
                "tauxtva",
                "coordbanc_valides",
                "structures_rechercher",
                "structures_consulter",
                "structures_rechercher_services",
                "deposer_pdf",
                "soumettre",
            ],
        )
