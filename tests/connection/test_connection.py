# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from ..common.chorus_pro import ChorusProCommon

STEPS = [
    "name",
    "server",
    "token",
    "technical_account",
    "api_transverses",
    "api_structures",
    "api_factures",
    "api_engagements",
    "supplier",
    "password",
    "deposit",
    "bank_accounts",
]


@tagged("post_install_l10n", "post_install", "-at_install")
class TestConnection(ChorusProCommon):
    def _check(self):
        """What the administrator is told at once, and the rows by the name of their step."""
        with self.enter_registry_test_mode():
            action = self.connection.with_user(self.administrator).action_test_connection()
        return action["params"]["type"], {row.step: row for row in self.connection.check_ids}

    def _told(self, rows):
        """Steps that are neither good nor left out, with their verdict."""
        return {
            step: row.verdict
            for step, row in rows.items()
            if row.verdict not in ("ok", "skipped")
        }

    def test_good_connection_is_green_and_learns_the_structure(self):
        self.connection.write(
            {"supplier_structure_id": False, "technical_password_expiry": False}
        )
        kind, rows = self._check()
        self.assertEqual(kind, "success")
        self.assertEqual(list(rows), STEPS)
        self.assertEqual({row.verdict for row in rows.values()}, {"ok"})
        self.assertFalse([row.remedy for row in rows.values() if row.remedy or row.link])
        self.assertEqual(self.connection.check_verdict, "ok")
        expected = str(self.credentials["supplier"]["structure_id"])
        self.assertEqual(self.connection.supplier_structure_id, expected)
        self.assertTrue(self.connection.technical_password_expiry)
        self.assertEqual(len(self.connection.bank_account_ids), 2)

    def test_checking_asks_only_questions(self):
        self._check()
        self.assertFalse(self._at_chorus())
        self.assertFalse(self.simulator.control.flows())

    def test_checking_again_replaces_the_verdicts(self):
        self._check()
        _kind, rows = self._check()
        self.assertEqual(len(self.connection.check_ids), len(rows))

    def test_each_thing_that_is_wrong_names_its_step_and_where_to_mend_it(self):
        cases = [
            ({"piste_client_secret": "wrong"}, "token", "Client Secret", "piste"),
            ({"technical_password": "wrong"}, "technical_account", "password", "portal"),
            ({"supplier_siret": "99999999999999"}, "supplier", "99999999999999", "portal"),
        ]
        for values, step, words, place in cases:
            with self.subTest(step=step), self.cr.savepoint() as savepoint:
                self.connection.write({"custom_portal_url": "https://portail.example", **values})
                kind, rows = self._check()
                self.assertEqual(kind, "danger")
                self.assertEqual(self._told(rows), {step: "error"})
                row = rows[step]
                self.assertIn(words, f"{row.message} {row.remedy}")
                self.assertEqual(row.place, place)
                self.assertTrue(row.link)
                self.assertEqual(self.connection.trouble, f"{row.message} {row.remedy}")
                self.assertIn(row.name, self.connection.check_summary)
                savepoint.rollback()
                self.connection.invalidate_recordset()

    def test_no_secret_is_in_any_row(self):
        for secret in ("client_secret", "password"):
            name = {"client_secret": "piste_client_secret", "password": "technical_password"}
            self.connection[name[secret]] = f"Tres-Secret-{secret}"
            self._check()
            texts = str(self.connection.check_ids.read())
            self.assertNotIn("Tres-Secret", texts)
            self.assertNotIn(self.credentials["password"], texts)

    def test_what_was_forgotten_is_named_with_its_remedy(self):
        cases = [
            ("api_factures", "api_factures", "error", "Consentement CGU API"),
            ("api_engagements", "api_engagements", "warning", "Consentement CGU API"),
            ("attachment", "supplier", "error", "Compte technique"),
            ("deposit_right", "deposit", "error", "Factures émises"),
            ("bank_accounts", "bank_accounts", "warning", "Coordonnées bancaires"),
            ("password_days", "password", "warning", "Réinitialisation"),
        ]
        for lack, step, verdict, remedy in cases:
            with self.subTest(lack=lack):
                self._fresh_chorus()
                self.simulator.control.lack(**{lack: True})
                kind, rows = self._check()
                self.assertEqual(kind, {"error": "danger", "warning": "warning"}[verdict])
                self.assertEqual(self._told(rows), {step: verdict})
                self.assertIn(remedy, rows[step].remedy)
        self.assertEqual(bool(self.connection.trouble), False)

    def test_wrong_client_secret_is_found_although_a_token_is_still_good(self):
        self._check()
        self.connection.piste_client_secret = "wrong"
        _kind, rows = self._check()
        self.assertEqual(rows["token"].verdict, "error")

    def test_unreachable_platform_is_said(self):
        self.connection.write(
            {"custom_token_url": "http://127.0.0.1:9/api/oauth/token", **self._typed_again()}
        )
        _kind, rows = self._check()
        self.assertEqual(self._told(rows), {"server": "error"})
        self.assertIn("reached", rows["server"].message)

    def test_typed_date_of_the_password_counts_where_chorus_pro_tells_none(self):
        self.simulator.control.lack(password_date=True)
        today = fields.Date.context_today(self.connection)
        for days, verdict in ((-3, "warning"), (12, "warning"), (300, "ok")):
            self.connection.technical_password_expiry = today + timedelta(days=days)
            _kind, rows = self._check()
            self.assertEqual(rows["password"].verdict, verdict)
        self.connection.technical_password_expiry = False
        _kind, rows = self._check()
        self.assertIn("does not show", rows["password"].message)

    def test_missing_setting_is_named(self):
        self.connection.technical_login = False
        with self.assertRaisesRegex(UserError, "Technical Account"):
            self.connection._client()
        kind, rows = self._check()
        self.assertEqual((kind, list(rows)), ("danger", ["settings"]))
        self.assertIn("Technical Account", rows["settings"].message)

    def test_supplier_siret_is_normalised_and_checked(self):
        self.connection.supplier_siret = "123 456 782 00077"
        self.assertEqual(self.connection.supplier_siret, "12345678200077")
        with self.assertRaisesRegex(ValidationError, "SIREN"):
            self.connection.supplier_siret = "123456782"

    def test_plain_http_to_another_machine_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "https"):
            self.connection.custom_api_url = "http://chorus.example.com/cpro/"

    def test_address_that_is_not_in_use_holds_no_password_either(self):
        self.connection.environment = "qualification"
        for name in ("custom_token_url", "custom_api_url", "custom_portal_url"):
            for address in ("https://user:Tres-Secret@chorus.example.com/cpro/", "http://a.example"):
                with (
                    self.subTest(name=name, address=address),
                    self.assertRaises(ValidationError) as caught,
                    self.cr.savepoint(),
                ):
                    self.connection.write({name: address, "environment": "qualification"})
                self.assertNotIn("Tres-Secret", str(caught.exception))

    def test_other_place_forgets_what_was_learnt(self):
        self._check()
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
