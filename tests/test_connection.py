# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import ChorusProCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestConnection(ChorusProCommon):
    def _verdicts(self):
        with self.enter_registry_test_mode():
            action = self.connection.action_test_connection()
        checks = self.connection.check_ids
        return action["params"]["type"], checks.mapped("verdict"), checks

    def test_good_connection_is_green_and_learns_the_structure(self):
        self.connection.supplier_structure_id = False
        kind, verdicts, _checks = self._verdicts()
        self.assertEqual(kind, "success")
        self.assertEqual(set(verdicts), {"ok"})
        expected = str(self.credentials["supplier"]["structure_id"])
        self.assertEqual(self.connection.supplier_structure_id, expected)
        self.assertTrue(self.connection.technical_password_expiry)

    def test_testing_again_replaces_the_verdicts(self):
        self._verdicts()
        _kind, verdicts, _checks = self._verdicts()
        self.assertEqual(len(verdicts), 4)

    def test_wrong_client_secret_fails_the_first_step_only(self):
        self.connection.piste_client_secret = "wrong"
        kind, verdicts, checks = self._verdicts()
        self.assertEqual(kind, "danger")
        self.assertEqual(verdicts, ["error", "skipped", "skipped", "skipped"])
        self.assertIn("Client Secret", checks[0].message)
        self.assertEqual(self.connection.trouble, checks[0].message)

    def test_wrong_client_secret_is_found_although_a_token_is_still_good(self):
        self._verdicts()
        self.connection.sudo().piste_client_secret_value = "wrong"
        _kind, verdicts, _checks = self._verdicts()
        self.assertEqual(verdicts[0], "error")

    def test_wrong_technical_account_fails_the_second_step(self):
        self.connection.technical_password = "wrong"
        _kind, verdicts, checks = self._verdicts()
        self.assertEqual(verdicts, ["ok", "error", "skipped", "skipped"])
        self.assertIn("technical account", checks[1].message)

    def test_unknown_siret_says_where_to_look(self):
        self.connection.supplier_siret = "99999999999999"
        _kind, verdicts, checks = self._verdicts()
        self.assertEqual(verdicts[:2], ["ok", "error"])
        self.assertIn("99999999999999", checks[1].message)

    def test_unreachable_platform_is_said(self):
        self.connection.custom_token_url = "http://127.0.0.1:9/api/oauth/token"
        _kind, verdicts, checks = self._verdicts()
        self.assertEqual(verdicts[0], "error")
        self.assertIn("reached", checks[0].message)

    def test_missing_setting_is_named(self):
        self.connection.technical_login = False
        with self.assertRaisesRegex(UserError, "Technical Account"):
            self.connection._client()
        kind, verdicts, checks = self._verdicts()
        self.assertEqual((kind, verdicts), ("danger", ["error"]))
        self.assertIn("Technical Account", checks.message)

    def test_supplier_siret_is_normalised_and_checked(self):
        self.connection.supplier_siret = "123 456 782 00077"
        self.assertEqual(self.connection.supplier_siret, "12345678200077")
        with self.assertRaisesRegex(ValidationError, "SIREN"):
            self.connection.supplier_siret = "123456782"

    def test_plain_http_to_another_machine_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "https"):
            self.connection.custom_api_url = "http://chorus.example.com/cpro/"

    def test_company_without_connection_is_told_what_to_do(self):
        move = self._invoice()
        self.connection.in_use = False
        with self.assertRaisesRegex(UserError, "connection"):
            move.with_user(self.accountant).action_chorus_pro_send()
