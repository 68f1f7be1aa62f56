# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common import ChorusProCommon

# Variant of the p12 that the administrator may pick by mistake -> word of the sentence.
REFUSED_WHEN_SAVED = {
    "wrong_key": "is not that of its certificate",
    "no_key": "lacks the private key",
}
REFUSED_WHEN_USED = {
    "expired": "has expired",
    "not_yet_valid": "not valid yet",
    "no_chain": "does not accept the client certificate",
    "stranger": "does not accept the client certificate",
}


@tagged("post_install_l10n", "post_install", "-at_install")
class TestCertificate(ChorusProCommon):
    simulator_options = {"tls": True}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.certificate = cls.credentials["certificate"]
        cls.connection.write(
            {
                "access_mode": "certificate",
                "custom_token_url": False,
                "custom_api_url": cls.certificate["api_url"],
                "piste_client_id": False,
                "piste_client_secret": False,
                "certificate_file": cls.certificate["p12"],
                "certificate_password": cls.certificate["password"],
                "trusted_authorities": cls.certificate["authority"],
            }
        )

    def _verdicts(self):
        with self.enter_registry_test_mode():
            self.connection.action_test_connection()
        return self.connection.check_ids

    def test_invoice_travels_by_certificate(self):
        move = self._invoice()
        submission = self._send(move)
        self.assertEqual(submission.state, "deposited", submission.reason)
        self.assertEqual(len(self._at_chorus(move.name)), 1)
        self.assertFalse(self._requests("token"))
        self.assertTrue(all("/v1/" not in request["path"] for request in self._requests()))

    def test_certificate_tells_what_it_is(self):
        self.assertTrue(self.connection.certificate_subject)
        self.assertTrue(self.connection.certificate_issuer)
        self.assertTrue(self.connection.certificate_expiry)
        self.assertGreaterEqual(self.connection.certificate_chain_length, 2)

    def test_good_certificate_is_green(self):
        self.assertEqual(set(self._verdicts().mapped("verdict")), {"ok"})

    def test_bad_file_is_refused_when_it_is_saved(self):
        for variant, words in REFUSED_WHEN_SAVED.items():
            with self.subTest(variant=variant), self.assertRaisesRegex(ValidationError, words):
                self.connection.certificate_file = self.certificate["variants"][variant]
        with self.assertRaisesRegex(ValidationError, "cannot be read"):
            self.connection.certificate_file = b"bm90IGEgY2VydGlmaWNhdGU="

    def test_wrong_or_missing_password_is_said_when_it_is_saved(self):
        for password in ("wrong", False):
            with (
                self.subTest(password=password),
                self.assertRaisesRegex(ValidationError, "missing or wrong"),
            ):
                self.connection.certificate_password = password

    def test_bad_certificate_is_said_by_the_test_and_keeps_invoices_in_the_queue(self):
        for variant, words in REFUSED_WHEN_USED.items():
            with self.subTest(variant=variant):
                self.connection.certificate_file = self.certificate["variants"][variant]
                checks = self._verdicts()
                self.assertEqual(checks[0].verdict, "error")
                self.assertIn(words, checks[0].message)
                submission = self._send(self._invoice())
                self.assertEqual(submission.state, "queued")
                self.assertIn(words, submission.move_id.chorus_pro_trouble)

    def test_wrong_technical_account_is_said(self):
        self.connection.technical_password = "wrong"
        checks = self._verdicts()
        self.assertIn("technical account", checks[0].message)

    def test_server_of_an_unknown_authority_is_not_trusted(self):
        self.connection.trusted_authorities = False
        checks = self._verdicts()
        self.assertIn("not trusted", checks[0].message)

    def test_plain_http_is_refused_for_a_certificate(self):
        with self.assertRaisesRegex(ValidationError, "https"):
            self.connection.custom_api_url = "http://127.0.0.1:1/service-qualif/"

    def test_certificate_never_leaves_the_server(self):
        self.connection.invalidate_recordset()
        connection = self.connection.with_user(self.administrator)
        [values] = connection.with_context(bin_size=False).read()
        self.assertFalse(values["certificate_file"])
        self.assertFalse(values["certificate_password"])
        self.assertTrue(values["has_certificate_file"])
        with self.assertRaises(AccessError):
            connection.read(["certificate_file_value"])
        copy = self.connection.copy({"in_use": False}).sudo()
        self.assertFalse(copy.certificate_file_value)
        self.assertFalse(copy.certificate_subject)
