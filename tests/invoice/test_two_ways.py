# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Chorus Pro beside Peppol and the Approved Platform: defaults, the SIRET, bank accounts, what the
customer says."""

from contextlib import ExitStack
from unittest.mock import patch

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from ...models.document.en16931 import DocumentBuilder
from ..common.chorus_pro import make_pdf
from ..common.platform import PlatformCommon, StandInPdp, set_state, standing_in
from ..common.setup import SetupCommon

TAGS = ("post_install_l10n", "post_install", "-at_install")


@tagged(*TAGS)
class TestDefaults(PlatformCommon):
    def _methods(self, move):
        return self.env["account.move.send"]._get_default_sending_methods(move)

    def test_customer_of_chorus_pro_gets_chorus_pro_alone(self):
        for vat in (False, "FR23334175221"):
            with self.subTest(vat=vat):
                self.customer.vat = vat
                self.assertEqual(self._methods(self._invoices(1)), {"chorus_pro"})

    def test_customer_of_the_platform_keeps_the_platform(self):
        move = self._invoices(1, partner_id=self.by_platform.id)
        self.assertIn("peppol", self._methods(move))
        self.assertNotIn("chorus_pro", self._methods(move))

    def test_wizard_proposes_one_way(self):
        boxes = self._wizard(self._invoices(1)).sending_method_checkboxes
        ticked = {name for name, box in boxes.items() if box["checked"]}
        self.assertEqual(ticked, {"chorus_pro"})

    def test_both_ticked_by_hand_send_by_neither(self):
        move = self._invoices(1)
        with self.assertRaisesRegex(UserError, "Approved Platform"):
            self._wizard(move, "chorus_pro", "peppol").action_send_and_print()
        self.assertEqual(self._times(move), (0, 0))

    def test_batch_of_which_some_left_yesterday_sends_the_others(self):
        gone, moves = self._invoices(2), self._invoices(8)
        set_state(gone, "done")
        wizard = self._batch_wizard(gone | moves)
        alert = wizard.alerts["l10n_fr_chorus_pro"]
        self.assertEqual(alert["level"], "warning")
        self.assertTrue(alert["message"].startswith("Not sent to Chorus Pro (2 of 10)"))
        wizard.action_send_and_print()
        self._run_core_cron()
        self._run_sender()
        self.assertEqual({self._times(move) for move in gone}, {(0, 0)})
        self.assertEqual({self._times(move) for move in moves}, {(1, 0)})

    def test_our_sender_asks_no_other_network_about_the_customer(self):
        """Where an invoice has no archived PDF yet, Odoo's own pipeline makes it."""
        for method in ("chorus_pro", False):
            with self.subTest(method=method), ExitStack() as stack:
                self.customer.with_company(self.company).invoice_sending_method = method
                move = self._invoice(pdf=False)
                if "peppol_verification_state" in self.customer._fields:
                    customer = self.customer.with_company(self.company)
                    customer.peppol_verification_state = "not_verified"
                sender = self.env.registry["account.move.send"]
                asked = self._methods_asked(stack, sender)
                stack.enter_context(
                    patch.object(sender, "_prepare_invoice_pdf_report", self._made(move))
                )
                self._send(move)
                self.assertEqual(move.chorus_pro_state, "deposited", move.chorus_pro_reason)
                self.assertNotIn("peppol", asked)

    def _methods_asked(self, stack, sender):
        """A list of the sending methods that Odoo asks about, while the stack is open."""
        asked = []
        original = sender._is_applicable_to_move

        def noted(model, name, *arguments, **data):
            asked.append(name)
            return original(model, name, *arguments, **data)

        stack.enter_context(patch.object(sender, "_is_applicable_to_move", noted))
        return asked

    def _made(self, move):
        """In place of wkhtmltopdf."""

        def prepare(model, invoices_data):
            for invoice, data in invoices_data.items():
                data["pdf_attachment_values"] = {
                    "name": "facture.pdf", "raw": make_pdf(invoice.name),
                    "mimetype": "application/pdf", "res_model": invoice._name,
                    "res_id": invoice.id, "res_field": "invoice_pdf_report_file",
                }

        return prepare

    def test_customer_says_which_way_its_invoices_take(self):
        customer = self.customer.with_user(self.accountant).with_company(self.company)
        self.assertIn("directly to Chorus Pro", customer.chorus_pro_way_note)
        self.assertIn("never both", customer.chorus_pro_way_note)
        by_platform = self.by_platform.with_user(self.accountant).with_company(self.company)
        self.assertIn("Chorus Pro, directly", by_platform.chorus_pro_way_note)
        customer.sudo().invoice_sending_method = "email"
        self.assertFalse(customer.chorus_pro_way_note)
        self.connection.active = False
        customer.sudo().invoice_sending_method = "chorus_pro"
        self.assertIn("no connection in use", customer.chorus_pro_way_note)


