# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import api, fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    invoice_sending_method = fields.Selection(selection_add=[("chorus_pro", "by Chorus Pro")])

    @api.model
    def get_import_templates(self):
        """Besides Odoo's own: public bodies by their SIRET, such as those of a qualification data
        set, whose own columns are not published."""
        return [
            *super().get_import_templates(),
            {
                "label": self.env._("Import Template for Public Bodies (Chorus Pro)"),
                "template": "/l10n_fr_chorus_pro/static/import/public_bodies.csv",
            },
        ]
