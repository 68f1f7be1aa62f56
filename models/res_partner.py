# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    invoice_sending_method = fields.Selection(selection_add=[("chorus_pro", "by Chorus Pro")])
