# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""A secret belongs to the address for which it was typed, and to the column in which it is kept."""

import logging
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.sql_db import Cursor
from odoo.tests import Form, tagged

from ...choruspro.secret_keys import SecretKeys, is_old_form
from ..common.certificate import CertificateCommon
from ..common.encryption import FIRST, SecretCommon, server_with
from ..common.secret import PROXY_PASSWORD

LOGGER = "odoo.addons.l10n_fr_chorus_pro.models.connection.secrets"
ELSEWHERE = "https://gateway.example.org/cpro/"
PROXY = "http://proxy.example.org:3128"
PASSWORDS = ["piste_client_secret", "technical_password"]


@tagged("post_install_l10n", "post_install", "-at_install")
class TestSecretPlace(SecretCommon):
    simulator_options = {"tls": True}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mine = cls.connection.with_user(cls.administrator)
        cls.authority = cls.credentials["certificate"]["authority"]
        cls.mine.write({"proxy_address": PROXY, "proxy_password": PROXY_PASSWORD})
        # The proxy is new: what was kept is typed with it.
        cls.mine.write(cls._typed_again())

    def _kept(self):
        self.mine.invalidate_recordset()
        return [name for name in self.mine._secret_columns if self.mine[f"has_{name}"]]

    def test_secrets_do_not_follow_a_new_address(self):
        changes = {
            "custom_api_url": ({"custom_api_url": ELSEWHERE}, ["proxy_password"]),
            "custom_token_url": ({"custom_token_url": ELSEWHERE}, ["proxy_password"]),
            "environment": ({"environment": "production"}, ["proxy_password"]),
            "access_mode": ({"access_mode": "certificate"}, ["proxy_password"]),
            "trusted_authorities": ({"trusted_authorities": self.authority}, []),
            "proxy_address": ({"proxy_address": "http://other.example.org:3128"}, []),
            "no proxy": ({"proxy_address": False}, []),
        }
        self.assertEqual(self._kept(), [*PASSWORDS, "proxy_password"])
        for name, (values, kept) in changes.items():
            if name == "access_mode":
                values = {**values, "custom_api_url": ELSEWHERE}
            with self.subTest(change=name), self.cr.savepoint() as savepoint:
                self.mine.write(values)
                self.assertEqual(self._kept(), kept)
                savepoint.rollback()
            self.env.invalidate_all()

    def test_production_secrets_are_not_sent_to_qualification(self):
        self.mine.write({"environment": "production", **self._typed_again()})
        self.mine.environment = "qualification"
        self.assertEqual(self._kept(), ["proxy_password"])
        with self.assertRaisesRegex(UserError, "PISTE Client Secret, Technical Password"):
            self.mine._client()

    def test_secrets_typed_with_the_new_address_are_kept(self):
        self.mine.write({"environment": "production", **self._typed_again()})
        self.assertEqual(self._kept(), [*PASSWORDS, "proxy_password"])
        self.mine.write({"environment": "qualification", "technical_password": "Autre-2026"})
        self.assertEqual(self._kept(), ["technical_password", "proxy_password"])
        self.assertEqual(self.connection._secret("technical_password"), "Autre-2026")

    def test_proxy_password_in_the_new_address_is_kept(self):
        self.mine.proxy_address = "http://me:Autre-2026@other.example.org:3128"
        self.assertEqual(self._kept(), ["proxy_password"])
        self.assertEqual(self.connection._secret("proxy_password"), "Autre-2026")

    def test_change_that_leads_to_the_same_address_removes_nothing(self):
        self.mine.write({"trusted_authorities": self.authority, **self._typed_again()})
        self.mine.proxy_password = PROXY_PASSWORD
        for values in (
            {"custom_api_url": f"  {self.mine.custom_api_url.rstrip('/')} "},
            {"custom_token_url": f"{self.mine.custom_token_url}\u200b"},
            {"trusted_authorities": "\r\n".join(["", *self.authority.splitlines(), ""])},
            {"proxy_address": " proxy.example.org:3128"},
            {"environment": "custom", "access_mode": "piste"},
            {"custom_portal_url": "https://portal.example.org/"},
            {"custom_leads_to": "qualification"},
            {"name": "Another name", "proxy_login": "me"},
        ):
            with self.subTest(values=values):
                self.mine.write(values)
                self.assertEqual(self._kept(), [*PASSWORDS, "proxy_password"])

    def test_address_that_is_not_in_use_removes_nothing_before_it_is(self):
        self.mine.write({"environment": "production", **self._typed_again()})
        self.mine.custom_api_url = ELSEWHERE
        self.assertEqual(self._kept(), [*PASSWORDS, "proxy_password"])
        self.mine.environment = "custom"
        self.assertEqual(self._kept(), ["proxy_password"])

    def test_nothing_is_sent_to_the_new_address_before_the_secrets_are_typed(self):
        self.mine.proxy_address = False
        self.mine.write(self._typed_again())
        move = self._invoice()
        move.with_user(self.accountant).action_chorus_pro_send()
        self.mine.custom_api_url = f"{self.mine.custom_api_url}other/"
        self._run_sender()
        self.assertEqual(move.chorus_pro_state, "queued")
        self.assertFalse(self._requests())
        self.assertIn("Technical Password", move.chorus_pro_trouble)
        self.mine.write({"custom_api_url": self.credentials["api_url"], **self._typed_again()})
        self._run_sender()
        self.assertEqual(move.chorus_pro_state, "deposited")

    def test_token_does_not_follow_a_new_address(self):
        self.mine.proxy_address = False
        self.mine.write(self._typed_again())
        self._authenticate()
        self.assertTrue(self._token())
        self.mine.custom_api_url = ELSEWHERE
        self.assertFalse(self._token())

    def test_log_says_who_changed_which_address_and_no_secret(self):
        with self.assertLogs(LOGGER, logging.INFO) as logs:
            self.mine.write({"custom_api_url": ELSEWHERE, "technical_password": "Autre-2026"})
        [line] = logs.output
        for word in (
            f"user {self.administrator.id} ",
            self.credentials["api_url"],
            f"-> {ELSEWHERE}",
            "removed: piste_client_secret",
        ):
            self.assertIn(word, line)
        self.assertNotIn("Autre-2026", line)

    def test_form_says_before_saving_which_secrets_are_to_be_typed_again(self):
        with Form(self.mine) as form:
            self.assertFalse(form.secrets_to_type)
            form.custom_api_url = ELSEWHERE
            self.assertEqual(form.secrets_to_type, "PISTE Client Secret, Technical Password")
            form.technical_password = "Autre-2026"
            self.assertEqual(form.secrets_to_type, "PISTE Client Secret")
        self.assertEqual(self._kept(), ["technical_password", "proxy_password"])
        self.assertEqual(self.mine._missing_settings(), ["PISTE Client Secret"])

    def test_guide_says_it_too(self):
        setup = self.env["chorus.pro.setup"].with_user(self.administrator).create(
            {"connection_id": self.connection.id}
        )
        with Form(setup) as form:
            form.environment = "production"
            self.assertEqual(form.secrets_to_type, "PISTE Client Secret, Technical Password")
            form.environment = "custom"
            self.assertFalse(form.secrets_to_type)
            form.environment = "production"
        self.assertEqual(self._kept(), ["proxy_password"])

    def test_each_setting_that_the_client_is_given_an_address_by_is_watched(self):
        """A new way to lead secrets elsewhere is not forgotten."""
        smell = ("_url", "_address", "authorities", "environment", "access_mode")
        known = {
            "custom_portal_url": "for people, nothing is sent there",
            "custom_leads_to": "a name",
        }
        found = {
            name
            for name, field in self.connection._fields.items()
            if field.store and name.endswith(smell)
        }
        self.assertEqual(found - known.keys(), set(self.connection._destination_values()))


