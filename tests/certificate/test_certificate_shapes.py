# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import base64
import shutil
import subprocess

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ...choruspro.tests.certificate_shapes import (
    DAY,
    NOW,
    PASSWORD,
    SERVER,
    Shape,
    certificate,
    key,
    name,
    p12_with_two_keys,
)
from ..common.chorus_pro import ChorusProCommon

GOOD = Shape()

# What is taken, whatever its form: the file, its password
TAKEN = {
    "p12": (GOOD.p12(), PASSWORD),
    "p12 without password": (GOOD.p12(password=""), False),
    "p12 whose authorities are in the wrong order": (GOOD.p12(GOOD.top, GOOD.middle), PASSWORD),
    "pem with Windows line ends": (GOOD.pem().replace(b"\n", b"\r\n"), False),
    "pem in the wrong order": (GOOD.pem(*GOOD.chain[::-1]), False),
    "pem with a password": (GOOD.pem(keys=[GOOD.key_pem(password=PASSWORD)]), PASSWORD),
}
# What can never be used: the file, its password, a word of the sentence
REFUSED = {
    "no key": (GOOD.pem(keys=[]), False, "lacks the private key"),
    "two keys": (p12_with_two_keys(GOOD, key("other")), PASSWORD, "several private keys"),
    "another's key": (
        GOOD.pem(keys=[GOOD.key_pem(key("other"))]),
        False,
        "not that of its certificate",
    ),
    "wrong password": (GOOD.p12(), "autre", "missing or wrong"),
    "sha-1": (Shape(client={"sha1": True}).pem(), False, "SHA-1"),
    "rsa of 1,024 bits": (Shape("rsa1024").pem(), False, "too weak"),
    "dsa": (Shape("dsa").pem(), False, "too weak"),
    "a server's": (Shape(client={"purposes": [SERVER]}).pem(), False, "not made to identify"),
    "an authority's": (Shape(client={"ca": True}).pem(), False, "authority"),
    "expired": (Shape(client={"last": NOW - DAY}).pem(), False, "has expired"),
    "half a file": (GOOD.pem()[:300], False, "cannot be read"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(100), False, "cannot be read"),
}
# What is taken with a word: the file, a word of the warning, how many certificates are sent
WARNED = {
    "no root": (GOOD.pem(GOOD.own, GOOD.middle), "is missing from the file", 2),
    "no intermediate": (GOOD.pem(GOOD.own, GOOD.top), "not authorities of yours", 1),
    "a stranger": (
        GOOD.pem(*GOOD.chain, Shape(above_name="Autre").middle),
        "not sent: 1",
        3,
    ),
    "signed by itself": (
        GOOD.pem(certificate(name("Moi"), GOOD.key, name("Moi"), GOOD.key)),
        "self-signed",
        1,
    ),
    "ends next week": (Shape(client={"last": NOW + 7 * DAY}).pem(), "days left: 7", 3),
    "its authority ends first": (Shape(above={"last": NOW + 99 * DAY}).pem(), "successor", 3),
}


