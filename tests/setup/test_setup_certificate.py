# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common.setup import SetupCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestSetupCertificate(SetupCommon):
    """The guide to a gateway that asks for a client certificate."""

    simulator_options = {"tls": True}

    def _right_values(self):
        known = self.credentials
        return {
            "environment": {
                "environment": "custom",
                "access_mode": "certificate",
                "custom_api_url": known["certificate"]["api_url"],
                "trusted_authorities": known["certificate"]["authority"],
            },
            "certificate": {"certificate_declared": True},
            "account": {
                "technical_login": known["login"],
                "technical_password": known["password"],
            },
            "supplier": {"supplier_siret": known["supplier"]["siret"]},
        }

    def _next(self, guide, **values):
        if guide.step == "certificate" and not guide.certificate_id:
            self._add(guide, self.credentials["certificate"]["p12"])
        return super()._next(guide, **values)

    def _add(self, guide, file):
        action = guide.action_add_certificate()
        certificates = self.env["chorus.pro.certificate"].with_context(**action["context"])
        certificate = certificates.with_user(self.administrator).create(
            {"file": file, "password": self.credentials["certificate"]["password"]}
        )
        return certificate

    def test_guide_leads_from_nothing_to_a_connection_in_use(self):
        guide = self._to("check")
        self._next(guide)
        self.assertEqual(guide.check_verdict, "ok", guide.verdict_ids.mapped("message"))
        self.assertEqual(guide.verdict_ids[0].step, "certificate")
        self.assertEqual(len(guide.verdict_ids), 8)
        self._next(guide)
        guide.action_use()
        self.assertEqual(self._send(self._invoice()).state, "deposited")
        self.assertFalse(self._requests("token"))

    def test_certificate_is_asked_for_and_its_chain_is_given_for_the_portal(self):
        guide = self._to("certificate")
        with self.assertRaisesRegex(UserError, "Certificate"):
            guide.action_next()
        certificate = self._add(guide, self.credentials["certificate"]["p12"])
        guide.invalidate_recordset()
        self.assertEqual(guide.certificate_id, certificate)
        self.assertIn(".p7b", guide.action_export_chain()["url"])
        with self.assertRaisesRegex(UserError, "Tick"):
            guide.action_next()

    def test_certificate_that_the_gateway_refuses_is_told_on_its_step(self):
        guide = self._to("certificate")
        self._add(guide, self.credentials["certificate"]["variants"]["stranger"])
        self._next(guide, certificate_declared=True)
        self.assertEqual(guide.step, "certificate")
        self.assertEqual(self._told(guide)["server"].verdict, "error")
        self.assertIn("does not accept", self._told(guide)["server"].message)
        self.assertIn(".p7b", self._told(guide)["server"].remedy)

    def test_certificate_that_was_taken_away_is_asked_for(self):
        guide = self._to("account")
        guide.connection_id.certificate_ids.unlink()
        self._next(guide, **self._right_values()["account"])
        self.assertEqual(guide.step, "account")
        self.assertIn("no client certificate", self._told(guide)["settings"].message)

    def test_wrong_account_and_foreign_siret_are_told_on_their_steps(self):
        right = self._right_values()
        guide = self._to("account")
        self._next(guide, **{**right["account"], "technical_password": "mistyped"})
        self.assertEqual(list(self._told(guide)), ["technical_account"])
        self._next(guide, **right["account"])
        self._next(guide, supplier_siret="12345678200119")
        self.assertEqual(list(self._told(guide)), ["supplier"])
