# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import api, models


class AccountMoveSend(models.AbstractModel):
    """What ``l10n_fr_pdp`` decides before ``l10n_fr_chorus_pro`` is asked.

    Its override of the default methods stands outside ours: it gives a customer without a VAT
    number, such as a small town, the e-mail alone. Only a module that depends on both stands
    outside both.
    """

    _inherit = "account.move.send"

    @api.model
    def _get_default_sending_methods(self, move):
        if self._chorus_pro_is_alone(move):
            return self._chorus_pro_alone()
        return super()._get_default_sending_methods(move)