@tagged("post_install_l10n", "post_install", "-at_install")
class TestCertificateShapes(ChorusProCommon):
    """Files of every kind, given by an administrator as the form gives them."""

    def setUp(self):
        super().setUp()
        self.enterContext(freeze_time(fields.Datetime.to_string(NOW)))

    def _add(self, content, password=False, **values):
        return (
            self.env["chorus.pro.certificate"]
            .with_user(self.administrator)
            .create(
                {
                    "connection_id": self.connection.id,
                    "file": base64.b64encode(content),
                    "password": password,
                    **values,
                }
            )
        )

    def test_good_certificate_is_taken_in_every_form(self):
        for shape, (content, password) in TAKEN.items():
            with self.subTest(shape=shape):
                added = self._add(content, password)
                self.assertEqual(added.subject, "client.example.org")
                self.assertFalse(added.problems)
                self.assertFalse(added.warnings)
                self.assertEqual((added.chain_complete, added.chain_length), (True, 3))

    def test_pasted_text_is_taken_like_a_file(self):
        text = GOOD.pem().decode().replace("\n", "\r\n")
        added = self._add(b"", pasted=f"\r\n{text}\r\n", file=False)
        self.assertEqual(added.subject, "client.example.org")
        self.assertFalse(added.pasted)
        added.invalidate_recordset()
        [values] = added.with_context(bin_size=False).read()
        self.assertNotIn("PRIVATE KEY", str(values))

    def test_what_can_never_be_used_is_refused_with_a_sentence(self):
        for shape, (content, password, words) in REFUSED.items():
            with (
                self.subTest(shape=shape),
                self.assertRaisesRegex(ValidationError, words),
                self.cr.savepoint(),
            ):
                self._add(content, password)
        self.assertFalse(self.connection.certificate_ids)

    def test_what_may_be_used_is_taken_with_a_warning(self):
        for shape, (content, words, length) in WARNED.items():
            with self.subTest(shape=shape):
                added = self._add(content)
                self.assertIn(words, added.warnings)
                self.assertFalse(added.problems)
                self.assertEqual(added.chain_length, length)

    def test_certificate_from_tomorrow_waits_beside_the_one_in_use(self):
        first = self._add(GOOD.pem())
        later = self._add(Shape(client={"first": NOW + DAY, "last": NOW + 800 * DAY}).pem())
        self.assertIn("not valid yet", later.problems)
        self.assertEqual((first.state, later.state), ("in_use", "next"))
        self.connection.write(
            {
                "access_mode": "certificate",
                "custom_token_url": False,
                "custom_api_url": "https://gateway.example.org/service/",
            }
        )
        with freeze_time(fields.Datetime.to_string(NOW + 401 * DAY)):
            self._run(self.env.ref("l10n_fr_chorus_pro.ir_cron_certificate"))
            self.env.invalidate_all()
            self.assertEqual((first.state, later.state), ("expired", "in_use"))

    def test_certificate_says_who_what_and_by_whom(self):
        added = self._add(Shape("rsa2048").p12(), PASSWORD)
        said = x509.load_pem_x509_certificates(added.sudo().public_chain.encode())[0]
        self.assertEqual(added.organisation, "ATELIERS DUPONT")
        self.assertEqual(added.subject_name, "CN=client.example.org,O=ATELIERS DUPONT")
        self.assertEqual(added.issuer, "Autorité intermédiaire")
        self.assertEqual(added.serial, f"{said.serial_number:X}")
        self.assertEqual(added.purposes, "client authentication")
        self.assertEqual(added.key_size, "RSA 2048")
        self.assertEqual(len(added.sha256), 32 * 3 - 1)
        self.assertEqual(added.days_left, 400)
        self.assertIn("Racine", added.chain)
        self.assertFalse(added.level)

    def test_level_is_said_when_the_certificate_says_it(self):
        policies = x509.CertificatePolicies(
            [
                x509.PolicyInformation(
                    x509.ObjectIdentifier("0.4.0.194112.1.1"),
                    [x509.UserNotice(None, "Certificat RGS **")],
                )
            ]
        )
        added = self._add(Shape(client={"extensions": [policies]}).pem())
        self.assertEqual(added.level, "RGS **, QCP-l")

    def test_openssl_reads_the_exported_chain_and_nothing_else(self):
        added = self._add(GOOD.p12(GOOD.top, GOOD.middle), PASSWORD)
        action = added.action_export_chain()
        self.assertTrue(action["url"].endswith("/client.example.org.p7b?download=true"))
        exported = base64.b64decode(added.chain_file)
        self.assertNotIn(b"PRIVATE", exported)
        self.assertEqual(exported, base64.b64decode(added.sudo().chain_file))
        program = shutil.which("openssl")
        if not program:
            self.skipTest("the program openssl is not installed")
        said = subprocess.run(
            [program, "pkcs7", "-print_certs"],
            input=exported,
            capture_output=True,
            check=True,
            timeout=60,
        ).stdout
        found = x509.load_pem_x509_certificates(said)
        self.assertEqual(len(found), 3)
        self.assertEqual(
            {item.public_bytes(Encoding.DER) for item in found},
            {item.public_bytes(Encoding.DER) for item in GOOD.chain},
        )
