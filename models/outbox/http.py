# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import models


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    def session_info(self):
        """Besides: how far the invoices are that the user has sent together, so that a page that is
        loaded again shows it at once."""
        info = super().session_info()
        if self.env.user._is_internal():
            info["chorus_pro_batches"] = self.env["chorus.pro.batch"]._of_user()
        return info
