# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import json

from odoo.tests import tagged

from ..common.setup import SetupCommon
from ..common.tours import TourCommon


class SetupTourCommon(SetupCommon, TourCommon):
    def _publish(self, name, **values):
        """What the browser of the tour may fetch."""
        self.env["ir.attachment"].create(
            {
                "name": name,
                "url": f"/chorus_pro_test/{name}",
                "type": "binary",
                "public": True,
                **values,
            }
        )

    def _set_up(self, tour):
        """The connection that comes of the guide."""
        action = "l10n_fr_chorus_pro.action_connection"
        self._walk(tour, None, self.administrator, action)
        connection = self.company.chorus_pro_connection_ids
        self.assertEqual(connection.check_verdict, "ok")
        self.assertTrue(connection.in_use)
        self.assertEqual(connection.supplier_siret, self.credentials["supplier"]["siret"])
        return connection


@tagged("post_install_l10n", "post_install", "-at_install")
class TestSetupTour(SetupTourCommon):
    """A new administrator, in French, with only the screen."""

    def test_new_administrator_connects_the_company_through_piste(self):
        known = self.credentials
        addresses = {
            "custom_token_url": known["token_url"],
            "custom_api_url": known["api_url"],
            "custom_portal_url": "https://portail.example",
        }
        self._publish("chorus.json", raw=json.dumps(addresses), mimetype="application/json")
        connection = self._set_up("chorus_pro_setup_piste")
        self.assertEqual(connection.access_mode, "piste")
        self.assertEqual(self._send(self._invoice()).state, "deposited")


@tagged("post_install_l10n", "post_install", "-at_install")
class TestSetupCertificateTour(SetupTourCommon):
    simulator_options = {"tls": True}

    def test_new_administrator_connects_the_company_through_a_gateway(self):
        known = self.credentials["certificate"]
        addresses = {"custom_api_url": known["api_url"], "trusted_authorities": known["authority"]}
        self._publish("chorus.json", raw=json.dumps(addresses), mimetype="application/json")
        self._publish("certificate.p12", datas=known["p12"])
        connection = self._set_up("chorus_pro_setup_certificate")
        self.assertTrue(connection.certificate_id)
