# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import base64

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ...choruspro.secret_keys import SecretKeys, is_encrypted
from ...models.connection.token import token_place
from ..common.certificate import CertificateCommon
from ..common.concurrency import ConcurrencyCase
from ..common.encryption import EDI_PASSPHRASE, FIRST, SECOND, SecretCommon, server_with
from ..common.secret import PROXY_PASSWORD


@tagged("post_install_l10n", "post_install", "-at_install")
class TestSecret(SecretCommon):
    def test_without_key_secrets_are_plain_and_the_screen_says_so(self):
        with server_with():
            self._type_secrets()
            self.assertIn(PROXY_PASSWORD, self._dump())
            self.assertEqual(self.connection.secrets_state, "plain")
            self.assertEqual(self.connection._secret("proxy_password"), PROXY_PASSWORD)

    def test_with_a_key_no_column_holds_a_secret_in_clear(self):
        with server_with(FIRST):
            self._type_secrets()
            submission = self._send(self._invoice())
            self.assertEqual(submission.state, "deposited", submission.reason)
            dump = self._dump()
            secrets = [
                PROXY_PASSWORD, EDI_PASSPHRASE,
                *map(self.credentials.get, ("client_secret", "password")),
            ]
            self.assertTrue(all(map(is_encrypted, self._token())))
            for column, stored in zip(("owner", "value"), self._token(), strict=True):
                place = token_place(self.connection.id, column)
                secrets.append(SecretKeys(FIRST).decrypt(stored, place))
            for secret in secrets:
                self.assertNotIn(secret, dump)
            self.assertEqual(self.connection.secrets_state, "encrypted")

    def test_secrets_of_before_the_key_work_and_are_encrypted_by_the_daily_job(self):
        with server_with():
            self._type_secrets()
            self._authenticate()
            [_owner, token] = self._token()
        with server_with(FIRST):
            self.assertEqual(self.connection.secrets_state, "partly")
            self.assertEqual(self._send(self._invoice()).state, "deposited")
            self._run(self.env.ref("l10n_fr_chorus_pro.ir_cron_secrets"))
            dump = self._dump()
            for secret in (PROXY_PASSWORD, self.credentials["password"], token):
                self.assertNotIn(secret, dump)
            self.connection.invalidate_recordset()
            self.assertEqual(self.connection.secrets_state, "encrypted")
            self.assertEqual(self._send(self._invoice()).state, "deposited")

    def test_key_is_changed_without_a_stop(self):
        with server_with(FIRST):
            self._type_secrets()
            self._send(self._invoice())
        with server_with(SECOND, FIRST):
            self.assertEqual(self.connection.secrets_state, "partly")
            self.assertEqual(self._send(self._invoice()).state, "deposited")
            self.assertEqual(len(self._requests("token")), 1, "the token's owner is the same")
            self.connection.with_user(self.administrator).action_encrypt_again()
            self.connection.invalidate_recordset()
            self.assertEqual(self.connection.secrets_state, "encrypted")
        with server_with(SECOND):
            self.assertEqual(self.connection.secrets_state, "encrypted")
            self.assertEqual(self._send(self._invoice()).state, "deposited")

    def test_encrypting_again_twice_changes_nothing(self):
        with server_with(FIRST):
            self._type_secrets()
            self.assertFalse(self.connection._encrypt_again())

    def test_token_that_no_key_opens_is_no_token(self):
        with server_with(FIRST):
            self._type_secrets()
            self._send(self._invoice())
        with server_with(SECOND, FIRST):
            self.connection._encrypt_again()
        with server_with(SECOND):
            self.assertEqual(self._send(self._invoice()).state, "deposited")
        self.assertEqual(len(self._requests("token")), 2)

    def test_lost_key_is_one_sentence_and_entering_the_secrets_again_mends_it(self):
        with server_with(FIRST):
            self._type_secrets()
        for keys in ((SECOND,), ()):
            with self.subTest(keys=len(keys)), server_with(*keys):
                self.connection.invalidate_recordset()
                self.assertEqual(self.connection.secrets_state, "lost")
                self.assertTrue(self.connection.has_technical_password)
                submission = self._send(self._invoice())
                self.assertEqual(submission.state, "queued")
                trouble = submission.move_id.chorus_pro_trouble
                self.assertIn("No key of CHORUS_PRO_SECRET_KEY opens", trouble)
                self.assertFalse(self._requests())
                self._end_pause()
        with server_with(SECOND):
            self.connection._encrypt_again()
            self.connection.invalidate_recordset()
            self.assertEqual(self.connection.secrets_state, "lost", "nothing is thrown away")
            self._type_secrets()
            self.assertEqual(self.connection.secrets_state, "encrypted")
            self._run_sender()
            self.assertEqual(submission.state, "deposited", submission.reason)

    def test_what_is_no_key_is_said_and_nothing_is_saved(self):
        with server_with("change-me"):
            self.assertEqual(self.connection.secrets_state, "invalid")
            with self.assertRaisesRegex(UserError, "not a key") as caught, self.cr.savepoint():
                self._type_secrets()
            self.assertNotIn("change-me", str(caught.exception))
            with self.assertRaisesRegex(UserError, "not a key"):
                self.connection.action_encrypt_again()
            with self.enter_registry_test_mode():
                self.connection.action_test_connection()
            self.assertIn("not a key", self.connection.trouble)
            with self.assertLogs("odoo.addons.l10n_fr_chorus_pro.models", "ERROR") as logs:
                self._run(self.env.ref("l10n_fr_chorus_pro.ir_cron_secrets"))
            self.assertNotIn("change-me", "".join(logs.output))
        self.assertNotIn(PROXY_PASSWORD, self._dump())
        self.connection.invalidate_recordset()
        self.assertEqual(self._send(self._invoice()).state, "deposited")

    def test_administrators_only_encrypt_again(self):
        with server_with(FIRST), self.assertRaises(AccessError):
            self.connection.with_user(self.accountant).action_encrypt_again()

    def test_secrets_leave_by_no_door(self):
        with server_with(FIRST):
            self._type_secrets()
            connection = self.connection.with_user(self.administrator)
            connection.invalidate_recordset()
            [values] = connection.read()
            for name, column in connection._secret_columns.items():
                self.assertFalse(values[name])
                self.assertTrue(values[f"has_{name}"])
                self.assertNotIn(column, values)
                with self.assertRaises(AccessError):
                    connection.read([column])
                with self.assertRaises(AccessError):
                    connection.write({column: "x"})
                with self.assertRaises(AccessError):
                    connection.search([(column, "!=", False)])
                if connection._fields[column].type == "char":
                    with self.assertRaises(AccessError):
                        connection.search([(column, "like", "gAAAAA")])


