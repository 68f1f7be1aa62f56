# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import api, fields, models


class ChorusProExchange(models.Model):
    """Exchanges about what is sent."""

    _inherit = "chorus.pro.exchange"

    submission_id = fields.Many2one(
        "chorus.pro.submission", readonly=True, index="btree_not_null", ondelete="set null"
    )
    flow_id = fields.Many2one(
        "chorus.pro.flow", readonly=True, index="btree_not_null", ondelete="set null"
    )

    @api.model
    def _subjects(self):
        return super()._subjects() | {
            "submission_id": "chorus.pro.submission",
            "flow_id": "chorus.pro.flow",
        }
