# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What each action needs, says to Chorus Pro, and leaves on the invoice."""

from datetime import timedelta
from io import BytesIO

from pypdf import PdfReader

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common.actions import REASON, VALIDATOR, ActionsCommon
from ..common.chorus_pro import SERVICE

EITHER = "12345678200093"
WRONG_DIGIT = "12345678200052"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestCompletion(ActionsCommon):
    def _dialog(self, move, **values):
        result = move.with_user(self.accountant).action_chorus_pro_complete()
        dialog = self.env[result["res_model"]].with_user(self.accountant).browse(result["res_id"])
        dialog.write(values)
        return dialog

    def test_files_and_comment_reach_the_recipient_with_their_type(self):
        move = self._come_back("complete")
        types = self.env["chorus.pro.attachment.type"].with_user(self.accountant).search([])
        self.assertEqual(sorted(types.mapped("code")), ["AAR", "DIVERS", "RIB"])
        first, second = self._file("Bon n° 1.pdf"), self._file("Relevé.csv", b"a;b")
        dialog = self._dialog(
            move,
            comment="Voici",
            attachment_ids=[Command.set((first + second).ids)],
            attachment_type_id=types.filtered(lambda row: row.code == "RIB").id,
        )
        self.assertEqual(dialog.reason, REASON)
        dialog.action_confirm()
        self._run_sender()
        [there] = self._at_chorus(move.name)
        self.assertEqual(there["status"], "COMPLETEE")
        self.assertEqual(there["comment"], "Voici")
        self.assertEqual(len(there["attachments"]), 2)
        rows = there["request"]["pieceJointeComplementaire"]
        self.assertEqual({row["pieceJointeComplementaireType"] for row in rows}, {"RIB"})
        # They stay with the invoice, for all its readers.
        self.assertEqual(set((first + second).mapped("res_id")), {move.id})
        self.assertEqual(move.message_ids[:1].attachment_ids, first + second)

    def test_types_of_attachments_are_asked_once_a_week(self):
        self._come_back("complete")
        self._come_back("complete")
        self.assertEqual(len(self._requests("typespj")), 1)
        self.connection.attachment_types_read_at -= timedelta(days=8)
        types = self.env["chorus.pro.attachment.type"].sudo()
        types._keep("custom", {"DIVERS": "Divers", "VIEUX": "Plus proposé"})
        self._come_back("complete")
        self.assertEqual(len(self._requests("typespj")), 2)
        self.assertEqual(sorted(types.search([]).mapped("code")), ["AAR", "DIVERS", "RIB"])

    def test_comment_is_limited_and_the_limit_is_said(self):
        move = self._come_back("complete")
        dialog = self._dialog(move, comment="é" * 2001)
        self.assertIn("1 characters too many", dialog.comment_length)
        with self.assertRaisesRegex(UserError, "2001 characters"):
            dialog.action_confirm()
        dialog.comment = "é" * 2000
        self.assertIn("2000 of 2000", dialog.comment_length)
        dialog.action_confirm()
        self._run_sender()
        self.assertTrue(self._is_done_there(move, "complete"))

    def test_nothing_given_is_not_sent(self):
        dialog = self._dialog(self._come_back("complete"), comment="  ")
        with self.assertRaisesRegex(UserError, "Add the file"):
            dialog.action_confirm()

    def test_file_that_chorus_does_not_take_is_refused_at_once(self):
        move = self._come_back("complete")
        for name, content, said in (
            ("programme.exe", b"MZ", "exe"),
            ("vide.pdf", b"", "vide.pdf"),
            ("sans", b"x", "sans"),
        ):
            file = self._file(name, content)
            dialog = self._dialog(move, attachment_ids=[Command.set(file.ids)])
            with self.subTest(name=name), self.assertRaisesRegex(UserError, said):
                dialog.action_confirm()
        self.assertFalse(move.chorus_pro_submission_id.action_ids)

    def test_file_of_somebody_else_cannot_be_sent(self):
        move = self._come_back("complete")
        secret = self._file(user=self.administrator)
        with self.assertRaises(AccessError):
            self._ask(move, "complete", attachment_ids=secret.ids)

    def test_lost_upload_is_uploaded_again_and_an_answered_one_is_not(self):
        move = self._come_back("complete")
        files = self._file("a.pdf", b"%PDF-a") + self._file("b.pdf", b"%PDF-b")
        action = self._ask(move, "complete", attachment_ids=files.ids)
        self.simulator.control.fault("lost_answer", "ajouter_fichier", 1)
        self._run_sender()
        self.assertEqual(action.state, "queued")
        self._make_due(action)
        self._run_sender()
        self.assertEqual(action.state, "done", action.reason)
        self.assertEqual(len(self._requests("ajouter_fichier")), 3)
        [there] = self._at_chorus(move.name)
        self.assertEqual(len(there["attachments"]), 2)

    def test_file_that_chorus_has_lost_is_uploaded_again_once(self):
        for times, state, uploads in ((1, "done", 2), (9, "refused", 2)):
            with self.subTest(times=times):
                self.simulator.control.clear_requests()
                move = self._come_back("complete")
                self.simulator.control.fault("attachment_gone", "ajouter_fichier", times)
                action = self._do(move, "complete", attachment_ids=self._file().ids)
                self.assertEqual(action.state, state, action.reason)
                self.assertEqual(len(self._requests("ajouter_fichier")), uploads)
                self.assertEqual(len(self._requests("completer")), 2)
        self.assertIn("uploaded a second time", action.reason)

    def test_invoice_of_a_file_is_completed_too(self):
        move = self._come_back("complete")
        action = self._do(move, "complete", comment="<b>Voici</b>\nà la ligne")
        self.assertEqual(action.state, "done")
        self.assertIn("&lt;b&gt;", move.message_ids[:1].body)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestRecycling(ActionsCommon):
    def _dialog(self, move):
        result = move.with_user(self.accountant).action_chorus_pro_recycle()
        return self.env[result["res_model"]].with_user(self.accountant).browse(result["res_id"])

    def test_references_of_the_invoice_change_once_chorus_has_them(self):
        move = self._come_back("recycle")
        pdf = move.invoice_pdf_report_id
        self._ask(move, "recycle", contract_number="M-2")
        self.assertFalse(move.contract_reference)
        with self.assertRaisesRegex(UserError, "can no longer be changed"):
            move.with_user(self.accountant).contract_reference = "M-3"
        move.invalidate_recordset()
        self._run_sender()
        self.assertEqual(move.contract_reference, "M-2")
        self.assertEqual(move.invoice_pdf_report_id, pdf)
        with self.assertRaisesRegex(UserError, "can no longer be changed"):
            move.with_user(self.accountant).contract_reference = "M-3"

    def test_another_recipient_comes_with_its_service(self):
        customer = self._create_customer(SERVICE)
        move = self._come_back(
            "recycle", partner_id=customer.id, buyer_reference="SERVICE_DEST_SERV_OBL"
        )
        self.env["chorus.pro.structure"].sudo()._want("custom", EITHER, self.accountant)
        self._run(self.env.ref("l10n_fr_chorus_pro.ir_cron_directory"))
        dialog = self._dialog(move)
        self.assertEqual(dialog.old_service_code, "SERVICE_DEST_SERV_OBL")
        self.assertEqual(dialog.recipient_siret, dialog.old_recipient_siret)
        dialog.recipient_siret = "123 456 782 00093"
        self.assertEqual(
            dialog.recipient_name, "DESTINATAIRE SERVICE OU ENGAGEMENT OBLIGATOIRE"
        )
        self.assertIn("SERVICE_DEST_SERV_OBL", dialog.problems)
        dialog.service_id = dialog.open_service_ids
        self.assertFalse(dialog.problems)
        dialog.action_confirm()
        self._run_sender()
        [there] = self._at_chorus(move.name)
        self.assertEqual((there["recipient"], there["service"]), (EITHER, "SERVICE_AU_CHOIX"))
        self.assertEqual(move.buyer_reference, "SERVICE_AU_CHOIX")
        self.assertEqual(move.chorus_pro_submission_id.recipient_siret, EITHER)

    def test_unknown_recipient_is_looked_for_by_the_job(self):
        move = self._come_back("recycle")
        dialog = self._dialog(move)
        self.simulator.control.clear_requests()
        dialog.recipient_siret = SERVICE
        self.assertFalse(dialog.standing)
        dialog.action_find()
        self.assertEqual(dialog.standing, "wanted")
        self.assertFalse(self._requests("structures_rechercher"))
        self._run(self.env.ref("l10n_fr_chorus_pro.ir_cron_directory"))
        dialog.action_show()
        self.assertEqual(dialog.standing, "found")

    def test_wrong_check_digit_warns_and_is_looked_for(self):
        dialog = self._dialog(self._come_back("recycle"))
        dialog.recipient_siret = WRONG_DIGIT
        self.assertIn("check digit", dialog.problems)
        # The remedy of this very rule.
        dialog.action_find()
        self.assertEqual(dialog.standing, "wanted")
        self._run(self.env.ref("l10n_fr_chorus_pro.ir_cron_directory"))
        dialog.action_show()
        self.assertEqual(dialog.standing, "unknown")
        # What Chorus Pro says of it does not hide behind the warning.
        self.assertIn("check digit", dialog.problems)
        self.assertIn("has no structure", dialog.problems)

    def test_check_digit_of_a_siret_that_chorus_knows_is_no_problem(self):
        dialog = self._dialog(self._come_back("recycle"))
        structure = self.env["chorus.pro.structure"].sudo().create(
            {
                "environment": "custom",
                "siret": WRONG_DIGIT,
                "chorus_id": "990011",
                "name": "La Poste",
                "searched_at": fields.Datetime.now(),
            }
        )
        dialog.recipient_siret = WRONG_DIGIT
        self.assertFalse(dialog.problems)
        structure.active = False
        dialog.invalidate_recordset()
        self.assertIn("La Poste", dialog.problems)
        self.assertNotIn("check digit", dialog.problems)

    def test_siret_that_is_none_is_not_looked_for(self):
        dialog = self._dialog(self._come_back("recycle"))
        dialog.recipient_siret = "123"
        with self.assertRaisesRegex(UserError, "14 digits"):
            dialog.action_find()
        self.assertFalse(self.env["chorus.pro.structure"].sudo().search([("siret", "=", "123")]))

    def test_recycling_that_changes_nothing_is_not_sent(self):
        dialog = self._dialog(self._come_back("recycle", purchase_order_reference="EJ-1"))
        with self.assertRaisesRegex(UserError, "Nothing changes"):
            dialog.action_confirm()
        dialog.recipient_siret = "123"
        with self.assertRaisesRegex(UserError, "14 digits"):
            dialog.action_confirm()

    def test_recycled_elsewhere_after_a_lost_answer_is_not_taken_for_ours(self):
        move = self._come_back("recycle")
        self.simulator.control.fault("bad_gateway", "recycler", 1)
        action = self._do(move, "recycle")
        self.simulator.control.set_status(move.name, "DEPOSEE")
        self._make_due(action)
        self._run_sender()
        self.assertEqual(action.state, "refused")
        self.assertFalse(move.purchase_order_reference)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestOtherActions(ActionsCommon):
    def test_several_rejections_are_acknowledged_and_the_others_counted(self):
        rejected = self._come_back("acknowledge") + self._come_back("acknowledge")
        living = self._invoice()
        self._send(living)
        notice = (rejected + living).with_user(self.accountant).action_chorus_pro_acknowledge()
        self.assertIn("cannot be done about them now: 1.", notice["params"]["message"])
        self._run_sender()
        there = {invoice["number"]: invoice for invoice in self._at_chorus()}
        for move in rejected:
            self.assertTrue(there[move.name]["rejection_acknowledged"])
            self.assertFalse(move.chorus_pro_needs_action)
        self.assertFalse(there[living.name]["rejection_acknowledged"])

    def test_validator_is_written_on_the_invoice_once_chorus_has_it(self):
        first = self._create_customer("12345678200077")
        move = self._come_back("correct_validator")
        move.chorus_pro_submission_id.sudo().state = "refused"
        move.write({"chorus_pro_validator_id": first.id})
        move.chorus_pro_submission_id.sudo().state = "deposited"
        result = move.with_user(self.accountant).action_chorus_pro_correct_validator()
        dialog = self.env[result["res_model"]].with_user(self.accountant).browse(result["res_id"])
        self.assertEqual(dialog.old_validator_id, first)
        with self.assertRaisesRegex(UserError, "Choose who"):
            dialog.action_confirm()
        dialog.validator_id = self.validator
        self.assertEqual(dialog.validator_siret, VALIDATOR)
        dialog.action_confirm()
        self.assertEqual(move.chorus_pro_validator_id, first)
        self._run_sender()
        self.assertEqual(move.chorus_pro_validator_id, self.validator)
        self.assertEqual(move.chorus_pro_state, "to_validate_1")
        self.assertTrue(self._requests("corriger_valideur"))

    def test_validator_without_siret_is_refused_at_once(self):
        move = self._come_back("correct_validator")
        self.validator.company_registry = False
        with self.assertRaisesRegex(UserError, "14 digits"):
            self._ask(move, "correct_validator")

    def test_pdf_of_chorus_is_kept_among_the_files_once(self):
        move = self._invoice()
        self._send(move)
        action = self._do(move, "retrieve")
        self.assertEqual(action.state, "done", action.reason)
        [file] = move.message_ids[:1].attachment_ids
        self.assertEqual(file.raw[:5], b"%PDF-")
        self.assertEqual((file.res_model, file.res_id), ("account.move", move.id))
        self._do(move, "retrieve")
        self.assertEqual(move.message_ids[:1].attachment_ids, file)

    def test_pdf_that_did_not_come_is_asked_again(self):
        move = self._invoice()
        self._send(move)
        self.simulator.control.fault("rate_limited", "telecharger_groupe", 1)
        action = self._do(move, "retrieve")
        self.assertEqual(action.state, "queued")
        self._make_due(action)
        self._run_sender()
        self.assertEqual(action.state, "done", action.reason)

    def test_pdf_that_chorus_does_not_give_is_told(self):
        move = self._invoice()
        with self.assertRaisesRegex(UserError, "was not sent"):
            self._ask(move, "retrieve")
        submission = self._send(move)
        submission.sudo().chorus_invoice_id = "1"
        action = self._do(move, "retrieve")
        self.assertEqual(action.state, "refused")
        self.assertIn("GDP_MSG", action.reason)

    def test_proof_is_one_page_of_pdf(self):
        submission = self._send(self._invoice())
        reports = self.env["ir.actions.report"].with_user(self.accountant)
        pdf, _type = reports.with_context(force_report_rendering=True)._render_qweb_pdf(
            "l10n_fr_chorus_pro.report_proof", submission.ids
        )
        self.assertEqual(len(PdfReader(BytesIO(pdf)).pages), 1)

    def test_proof_tells_what_was_deposited_when_and_where(self):
        move = self._invoice()
        submission = self._send(move)
        submission.sudo().certificate_fingerprint = "AB:CD"
        self.accountant.tz = "Asia/Tokyo"
        mine = move.with_user(self.accountant)
        result = mine.action_chorus_pro_proof()
        self.assertEqual(result["report_name"], "l10n_fr_chorus_pro.report_proof")
        html, _type = self.env["ir.actions.report"].with_user(self.accountant)._render_qweb_html(
            result["report_name"], submission.ids
        )
        text = html.decode()
        [there] = self._at_chorus(move.name)
        for told in (
            move.name,
            submission.chorus_invoice_id,
            there["sha256"],
            there["recipient"],
            "Custom",
            "AB:CD",
            "(Asia/Tokyo)",
            "not a deposit on the production platform",
        ):
            self.assertIn(told, text)
        with self.assertRaisesRegex(UserError, "was not sent"):
            self._invoice().with_user(self.accountant).action_chorus_pro_proof()
