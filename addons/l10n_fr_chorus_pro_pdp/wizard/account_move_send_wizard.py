# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import models


class AccountMoveSendWizard(models.TransientModel):
    _inherit = "account.move.send.wizard"

    def _compute_sending_method_checkboxes(self):
        """The platform's wizard ticks its own method when its directory knows the customer."""
        super()._compute_sending_method_checkboxes()
        for wizard in self:
            wizard.sending_method_checkboxes = wizard._chorus_pro_unticked(
                wizard.sending_method_checkboxes
            )
