# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import hashlib

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common.chorus_pro import BOTH, ENGAGEMENT, SERVICE, ChorusProCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestSend(ChorusProCommon):
    def test_click_only_queues_and_calls_nobody(self):
        move = self._invoice()
        action = move.with_user(self.accountant).action_chorus_pro_send()
        self.assertEqual(action["tag"], "display_notification")
        self.assertEqual(move.chorus_pro_state, "queued")
        self.assertFalse(self._requests())

    def test_job_deposits_the_archived_pdf_and_creates_the_invoice(self):
        move = self._invoice(partner_bank_id=self.bank.id)
        submission = self._send(move)
        self.assertEqual(submission.state, "deposited")
        self.assertEqual(move.chorus_pro_state, "deposited")
        [at_chorus] = self._at_chorus(move.name)
        self.assertEqual(submission.chorus_invoice_id, str(at_chorus["invoice_id"]))
        digest = hashlib.sha256(move.invoice_pdf_report_id.raw).hexdigest()
        self.assertEqual(submission.sha256, digest)
        self.assertEqual(at_chorus["sha256"], digest)
        self.assertEqual(len(self._requests("deposer_pdf")), 1)
        self.assertEqual(len(self._requests("soumettre")), 1)

    def test_first_news_are_asked_for_soon_after_the_deposit(self):
        triggers = self.env["ir.cron.trigger"].sudo()
        mine = [("cron_id", "=", self.env.ref("l10n_fr_chorus_pro.ir_cron_follow").id)]
        before = triggers.search(mine)
        self._send(self._invoice() + self._invoice())
        self.assertEqual(len(triggers.search(mine) - before), 1)

    def test_token_and_recipient_are_asked_once_for_many_invoices(self):
        moves = self.env["account.move"].concat(*(self._invoice() for _n in range(5)))
        submissions = self._send(moves)
        self.assertEqual(set(submissions.mapped("state")), {"deposited"})
        self.assertEqual(len(self._requests("token")), 1)
        self.assertEqual(len(self._requests("structures_consulter")), 1)
        self.assertEqual(len(self._requests("tauxtva")), 1)
        self.assertEqual(len(self._requests("soumettre")), 5)

    def test_second_click_keeps_the_one_submission(self):
        move = self._invoice().with_user(self.accountant)
        move.action_chorus_pro_send()
        with self.assertRaisesRegex(UserError, "already"):
            move.action_chorus_pro_send()
        self.env["chorus.pro.submission"].with_user(self.accountant)._enqueue(move)
        self.assertEqual(len(move.chorus_pro_submission_ids), 1)

    def test_recipient_requirements_are_met(self):
        for siret, values in (
            (SERVICE, {"buyer_reference": "SERVICE_DEST_SERV_OBL"}),
            (ENGAGEMENT, {"purchase_order_reference": "BC-7781"}),
            (
                BOTH,
                {
                    "buyer_reference": self._service_of(BOTH),
                    "purchase_order_reference": "BC-7782",
                },
            ),
        ):
            with self.subTest(siret=siret):
                move = self._invoice(partner_id=self._create_customer(siret).id, **values)
                self.assertEqual(self._send(move).state, "deposited", move.chorus_pro_reason)

    def _service_of(self, siret):
        [recipient] = [r for r in self.credentials["recipients"] if r["siret"] == siret]
        return next(service["code"] for service in recipient["services"] if service["active"])

    def test_missing_requirement_refuses_before_anything_leaves(self):
        for siret, word in ((SERVICE, "service code"), (ENGAGEMENT, "engagement number")):
            with self.subTest(siret=siret):
                move = self._invoice(partner_id=self._create_customer(siret).id)
                submission = self._send(move)
                self.assertEqual(submission.state, "refused")
                self.assertIn(word, move.chorus_pro_reason)
                self.assertTrue(move.chorus_pro_needs_action)
                self.assertFalse(self._requests("deposer_pdf"))

    def test_refused_invoice_is_corrected_and_sent_again(self):
        move = self._invoice(partner_id=self._create_customer(ENGAGEMENT).id)
        first = self._send(move)
        self.assertEqual(first.state, "refused")
        move.with_user(self.accountant).purchase_order_reference = "BC-1"
        self._archive(move)
        second = self._send(move) - first
        self.assertEqual(second.state, "deposited")
        self.assertEqual(first.state, "refused")
        self.assertFalse(move.chorus_pro_reason)

    def test_refusal_of_chorus_is_said_in_its_words(self):
        stranger = self.credentials["recipients"][0]["structure_id"]
        self.connection.supplier_structure_id = str(stranger)
        submission = self._send(self._invoice())
        self.assertEqual(submission.state, "refused")
        self.assertIn("Chorus Pro says", submission.reason)

    def test_of_several_invoices_the_good_ones_leave(self):
        good, draft = self._invoice(), self._invoice(post=False)
        action = (good + draft).with_user(self.accountant).action_chorus_pro_send()
        self.assertEqual(action["params"]["type"], "warning")
        self.assertEqual(good.chorus_pro_state, "queued")
        self.assertFalse(draft.chorus_pro_state)

    def test_send_wizard_offers_chorus_pro_and_queues(self):
        move = self._invoice()
        wizard = (
            self.env["account.move.send.wizard"]
            .with_user(self.accountant)
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({})
        )
        self.assertTrue(wizard.sending_method_checkboxes["chorus_pro"]["checked"])
        self.assertFalse(wizard.invoice_edi_format)
        wizard.action_send_and_print()
        self.assertEqual(move.chorus_pro_state, "queued")
        self._run_sender()
        self.assertEqual(move.chorus_pro_state, "deposited")

    def test_send_wizard_blocks_one_invoice_with_a_problem(self):
        self.customer.company_registry = "123456782"
        move = self._invoice()
        wizard = (
            self.env["account.move.send.wizard"]
            .with_user(self.accountant)
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({"sending_method_checkboxes": {"chorus_pro": {"checked": True}}})
        )
        self.assertEqual(wizard.alerts["l10n_fr_chorus_pro"]["level"], "danger")
        with self.assertRaisesRegex(UserError, "SIREN"):
            wizard.action_send_and_print()

    def test_batch_wizard_leaves_out_what_has_a_problem(self):
        good, bad = self._invoice(), self._invoice(partner_id=self._create_customer("1234").id)
        wizard = (
            self.env["account.move.send.batch.wizard"]
            .with_user(self.accountant)
            .with_context(active_model="account.move", active_ids=(good + bad).ids)
            .create({})
        )
        self.assertEqual(wizard.alerts["l10n_fr_chorus_pro"]["level"], "warning")
        wizard.action_send_and_print(force_synchronous=True)
        self.assertEqual(good.chorus_pro_state, "queued")
        self.assertFalse(bad.chorus_pro_state)

    def test_another_sending_method_does_not_queue(self):
        move = self._invoice()
        self.env["account.move.send"].with_user(self.accountant)._generate_and_send_invoices(
            move, sending_methods=["manual"]
        )
        self.assertFalse(move.chorus_pro_state)

    def test_queued_invoice_can_be_taken_out_and_sent_later(self):
        move = self._invoice().with_user(self.accountant)
        move.action_chorus_pro_send()
        move.action_chorus_pro_cancel()
        self.assertEqual(move.chorus_pro_state, "cancelled")
        self._run_sender()
        self.assertFalse(self._requests("soumettre"))
        self.assertEqual(self._send(move)[-1:].state, "deposited")

    def test_author_is_told_when_the_answer_is_there(self):
        move = self._invoice()
        self._send(move)
        self.env.cr.precommit.run()
        messages = self.env["bus.bus"].sudo().search([]).mapped("message")
        told = [message for message in messages if move.name in message and "Deposited" in message]
        self.assertTrue(told)

    def test_many_answers_are_told_in_one_message(self):
        moves = self.env["account.move"].concat(*(self._invoice() for _n in range(4)))
        wrong = self._invoice(partner_id=self._create_customer(ENGAGEMENT).id)
        self.env["bus.bus"].sudo().search([]).unlink()
        self._send(moves + wrong)
        self.env.cr.precommit.run()
        messages = self.env["bus.bus"].sudo().search([]).mapped("message")
        told = [message for message in messages if "account_notification" in message]
        self.assertEqual(len(told), 1)
        self.assertIn("4 deposited, 1 to look at", told[0])

    def test_reasons_are_in_the_language_of_the_author(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.accountant.lang = "fr_FR"
        move = self._invoice(partner_id=self._create_customer(ENGAGEMENT).id)
        self._send(move)
        self.assertIn("numéro d'engagement", move.chorus_pro_reason)

    def test_next_try_is_planned_and_visible(self):
        self.simulator.control.fault("rate_limited", "deposer_pdf", 1)
        move = self._invoice()
        submission = self._send(move)
        self.assertEqual(submission.state, "queued")
        self.assertGreater(move.chorus_pro_next_try, fields.Datetime.now())
