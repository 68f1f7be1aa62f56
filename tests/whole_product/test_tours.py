# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import Command
from odoo.tests import new_test_user, tagged

from ..common.chorus_pro import ENGAGEMENT, FREE, SERVICE
from ..common.flow import FlowCommon
from ..common.tours import TourCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestTours(TourCommon):
    """One walk through the screens per persona."""

    def test_accountant_sends_from_the_form(self):
        move = self._invoice()
        self._walk("chorus_pro_send_from_form", move)
        self.assertEqual(move.chorus_pro_state, "queued")
        self._run_sender()
        self.assertEqual(move.chorus_pro_state, "deposited")

    def test_accountant_sends_from_the_list(self):
        self.env["account.move"].search([("state", "=", "draft")]).unlink()
        moves = self.env["account.move"].concat(*(self._invoice() for _n in range(3)))
        self._walk("chorus_pro_send_from_list", None)
        self._run_sender()
        self.assertEqual(set(moves.mapped("chorus_pro_state")), {"deposited"})

    def test_accountant_sorts_and_corrects_at_the_end_of_the_month(self):
        self.env["account.move"].search([("state", "=", "draft")]).unlink()
        demanding = self._create_customer(ENGAGEMENT)
        # What this customer demands was learnt with an invoice of last month.
        self._send(self._invoice(partner_id=demanding.id, purchase_order_reference="BC-1"))
        ready = self._invoice() + self._invoice()
        to_fix = self._invoice(partner_id=demanding.id) + self._invoice(partner_id=demanding.id)
        self._walk("chorus_pro_month_end", None)
        corrected = to_fix.filtered("purchase_order_reference")
        self.assertEqual(corrected.mapped("purchase_order_reference"), ["BC-2026-0042"])
        self.assertEqual(set((ready + corrected).mapped("chorus_pro_state")), {"queued"})
        self.assertFalse((to_fix - corrected).chorus_pro_state)
        # Its PDF is made again; in Odoo's tests that gives no PDF.
        self._archive(corrected)
        self._run_sender()
        self.assertEqual(set((ready + corrected).mapped("chorus_pro_state")), {"deposited"})

    def test_accountant_sends_from_the_send_wizard(self):
        if "peppol_verification_state" in self.customer._fields:
            # Odoo looks the customer up and writes what it finds, which takes rights on contacts.
            customer = self.customer.with_company(self.company)
            customer.peppol_verification_state = "not_valid"
        move = self._invoice()
        self._walk("chorus_pro_send_from_wizard", move)
        self._run_sender()
        self.assertEqual(move.chorus_pro_state, "deposited")

    def test_accountant_filters_and_reads_a_refusal(self):
        good = self._invoice()
        refused = self._invoice(partner_id=self._create_customer(ENGAGEMENT).id)
        self._send(good + refused)
        self.assertEqual(refused.chorus_pro_state, "refused")
        self._walk("chorus_pro_read_refusal", None)

    def _stopped(self):
        """An invoice whose number Chorus Pro has with another total."""
        move = self._invoice()
        self.simulator.control.fault("lost_answer", "soumettre", 1)
        submission = self._send(move)
        submission.sudo().sent_total = 240.0
        self._make_due(submission)
        self._run_sender()
        self.assertTrue(move.chorus_pro_needs_decision)
        return move

    def test_accountant_decides_that_it_is_the_same_invoice(self):
        move = self._stopped()
        self._walk("chorus_pro_decide_it_is_the_same", move, self.manager)
        [at_chorus] = self._at_chorus(move.name)
        self.assertEqual(move.chorus_pro_invoice_id, str(at_chorus["invoice_id"]))
        self.assertTrue(move.chorus_pro_submission_id.is_followed)

    def test_accountant_decides_that_it_is_another_invoice(self):
        move = self._stopped()
        self._walk("chorus_pro_decide_it_is_another", move, self.manager)
        self.assertEqual(move.chorus_pro_state, "refused")
        self.assertFalse(move.chorus_pro_invoice_id)

    def test_user_without_rights_sees_the_badge_and_no_button(self):
        reader = new_test_user(
            self.env,
            login="chorus_reader",
            groups="account.group_account_readonly",
            lang="fr_FR",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        move = self._invoice()
        move.with_user(self.accountant).action_chorus_pro_send()
        self._walk("chorus_pro_reader_sees_no_button", move, reader)

    def test_administrator_configures_piste(self):
        self.connection.write(
            {
                "piste_client_id": False,
                "piste_client_secret": False,
                "technical_login": False,
                "technical_password": False,
            }
        )
        self._walk(
            "chorus_pro_configure_piste",
            self.connection,
            self.administrator,
            "l10n_fr_chorus_pro.action_connection",
        )
        self.assertEqual(set(self.connection.check_ids.mapped("verdict")), {"ok"})


@tagged("post_install_l10n", "post_install", "-at_install")
class TestNewUserTour(TourCommon):
    def test_new_user_finds_a_customer_and_sends_what_it_demands(self):
        newcomer = new_test_user(
            self.env,
            login="chorus_newcomer",
            groups="account.group_account_invoice,base.group_partner_manager",
            lang="fr_FR",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        customers = "account.res_partner_action_customer"
        self._walk("chorus_pro_new_customer", None, newcomer, customers)
        customer = self.env["res.partner"].search([("company_registry", "=", SERVICE)])
        self._run(self.env.ref("l10n_fr_chorus_pro.ir_cron_directory"))
        self.assertNotEqual(customer.invoice_sending_method, "chorus_pro")
        self._walk("chorus_pro_found_customer", customer, newcomer, customers)
        self.assertEqual(customer.invoice_sending_method, "chorus_pro")
        move = self._invoice(partner_id=customer.id, post=False)
        self._walk("chorus_pro_forgotten_service", move, newcomer)
        self.assertEqual(move.chorus_pro_state, "queued")
        self._archive(move)
        self._run_sender()
        self.assertEqual(move.chorus_pro_state, "deposited", move.chorus_pro_reason)

    def test_remedy_leads_to_the_customer(self):
        move = self._invoice(partner_id=self._create_customer("123456782").id)
        self._walk("chorus_pro_mistyped_siret", move, self.administrator)
        self.assertEqual(move.commercial_partner_id.company_registry, FREE)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestPreviewTour(FlowCommon, TourCommon):
    def test_accountant_looks_at_the_document_before_it_leaves(self):
        move = self._invoice()
        self._walk("chorus_pro_preview", move)
        self.assertFalse(move.chorus_pro_submission_ids)
        self.assertFalse(self._requests())


@tagged("post_install_l10n", "post_install", "-at_install")
class TestCertificateTour(TourCommon):
    simulator_options = {"tls": True}

    def test_administrator_configures_a_certificate(self):
        certificate = self.credentials["certificate"]
        self.connection.write(
            {
                "custom_token_url": False,
                "custom_api_url": certificate["api_url"],
                "trusted_authorities": certificate["authority"],
                "access_mode": "certificate",
                "technical_login": False,
                "technical_password": False,
            }
        )
        self.env["ir.attachment"].create(
            {
                "name": "certificate.p12",
                "url": "/chorus_pro_test/certificate.p12",
                "type": "binary",
                "datas": certificate["p12"],
                "public": True,
            }
        )
        self._walk(
            "chorus_pro_configure_certificate",
            self.connection,
            self.administrator,
            "l10n_fr_chorus_pro.action_connection",
        )
        self.assertEqual(set(self.connection.check_ids.mapped("verdict")), {"ok"})
        self.assertTrue(self.connection.certificate_id.subject)
