# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import base64
from datetime import datetime, time
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, HttpCase, tagged

from ...models.access.storage import paris_day
from ..common.certificate import DAY, CertificateCommon

# Variant of the p12 that the administrator may pick by mistake -> word of the sentence.
REFUSED_WHEN_SAVED = {
    "wrong_key": "is not that of its certificate",
    "no_key": "lacks the private key",
    "expired": "has expired",
}
# With how many days ago it was added.
REFUSED_WHEN_USED = {
    "expired": ("has expired", 10),
    "not_yet_valid": ("not valid yet", 0),
    "no_chain": ("does not accept the client certificate", 0),
    "stranger": ("does not accept the client certificate", 0),
}


@tagged("post_install_l10n", "post_install", "-at_install")
class TestCertificate(CertificateCommon):
    def test_invoice_travels_by_certificate(self):
        move = self._invoice()
        submission = self._send(move)
        self.assertEqual(submission.state, "deposited", submission.reason)
        self.assertEqual(len(self._at_chorus(move.name)), 1)
        self.assertFalse(self._requests("token"))
        self.assertTrue(all("/v1/" not in request["path"] for request in self._requests()))

    def test_first_certificate_is_in_use_at_once(self):
        self.assertTrue(self.certificate.in_use)
        self.assertEqual(self.connection.certificate_id, self.certificate)
        self.assertEqual(self.certificate.state, "in_use")
        self.assertFalse(self.certificate.problems)

    def _first_error(self):
        return self._verdicts().filtered(lambda row: row.verdict == "error")[:1].message or ""

    def test_good_certificate_is_green(self):
        self.assertEqual(set(self._verdicts().mapped("verdict")), {"ok"})

    def test_bad_file_is_refused_and_the_former_one_stays(self):
        administrator = self.env["chorus.pro.certificate"].with_user(self.administrator)
        files = {words: self.known["variants"][name] for name, words in REFUSED_WHEN_SAVED.items()}
        files["cannot be read"] = b"bm90IGEgY2VydGlmaWNhdGU="
        files["Give the file"] = False
        for words, file in files.items():
            values = {
                "connection_id": self.connection.id,
                "file": file,
                "password": self.known["password"],
            }
            with self.subTest(words=words):
                with self.assertRaisesRegex(ValidationError, words), self.cr.savepoint():
                    administrator.create(values)
                with self.assertRaisesRegex(ValidationError, words), self.cr.savepoint():
                    self.certificate.with_user(self.administrator).file = file
        self.assertEqual(self.connection.certificate_ids, self.certificate)
        self.assertEqual(set(self._verdicts().mapped("verdict")), {"ok"})

    def test_wrong_or_missing_password_is_said_when_it_is_saved(self):
        for password in ("wrong", False):
            with (
                self.subTest(password=password),
                self.assertRaisesRegex(ValidationError, "missing or wrong"),
            ):
                self.certificate.password = password

    def test_bad_certificate_is_said_by_the_test_and_keeps_invoices_in_the_queue(self):
        for variant, (words, days_ago) in REFUSED_WHEN_USED.items():
            with self.subTest(variant=variant):
                self.connection.certificate_ids.unlink()
                self._add_variant(variant, days_ago)
                self.assertIn(words, self._first_error())
                submission = self._send(self._invoice())
                self.assertEqual(submission.state, "queued")
                self.assertIn(words, submission.move_id.chorus_pro_trouble)

    def test_connection_without_certificate_says_what_to_fill_in(self):
        self.certificate.unlink()
        with self.assertRaisesRegex(UserError, "Certificate in Use"):
            self.connection._client()

    def test_renewed_certificate_stands_beside_until_it_is_wanted(self):
        renewed = self._add_certificate(self.known["renewed"])
        self.assertFalse(renewed.in_use)
        self.assertEqual(self.connection.certificate_id, self.certificate)
        self.assertEqual(renewed.state, "next")
        renewed.with_user(self.administrator).action_use()
        self.assertEqual(self.connection.certificate_id, renewed)
        self.assertEqual((renewed.state, self.certificate.state), ("in_use", "retired"))
        self.assertEqual(self._send(self._invoice()).state, "deposited")

    def test_of_two_certificates_given_at_once_the_first_is_in_use(self):
        self.certificate.unlink()
        self.assertFalse(self.connection.certificate_id)
        files = (self.known["p12"], self.known["renewed"])
        both = self.env["chorus.pro.certificate"].create(
            [
                {
                    "connection_id": self.connection.id,
                    "file": file,
                    "password": self.known["password"],
                }
                for file in files
            ]
        )
        self.assertEqual(both.mapped("in_use"), [True, False])
        self.assertEqual(self.connection.certificate_id, both[0])

    def test_certificate_that_is_not_valid_yet_is_not_put_in_use(self):
        later = self._add_variant("not_yet_valid")
        with self.assertRaisesRegex(UserError, "not valid yet"):
            later.action_use()
        self.assertEqual(self.connection.certificate_id, self.certificate)

    def test_only_one_certificate_is_in_use(self):
        other = self._add_variant("stranger")
        with self.assertRaises(UniqueViolation), self.cr.savepoint():
            other.in_use = True
            other.flush_recordset()

    def test_successor_takes_over_without_a_gap(self):
        self.certificate.unlink()
        former = self._add_variant("expired", days_ago=10)
        renewed = self._add_certificate(self.known["p12"])
        self.assertEqual((former.in_use, former.state), (True, "expired"))
        self.assertEqual(renewed.state, "next")
        # Before the daily job had its turn
        move = self._invoice()
        self.assertEqual(self._send(move).state, "deposited", move.chorus_pro_trouble)
        self.assertEqual(self.connection.certificate_id, former)
        before = self._messages()
        self._run(self.env.ref("l10n_fr_chorus_pro.ir_cron_certificate"))
        self.assertEqual(self.connection.certificate_id, renewed)
        told = self._messages() - before
        self.assertEqual(len(told), 1)
        self.assertIn(renewed.serial, told.body)
        self._run(self.env.ref("l10n_fr_chorus_pro.ir_cron_certificate"))
        self.assertEqual(self._messages() - before, told)

    def test_each_reminder_is_sent_once_and_stops_with_the_renewal(self):
        # Whatever the hour: it ends at the same time of day
        noon = datetime.combine(paris_day(self.certificate.not_after), time(12))
        sent, before = [], self._messages()
        for days in (61, 60, 59, 31, 30, 16, 14, 14, 7, 6, 1, 0, -1):
            with freeze_time(noon - days * DAY):
                self._run(self.env.ref("l10n_fr_chorus_pro.ir_cron_certificate"))
                found = self._messages() - before
                sent += [(days, f"days left: {days})" in message.body) for message in found]
                before += found
        self.assertEqual(sent, [(days, True) for days in (60, 30, 14, 7, 1)])

    def test_renewed_certificate_stops_the_reminders(self):
        with freeze_time(self.certificate.not_after - 20 * DAY):
            before = self._messages()
            self._add_certificate(self.known["renewed"])
            self._run(self.env.ref("l10n_fr_chorus_pro.ir_cron_certificate"))
            self.assertFalse(self._messages() - before)

    def test_nobody_is_reminded_of_a_certificate_that_no_connection_shows(self):
        self.connection.write(
            {"access_mode": "piste", "custom_token_url": self.credentials["token_url"]}
        )
        before = self._messages()
        for days in (20, -1):
            with freeze_time(self.certificate.not_after - days * DAY):
                self._run(self.env.ref("l10n_fr_chorus_pro.ir_cron_certificate"))
        self.assertFalse(self._messages() - before)

    def test_one_connection_that_fails_keeps_no_reminder_from_the_others(self):
        other = self.connection.copy({"name": "Other", "in_use": False})
        take_over = type(other)._take_over_certificate

        def failing(connection):
            if connection == other:
                raise ValueError("out of order")
            return take_over(connection)

        self.env["chorus.pro.certificate"].create(
            {
                "connection_id": other.id,
                "file": self.known["p12"],
                "password": self.known["password"],
            }
        )
        before = self._messages()
        with (
            patch.object(type(other), "_take_over_certificate", failing),
            freeze_time(self.certificate.not_after - 20 * DAY),
            self.assertLogs("odoo.addons.l10n_fr_chorus_pro", "ERROR") as logs,
        ):
            self._run(self.env.ref("l10n_fr_chorus_pro.ir_cron_certificate"))
        self.assertEqual(len(logs.output), 1)
        self.assertEqual(len(self._messages() - before), 1)

    def test_server_of_an_unknown_authority_is_not_trusted(self):
        self.connection.write({"trusted_authorities": False, "technical_password": "x"})
        self.assertIn("not trusted", self._first_error())

    def test_wrong_technical_account_is_said(self):
        self.connection.technical_password = "wrong"
        self.assertIn("technical account", self._first_error())

    def test_plain_http_is_refused_for_a_certificate(self):
        with self.assertRaisesRegex(ValidationError, "https"):
            self.connection.custom_api_url = "http://127.0.0.1:1/service-qualif/"

    def test_manager_reads_what_is_public_and_changes_nothing(self):
        with Form(self.connection.with_user(self.manager)) as form:
            self.assertEqual(form.certificate_id.id, self.certificate.id)
        mine = self.certificate.with_user(self.manager)
        with Form(mine) as form:
            self.assertEqual(form.subject, "Simulator's client")
        self.assertTrue(mine.chain_file)
        for refused in (
            mine.action_use,
            mine.unlink,
            lambda: mine.write({"file": self.known["p12"]}),
            mine.connection_id.action_encrypt_again,
            lambda: mine.read(["file"]),
        ):
            with self.assertRaises(AccessError), self.cr.savepoint():
                refused()

    def test_certificate_never_leaves_the_server(self):
        self.certificate.invalidate_recordset()
        certificate = self.certificate.with_user(self.administrator)
        [values] = certificate.with_context(bin_size=False).read()
        for name in ("file", "pasted", "password"):
            self.assertFalse(values[name])
        self.assertTrue(values["has_file"])
        self.assertNotIn("PRIVATE", str(values))
        for name in ("file_value", "password_value"):
            self.assertNotIn(name, values)
            with self.assertRaises(AccessError):
                certificate.read([name])
            with self.assertRaises(AccessError):
                certificate.export_data([name])
        copy = self.connection.copy({"in_use": False}).sudo()
        self.assertFalse(copy.certificate_ids)
        with self.assertRaisesRegex(ValidationError, "Give the file"):
            certificate.copy()
        with self.assertRaises(AccessError):
            self.certificate.with_user(self.accountant).read(["subject"])

    def _messages(self):
        """What the administrator was told, in English."""
        return self.env["mail.message"].sudo().search(
            [
                ("model", "=", "chorus.pro.connection"),
                ("res_id", "=", self.connection.id),
                ("notified_partner_ids", "in", self.administrator.partner_id.ids),
            ]
        )


@tagged("post_install_l10n", "post_install", "-at_install")
class TestCertificateDownload(CertificateCommon, HttpCase):
    def test_chain_is_downloaded_and_nothing_that_is_secret(self):
        for user in (self.administrator, self.accountant):
            user.password = user.login
        url = self.certificate.action_export_chain()["url"]
        self.authenticate(self.administrator.login, self.administrator.login)
        answer = self.url_open(url)
        self.assertEqual(answer.status_code, 200)
        self.assertIn("Simulator-s-client.p7b", answer.headers["Content-Disposition"])
        self.assertEqual(answer.content, base64.b64decode(self.certificate.chain_file))
        for name in ("file", "file_value", "pasted"):
            place = f"/web/content/chorus.pro.certificate/{self.certificate.id}/{name}"
            hidden = self.url_open(place)
            self.assertFalse(hidden.ok and hidden.content, name)
        self.authenticate(self.accountant.login, self.accountant.login)
        self.assertFalse(self.url_open(url).ok)
