# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import fields, models


class ResCompany(models.Model):
    _name = "res.company"
    _inherit = ["res.company", "chorus.pro.field.access"]

    chorus_pro_connection_ids = fields.One2many(
        "chorus.pro.connection",
        "company_id",
        string="Chorus Pro Connections",
        groups="base.group_system",
    )
