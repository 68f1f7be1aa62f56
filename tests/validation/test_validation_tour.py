# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo.tests import tagged

from ..common.tours import TourCommon
from ..common.validation import ValidationCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestValidationTour(ValidationCommon, TourCommon):
    """A main contractor, who works in French."""

    def test_main_contractor_accepts_one_invoice_and_refuses_another(self):
        self._seed(2)
        one, two = self._read()
        self._walk("chorus_pro_validate", None, action="l10n_fr_chorus_pro.action_validation")
        self._run_sender()
        self.assertEqual(
            [self._there(row)["status"] for row in (one, two)], ["VALIDEE_1", "REFUSEE_1"])
        self.assertEqual(self._there(two)["comment"], "Métré à revoir")
        self._walk("chorus_pro_validated", None, action="l10n_fr_chorus_pro.action_validation")