@tagged("post_install_l10n", "post_install", "-at_install")
class TestCertificateSecret(SecretCommon, CertificateCommon):
    def test_file_and_its_password_are_encrypted_and_still_used(self):
        with server_with(FIRST):
            self.certificate.with_user(self.administrator).write(
                {"file": self.known["p12"], "password": self.known["password"]}
            )
            dump = self._dump()
            content = base64.b64decode(self.known["p12"])
            for form in (self.known["password"], self.known["p12"][:40], content[:40].hex()):
                self.assertNotIn(form, dump)
            self.assertNotIn(base64.b64encode(content)[:60].hex(), dump)
            self.assertTrue(is_encrypted(self._column("file_value")))
            self.assertTrue(is_encrypted(self._column("password_value")))
            self.assertEqual(self._send(self._invoice()).state, "deposited")

    def test_certificate_of_before_the_key_is_encrypted_with_the_connection(self):
        with server_with(SECOND, FIRST):
            self.assertEqual(self.connection.secrets_state, "partly")
            self.connection.action_encrypt_again()
            self.connection.invalidate_recordset()
            self.assertEqual(self.connection.secrets_state, "encrypted")
            self.assertTrue(is_encrypted(self._column("file_value")))
        with server_with(SECOND):
            self.assertEqual(self._send(self._invoice()).state, "deposited")

    def test_lost_key_leaves_what_is_public_and_a_new_file_mends_it(self):
        with server_with(FIRST):
            self.connection._encrypt_again()
        with server_with(SECOND):
            self.certificate.invalidate_recordset()
            self.assertEqual(self.certificate.subject, "Simulator's client")
            self.assertFalse(self.certificate.problems)
            self.assertTrue(self.certificate.chain_file)
            self.assertEqual(self._send(self._invoice()).state, "queued")
            self._type_secrets()
            self.certificate.write({"file": self.known["p12"], "password": self.known["password"]})
            self._run_sender()
            self.assertEqual(len(self._at_chorus()), 1)

    def _column(self, name):
        self.env.cr.execute(
            f"SELECT {name} FROM chorus_pro_certificate WHERE id = %s", [self.certificate.id]
        )
        [value] = self.env.cr.fetchone()
        return bytes(value) if isinstance(value, memoryview) else value


@tagged("post_install_l10n", "post_install", "-at_install")
class TestSecretConcurrency(ConcurrencyCase):
    def test_what_someone_changed_meanwhile_is_left_and_the_others_are_encrypted(self):
        with self._env() as env:
            model = env["chorus.pro.connection"]
            changed = model.search([("company_id", "=", self.company_id)])
            other = changed.copy({"name": "Other"})
            (changed + other).technical_password = "Tres-Secret-2026"
            env["chorus.pro.token"].create({"connection_id": changed.id, "value": "in clear"})
        with server_with(FIRST), self._env() as env:
            # Its transaction sees the database as it is now.
            self.assertEqual(self._passwords(env, changed + other), ["plain", "plain"])
            with self._env() as meanwhile:
                meanwhile["chorus.pro.connection"].browse(changed.id).name = "Meanwhile"
                meanwhile["chorus.pro.token"].search([]).value = "another"
            env["chorus.pro.connection"]._cron_encrypt_again()
            self.assertEqual(self._passwords(env, changed + other), ["plain", "encrypted"])
            self.assertEqual(env["chorus.pro.token"].search([]).mapped("value"), ["in clear"])
            # Other rows of this database are none of ours.
            env.cr.rollback()
        with server_with(FIRST), self._env() as env:
            env["chorus.pro.connection"]._cron_encrypt_again()
            self.assertEqual(self._passwords(env, changed + other), ["encrypted", "encrypted"])
            self.assertFalse(env["chorus.pro.token"].search([]))
            env.cr.rollback()

    def _passwords(self, env, connections):
        rows = env["chorus.pro.connection"].browse(connections.ids)
        values = rows.mapped("technical_password_value")
        return ["encrypted" if is_encrypted(value) else "plain" for value in values]
