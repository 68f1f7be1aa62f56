# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import api, fields, models

from ..choruspro.lifecycle import invoice_status


class ChorusProComparison(models.TransientModel):
    """An invoice of Odoo beside what Chorus Pro has under its number: a person decides."""

    _name = "chorus.pro.comparison"
    _inherit = "chorus.pro.named.record"
    _description = "Comparison with an Invoice at Chorus Pro"

    submission_id = fields.Many2one(
        "chorus.pro.submission", required=True, readonly=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="submission_id.move_id.currency_id", related_sudo=False)
    reason = fields.Text(related="submission_id.reason", related_sudo=False)
    number = fields.Char(related="submission_id.name", string="Number", related_sudo=False)
    date = fields.Date(related="submission_id.sent_date", string="Date", related_sudo=False)
    recipient = fields.Char(
        related="submission_id.recipient_siret", string="Recipient", related_sudo=False
    )
    total = fields.Float(related="submission_id.sent_total", string="Total", related_sudo=False)
    found_number = fields.Char(string="Number at Chorus Pro", compute="_compute_found")
    found_date = fields.Date(string="Date at Chorus Pro", compute="_compute_found")
    found_recipient = fields.Char(string="Recipient at Chorus Pro", compute="_compute_found")
    found_total = fields.Float(
        string="Total at Chorus Pro", digits=(16, 2), compute="_compute_found"
    )
    found_status = fields.Char(string="Status at Chorus Pro", compute="_compute_found")
    found_id = fields.Char(string="Chorus Pro ID", compute="_compute_found")
    found_flow = fields.Char(string="Flow at Chorus Pro", compute="_compute_found")

    @api.depends("submission_id.found")
    def _compute_found(self):
        labels = dict(
            self.env["chorus.pro.submission"]._fields["status"]._description_selection(self.env)
        )
        for comparison in self:
            found = comparison.submission_id.found or {}
            status = found.get("status")
            for name in ("number", "date", "recipient"):
                comparison[f"found_{name}"] = found.get(name)
            comparison.found_total = float(found.get("total") or 0)
            comparison.found_status = status and labels[invoice_status(status).name]
            comparison.found_id = found.get("invoice_id")
            comparison.found_flow = found.get("flow_number")

    def action_adopt(self):
        """It is the same invoice."""
        return self.submission_id.action_adopt()

    def action_give_up(self):
        """It is another invoice: ours needs another number."""
        return self.submission_id.action_give_up()
