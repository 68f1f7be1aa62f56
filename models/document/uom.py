# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import models
from odoo.tools import ormcache


class UomUom(models.Model):
    _inherit = "uom.uom"

    @ormcache("self.id")
    def _chorus_pro_code(self):
        """This unit's code in UN/ECE recommendation 20, by its name in Odoo's data: asked once,
        not for each line of an invoice."""
        self.ensure_one()
        return self._get_unece_code()