@tagged("post_install_l10n", "post_install", "-at_install")
class TestSecretPlaceOfCertificate(CertificateCommon):
    def test_certificate_stays_for_its_key_leaves_the_server_for_no_address(self):
        self.connection.technical_password = "Mot-2026"
        self.connection.custom_api_url = ELSEWHERE
        self.connection.invalidate_recordset()
        self.assertFalse(self.connection.has_technical_password)
        self.assertEqual(self.connection.certificate_id, self.certificate)
        self.assertEqual(self.connection._missing_settings(), ["Technical Password"])


@tagged("post_install_l10n", "post_install", "-at_install")
class TestSecretColumn(SecretCommon):
    """With a key on the server, what is in one column is nothing in another."""

    @classmethod
    def setUpClass(cls):
        cls.enterClassContext(server_with(FIRST))
        super().setUpClass()
        cls.other = cls._create_connection(cls.company, in_use=False, name="Other")

    def _sql(self, query, *params):
        self.env.flush_all()
        self.env.cr.execute(query, params)
        self.env.invalidate_all()

    def _assert_refused(self, connection):
        self.assertEqual(connection.secrets_state, "moved")
        self.assertTrue(connection.has_technical_password)
        submission = self._send(self._invoice())
        self.assertEqual(submission.state, "queued")
        self.assertIn("not where it was entered", submission.move_id.chorus_pro_trouble)
        self.assertFalse(self._requests())

    def test_secret_of_another_record_is_refused(self):
        self._sql(
            "UPDATE chorus_pro_connection c"
            " SET technical_password_value = o.technical_password_value"
            " FROM chorus_pro_connection o WHERE c.id = %s AND o.id = %s",
            self.connection.id,
            self.other.id,
        )
        self._assert_refused(self.connection)

    def test_secret_of_another_column_is_refused(self):
        self._sql(
            "UPDATE chorus_pro_connection SET piste_client_secret_value = technical_password_value"
            " WHERE id = %s",
            self.connection.id,
        )
        self._assert_refused(self.connection)

    def test_mark_of_the_old_form_frees_no_secret(self):
        self._sql(
            "UPDATE chorus_pro_connection c SET technical_password_value = "
            "replace(o.technical_password_value, 'chorus-pro:2:', 'chorus-pro:1:')"
            " FROM chorus_pro_connection o WHERE c.id = %s AND o.id = %s",
            self.connection.id,
            self.other.id,
        )
        self._assert_refused(self.connection)

    def test_secret_that_was_moved_is_not_bound_to_its_new_place(self):
        self._sql(
            "UPDATE chorus_pro_connection SET piste_client_secret_value = technical_password_value"
            " WHERE id = %s",
            self.connection.id,
        )
        self._run(self.env.ref("l10n_fr_chorus_pro.ir_cron_secrets"))
        self.connection.invalidate_recordset()
        self._assert_refused(self.connection)
        self.connection.piste_client_secret = self.credentials["client_secret"]
        self.assertEqual(self.connection.secrets_state, "encrypted")

    def test_token_of_another_connection_is_no_token(self):
        self._authenticate()
        self.env.cr.execute("SELECT owner, value FROM chorus_pro_token")
        self._sql("UPDATE chorus_pro_token SET connection_id = %s", self.other.id)
        store = self.other.sudo()._auth()._store
        with self.enter_registry_test_mode():
            self.assertIsNone(store.get())

    def test_secrets_of_the_old_form_are_used_and_bound_by_the_daily_job(self):
        old = SecretKeys(FIRST).encrypt(self.credentials["password"])
        self._sql(
            "UPDATE chorus_pro_connection SET technical_password_value = %s WHERE id = %s",
            old,
            self.connection.id,
        )
        self.assertEqual(self.connection.secrets_state, "partly")
        self.assertEqual(self._send(self._invoice()).state, "deposited")
        self._run(self.env.ref("l10n_fr_chorus_pro.ir_cron_secrets"))
        self.connection.invalidate_recordset()
        self.assertEqual(self.connection.secrets_state, "encrypted")
        self.assertFalse(is_old_form(self.connection.sudo().technical_password_value))
        self.assertEqual(self._send(self._invoice()).state, "deposited")

    def test_secret_of_a_new_record_never_stands_in_clear_in_a_statement(self):
        statements = []
        execute = Cursor.execute

        def spy(cr, query, params=None, **options):
            statements.append(repr(getattr(query, "params", params)) + str(query))
            return execute(cr, query, params, **options)

        with patch.object(Cursor, "execute", spy):
            self._create_connection(self.company, in_use=False, name="Third")
        for words in ('INSERT INTO "chorus_pro_connection"', "technical_password_value"):
            self.assertTrue([each for each in statements if words in each], words)
        for secret in self.credentials["client_secret"], self.credentials["password"]:
            self.assertFalse([each for each in statements if secret in each])
