# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import api, fields, models

from ..access.foreign_text import ForeignChar


class ChorusProService(models.Model):
    """A service (service exécutant) of a public structure, by which its invoices are sorted."""

    _name = "chorus.pro.service"
    _description = "Chorus Pro Service"
    _order = "active desc, code, id"
    _rec_names_search = ["code", "name"]

    structure_id = fields.Many2one(
        "chorus.pro.structure", required=True, readonly=True, index=True, ondelete="cascade"
    )
    chorus_id = fields.Char(string="Chorus Pro ID", required=True, readonly=True)
    code = fields.Char(readonly=True)
    name = ForeignChar(readonly=True)
    active = fields.Boolean(default=True, readonly=True, help="Not set: closed at Chorus Pro.")
    valid_from = fields.Date(readonly=True)
    valid_until = fields.Date(readonly=True, help="Its last day.")
    engagement_required = fields.Boolean(string="Engagement Number Demanded", readonly=True)
    details_at = fields.Datetime(
        readonly=True, help="When what this service demands itself was last read at Chorus Pro."
    )

    _one_per_service = models.Constraint(
        "UNIQUE (structure_id, chorus_id)", "A structure has each service once."
    )

    @api.depends("code", "name")
    def _compute_display_name(self):
        for service in self:
            name, code = service.name, service.code or ""
            service.display_name = f"{code} - {name}" if name and name != code else code

    def _is_open(self, on):
        """Whether an invoice of this day (False: of no day yet) may name this service."""
        self.ensure_one()
        if not self.active:
            return False
        return not on or (self.valid_from or on) <= on <= (self.valid_until or on)
