# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Beside the real ``l10n_fr_pdp``."""

from odoo.tests import tagged

from odoo.addons.l10n_fr_chorus_pro.tests.common.platform import PlatformCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestBesidePdp(PlatformCommon):
    def test_commune_without_a_vat_number_keeps_chorus_pro(self):
        commune = self._create_customer("12345678200051", name="Commune", vat=False)
        move = self._invoices(1, partner_id=commune.id)
        sender = self.env["account.move.send"]
        self.assertEqual(sender._get_default_sending_methods(move), {"chorus_pro"})
        self.assertEqual(self._batch_wizard(move).summary_data.keys(), {"chorus_pro"})

    def test_no_default_method_stands_outside_the_bridge(self):
        definitions = [
            each.__module__
            for each in type(self.env["account.move.send"]).mro()
            if "_get_default_sending_methods" in vars(each)
        ]
        self.assertIn("l10n_fr_chorus_pro_pdp", definitions[0])
