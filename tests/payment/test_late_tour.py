# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo.tests import tagged

from ..common.late import LateCommon
from ..common.tours import TourCommon

AVAILABLE, PAID = "MISE_A_DISPOSITION", "MISE_EN_PAIEMENT"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestLateTour(LateCommon, TourCommon):
    def test_manager_finds_who_pays_late_and_prints_a_claim(self):
        self.company.external_report_layout_id = self.env.ref("web.external_layout_standard")
        self.customer.name = "Commune en retard"
        punctual = self._create_customer("12345678200044", name="Commune ponctuelle")
        late = self._at_chorus_pro(10000, (AVAILABLE, "2025-01-10"), (PAID, "2025-03-31"))
        in_time = self._at_chorus_pro(
            500, (AVAILABLE, "2025-01-10"), (PAID, "2025-01-30"), partner_id=punctual.id)
        self._walk(
            "chorus_pro_claims_interest", None, self.manager,
            action="l10n_fr_chorus_pro.action_analysis")
        self.assertTrue(late.chorus_pro_claimed_on)
        self.assertFalse(in_time.chorus_pro_claimed_on)