@tagged(*TAGS)
class TestSupplierSiret(SetupCommon):
    def test_guide_opens_for_a_company_whose_field_holds_its_siren(self):
        for known, proposed in (
            ("123456782", ""), ("12345678200077", "12345678200077"), ("soon", ""), (False, ""),
        ):
            with self.subTest(known=known):
                self.company.company_registry = known
                guide = self._start()
                self.assertEqual(guide.supplier_siret or "", proposed)
                guide.connection_id.sudo().unlink()

    def test_siren_of_the_connection_is_refused_in_words_about_the_company(self):
        guide = self._start()
        with self.assertRaisesRegex(ValidationError, "your establishment.*14 digits.*SIREN"):
            guide.supplier_siret = "123456782"


@tagged(*TAGS)
class TestShortenedSiret(PlatformCommon):
    def test_documents_name_the_siret_of_the_connection(self):
        self.company.company_registry = "123456782"
        seller = DocumentBuilder(self._invoices(1)).seller()
        self.assertEqual(seller.identifier.value, self.connection.supplier_siret)
        self.connection.supplier_siret = False
        self.assertIsNone(DocumentBuilder(self._invoices(1)).seller().identifier)


@tagged(*TAGS)
class TestBankTrust(PlatformCommon):
    def setUp(self):
        super().setUp()
        self.bank.sudo().allow_out_payment = False

    def test_draft_says_that_its_account_is_not_trusted(self):
        move = self._invoice(post=False, partner_bank_id=self.bank.id)
        self.assertIn("not trusted", move.with_user(self.accountant).chorus_pro_warnings)
        self.bank.sudo().allow_out_payment = True
        move.invalidate_recordset()
        self.assertNotIn("not trusted", move.with_user(self.accountant).chorus_pro_warnings)

    def test_invoice_that_lost_its_account_says_so(self):
        """As newer Odoo does with what its own jobs confirm."""
        accounting = next(
            each for each in self.env.registry["account.move"].mro()
            if each.__module__.startswith("odoo.addons.account.") and "_post" in vars(each)
        )
        original = accounting._post

        def dropping(moves, soft=True):
            moves.partner_bank_id = False
            return original(moves, soft)

        move = self._invoice(post=False, partner_bank_id=self.bank.id)
        with patch.object(accounting, "_post", dropping):
            move._post()
        self.assertFalse(move.partner_bank_id)
        self.assertTrue(any("took the bank account off" in text for text in
                            move.message_ids.mapped("body")))
        self.assertIn("names no bank account of yours", move.chorus_pro_warnings)

    def test_invoice_that_keeps_its_account_says_nothing(self):
        self.bank.sudo().allow_out_payment = True
        move = self._invoice(partner_bank_id=self.bank.id)
        self.assertFalse(any("bank account" in text for text in move.message_ids.mapped("body")))
        self.assertFalse(move.chorus_pro_warnings)


@tagged(*TAGS)
class TestCommuneWithoutVat(PlatformCommon):
    """Nothing is decided by ``is_company``: newer Odoo makes a person of who has no VAT number."""

    def test_person_with_a_siret_is_served(self):
        commune = self._create_customer(
            self.customer.company_registry, name="Commune", is_company=False, vat=False
        )
        move = self._invoices(1, partner_id=commune.id)
        self._send(move)
        self.assertEqual(self._times(move), (1, 0))

    def test_its_siret_and_method_can_be_filled_in(self):
        commune = self._create_customer(False, name="Commune", is_company=False)
        with Form(commune.with_user(self.administrator)) as form:
            form.company_registry = "12345678200051"
            form.invoice_sending_method = "chorus_pro"
        self.assertEqual(commune.company_registry, "12345678200051")

    def test_stand_in_of_the_platform_is_undone(self):
        """What the other tests put in front of Odoo's classes is gone after them."""
        sender = self.env.registry["account.move.send"]
        before = sender.__bases__
        with standing_in(sender, StandInPdp, outermost=True):
            self.assertIs(sender.__bases__[0], StandInPdp)
        self.assertEqual(sender.__bases__, before)
