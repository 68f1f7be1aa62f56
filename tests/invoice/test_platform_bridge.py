# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Beside ``l10n_fr_pdp``, whose default methods stand outside ours: the bridge add-on."""

from contextlib import ExitStack
from importlib.util import find_spec
from unittest import skipUnless

from odoo.tests import tagged

from ..common.platform import PlatformCommon, StandInPdp, standing_in

BRIDGE = "odoo.addons.l10n_fr_chorus_pro_pdp"
HAS_BRIDGE = find_spec(BRIDGE) is not None
if HAS_BRIDGE:
    from odoo.addons.l10n_fr_chorus_pro_pdp.models import account_move_send as bridge
    from odoo.addons.l10n_fr_chorus_pro_pdp.wizard import account_move_send_wizard as bridge_wizard


@skipUnless(HAS_BRIDGE, "the folder addons/ of the checkout is not in Odoo's add-ons path")
@tagged("post_install_l10n", "post_install", "-at_install")
class TestPlatformBridge(PlatformCommon):
    def setUp(self):
        super().setUp()
        self.commune = self._create_customer("12345678200051", name="Commune", vat=False)
        self.move = self._invoices(1, partner_id=self.commune.id)

    def _methods(self):
        return self.env["account.move.send"]._get_default_sending_methods(self.move)

    def _with(self, *definitions):
        """These stand outside ours, the last one outside all."""
        stack = self.enterContext(ExitStack())
        for definition in definitions:
            model = self.env.registry[definition._name]
            stack.enter_context(standing_in(model, definition, outermost=True))

    def test_without_the_bridge_the_stand_in_takes_a_commune_away(self):
        """Else the tests below would show nothing."""
        self._with(StandInPdp)
        self.assertEqual(self._methods(), {"email"})

    def test_commune_without_a_vat_number_keeps_chorus_pro(self):
        self._with(StandInPdp, bridge.AccountMoveSend)
        self.assertEqual(self._methods(), {"chorus_pro"})
        others = self._invoices(1, partner_id=self.by_platform.id)
        methods = self.env["account.move.send"]._get_default_sending_methods(others)
        self.assertEqual(methods, {"email"}, "the platform's own rule holds for its customers")

    def test_batch_of_communes_goes_to_chorus_pro_and_is_not_e_mailed(self):
        self._with(StandInPdp, bridge.AccountMoveSend)
        moves = self.move | self._invoices(1, partner_id=self.commune.id)
        wizard = self._batch_wizard(moves)
        self.assertEqual({**wizard.summary_data}.keys(), {"chorus_pro"})
        wizard.action_send_and_print()
        self._run_core_cron()
        self._run_sender()
        for move in moves:
            self.assertEqual(self._times(move), (1, 0))

    def test_platform_s_tick_is_taken_off_for_a_customer_of_chorus_pro(self):
        self._with(bridge_wizard.AccountMoveSendWizard)
        wizard = self._wizard(self.move)
        boxes = {"peppol": {"checked": True, "label": "x"}, "chorus_pro": {"checked": True}}
        self.assertFalse(wizard._chorus_pro_unticked(boxes)["peppol"]["checked"])
        self.commune.with_company(self.company).invoice_sending_method = "peppol"
        self.assertTrue(wizard._chorus_pro_unticked(boxes)["peppol"]["checked"])
