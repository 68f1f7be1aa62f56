# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import api, fields, models


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "chorus.pro.engagement.use"]

    contract_reference = fields.Char(
        compute="_compute_contract_reference", store=True, readonly=False, copy=True
    )

    @api.depends("partner_id")
    def _compute_contract_reference(self):
        """Another customer, another contract: that of this one, or none."""
        for move in self:
            if move.state == "draft" and move.partner_id and move.chorus_pro_is_concerned:
                contract = move.partner_id._chorus_pro_default_contract(move.company_id)
                move.contract_reference = contract
            else:
                move.contract_reference = move.contract_reference

    @api.depends("invoice_origin")
    def _compute_chorus_pro_engagement_proposal(self):
        """Without a customer reference, the order's own name stands in its place."""
        super()._compute_chorus_pro_engagement_proposal()
        for move in self:
            if move.chorus_pro_engagement_proposal == move.invoice_origin:
                move.chorus_pro_engagement_proposal = False

    # ------------------------------------------------------------------
    # How much of the engagement is invoiced
    # ------------------------------------------------------------------

    def _chorus_pro_engagement_key(self):
        number = self._chorus_pro_engagement_number()
        customer = self.commercial_partner_id._origin
        return (self.company_id._origin, customer, number) if number and customer else None

    def _chorus_pro_engagement_pending(self):
        return self.amount_total_signed if self.state == "draft" else 0.0

    @api.depends("state", "commercial_partner_id", "amount_total_signed")
    def _compute_chorus_pro_engagement_use(self):
        super()._compute_chorus_pro_engagement_use()

    def _chorus_pro_findings(self):
        """An invoice may exceed what was ordered, so this only warns. One that is deposited has
        nothing to check any more."""
        found = super()._chorus_pro_findings()
        checked = self.filtered(
            lambda move: move.move_type == "out_invoice"
            and (move.state == "draft" or move.chorus_pro_can_send)
        )
        for move, use in checked._chorus_pro_engagement_uses().items():
            if use.is_exceeded:
                found[move].append(use.finding())
        return found
