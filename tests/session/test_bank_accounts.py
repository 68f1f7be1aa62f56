# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from ...choruspro.messages import BankAccount
from ..common.chorus_pro import ChorusProCommon

MAIN = "FR7630001007941234567890185"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestBankAccounts(ChorusProCommon):
    """Chorus Pro has "Compte principal ...0185" and "Compte travaux ...2606" of this supplier."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.main_bank = cls.env["res.partner.bank"].create(
            {
                "acc_number": MAIN,
                "partner_id": cls.company.partner_id.id,
                "allow_out_payment": True,
            }
        )
        accounts = cls.credentials["supplier"]["bank_accounts"]
        cls.main_code, cls.works_code = (str(account["id"]) for account in accounts)

    def _test_connection(self):
        with self.enter_registry_test_mode():
            self.connection.with_user(self.administrator).action_test_connection()

    def _row(self, code):
        return self.connection.bank_account_ids.filtered(lambda row: row.code == code)

    def _declared(self, move):
        self._send(move)
        [at_chorus] = self._at_chorus(move.name)
        return at_chorus["request"]["fournisseur"].get("codeCoordonneesBancairesFournisseur")

    def test_connection_test_lists_them_and_recognises_ours_by_the_name(self):
        self._test_connection()
        self.assertEqual(self._row(self.main_code).bank_id, self.main_bank)
        self.assertFalse(self._row(self.works_code).bank_id)
        self.assertTrue(self.connection.bank_accounts_read_at)

    def test_job_lists_them_once_a_day(self):
        self.connection.default_format = "facturx"
        self.company.country_id = self.env.ref("base.fr")
        for ago, calls in ((None, 1), (None, 1), (timedelta(days=2), 2)):
            if ago:
                self.connection.bank_accounts_read_at = fields.Datetime.now() - ago
            self._send(self._invoice(partner_bank_id=self.main_bank.id))
            self.assertEqual(len(self._requests("coordbanc_valides")), calls)
        self.assertEqual(self._row(self.main_code).bank_id, self.main_bank)

    def test_recognised_account_is_declared_by_the_first_invoice_already(self):
        move = self._invoice(partner_bank_id=self.main_bank.id)
        self.assertEqual(str(self._declared(move)), self.main_code)

    def test_account_that_an_administrator_chose_is_declared(self):
        self._test_connection()
        self._row(self.works_code).with_user(self.administrator).bank_id = self.bank
        move = self._invoice(partner_bank_id=self.bank.id)
        self.assertEqual(str(self._declared(move)), self.works_code)

    def test_choice_of_an_administrator_stays(self):
        self._test_connection()
        self._row(self.main_code).bank_id = self.bank
        self._test_connection()
        self.assertEqual(self._row(self.main_code).bank_id, self.bank)
        self.assertFalse(self._row(self.works_code).bank_id)

    def test_unknown_account_is_not_declared_and_a_warning_says_so(self):
        self._test_connection()
        move = self._invoice(partner_bank_id=self.bank.id)
        mine = move.with_user(self.accountant)
        self.assertIn(self.bank.acc_number, mine.chorus_pro_warnings)
        self.assertFalse(mine.chorus_pro_problems)
        self.assertIsNone(self._declared(move))
        self.assertEqual(move.chorus_pro_state, "deposited")

    def test_warning_in_the_send_wizard_keeps_nothing_from_leaving(self):
        self._test_connection()
        move = self._invoice(partner_bank_id=self.bank.id)
        wizard = (
            self.env["account.move.send.wizard"]
            .with_user(self.accountant)
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({})
        )
        alert = wizard.alerts["l10n_fr_chorus_pro_warnings"]
        self.assertEqual(alert["level"], "warning")
        self.assertIn(self.bank.acc_number, alert["message"])
        wizard.action_send_and_print()
        self.assertEqual(move.chorus_pro_state, "queued")

    def test_no_warning_where_there_is_nothing_to_warn_of(self):
        known, unknown = {"partner_bank_id": self.main_bank.id}, {"partner_bank_id": self.bank.id}
        before = self._invoice(**unknown)
        self.assertFalse(before.chorus_pro_warnings, "nothing was listed yet")
        self._test_connection()
        for name, move in (
            ("known", self._invoice(**known)),
            ("credit note", self._invoice(move_type="out_refund", **unknown)),
        ):
            with self.subTest(name):
                self.assertNotIn("bank account", move.chorus_pro_warnings)

    def test_only_account_is_ours_unless_it_stands_for_another(self):
        only = [BankAccount(bank_account_id="7", label="Compte courant")]
        self.connection.sudo()._keep_bank_accounts(only)
        self.assertEqual(self.connection._bank_account_code(self.bank, only), "7")
        self._row("7").bank_id = self.main_bank
        self.assertIsNone(self.connection._bank_account_code(self.bank, only))
        self.assertEqual(self.connection._bank_account_code(self.main_bank, only), "7")
        self.assertEqual(self.connection._bank_account_code(self.bank.browse(), only), "7")

    def test_names_that_leave_a_doubt_recognise_nothing(self):
        twice = [
            BankAccount(bank_account_id=code, label=f"Compte {code} ...0185") for code in "78"
        ]
        self.connection.sudo()._keep_bank_accounts(twice)
        self.assertFalse(self.connection.bank_account_ids.bank_id)
        self.assertIsNone(self.connection._bank_account_code(self.main_bank, twice))

    def test_names_that_say_nothing_recognise_nothing(self):
        self.env["res.partner.bank"].create(
            {"acc_number": "26", "partner_id": self.company.partner_id.id}
        )
        for name in ("", "...", "185", "Compte 26"):
            with self.subTest(name=name):
                self.connection.sudo()._keep_bank_accounts(
                    [BankAccount(bank_account_id=code, label=name) for code in "78"]
                )
                self.assertFalse(self.connection.bank_account_ids.bank_id)

    def test_account_of_somebody_else_cannot_be_chosen(self):
        self._test_connection()
        other = self.env["res.partner.bank"].create(
            {"acc_number": "FR7612345987650123456789014", "partner_id": self.customer.id}
        )
        with self.assertRaisesRegex(ValidationError, "is not one of"):
            self._row(self.works_code).with_user(self.administrator).bank_id = other

    def test_accounts_that_are_gone_go_and_new_names_are_kept(self):
        self._test_connection()
        self.connection.sudo()._keep_bank_accounts(
            [BankAccount(bank_account_id=self.main_code, label="Nouveau nom")]
        )
        rows = self.connection.bank_account_ids
        self.assertEqual(rows.mapped("name"), ["Nouveau nom"])
        self.assertEqual(rows.bank_id, self.main_bank)

    def test_another_supplier_has_other_accounts(self):
        self._test_connection()
        self.connection.with_user(self.administrator).supplier_siret = "12345678200119"
        self.assertFalse(self.connection.bank_account_ids)
        self.assertFalse(self.connection.bank_accounts_read_at)

    def test_administrators_only_choose_and_nobody_invents(self):
        self._test_connection()
        row = self._row(self.works_code)
        with self.assertRaises(AccessError):
            row.with_user(self.accountant).bank_id = self.bank
        with self.assertRaises(AccessError):
            row.with_user(self.administrator).unlink()
        with self.assertRaises(AccessError):
            row.with_user(self.administrator).create(
                {"connection_id": self.connection.id, "code": "1", "name": "x"}
            )

    def test_list_that_cannot_be_read_holds_up_no_invoice(self):
        self.connection.default_format = "facturx"
        self.simulator.control.fault("half_answer", "coordbanc_valides", 3)
        move = self._invoice(partner_bank_id=self.main_bank.id)
        self._send(move)
        self.assertEqual(move.chorus_pro_state, "deposited")
        self.assertFalse(self.connection.trouble)
        self.assertFalse(self.connection.bank_accounts_read_at)
