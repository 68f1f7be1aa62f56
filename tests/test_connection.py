# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from psycopg2.errors import UniqueViolation

from odoo import fields
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

    def test_other_place_forgets_what_was_learnt(self):
        self._verdicts()
        self.connection.sudo().followed_until = fields.Datetime.now()
        self.connection.environment = "qualification"
        self.assertFalse(self.connection.supplier_structure_id)
        self.assertFalse(self.connection.followed_until)
        self.assertFalse(self.connection.check_ids)

    def test_secret_is_in_no_logged_statement_when_a_save_fails(self):
        other = self._create_connection(self.company, in_use=False)
        with (
            self.assertLogs("odoo.sql_db", "ERROR") as logs,
            self.assertRaises(UniqueViolation),
            self.cr.savepoint(),
        ):
            other.write({"in_use": True, "technical_password": "Tres-Secret-2026"})
        self.assertNotIn("Tres-Secret-2026", "".join(logs.output))

    def test_token_of_former_credentials_is_not_used(self):
        self._send(self._invoice())
        self.assertEqual(len(self._requests("token")), 1)
        self.connection.piste_client_secret = "wrong"
        submission = self._send(self._invoice())
        self.assertEqual(submission.state, "queued")
        self.assertGreater(len(self._requests("token")), 1)

    def test_company_without_connection_is_told_what_to_do(self):
        move = self._invoice()
        self.connection.in_use = False
        with self.assertRaisesRegex(UserError, "connection"):
            move.with_user(self.accountant).action_chorus_pro_send()
