# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import fields, models


class ResPartner(models.Model):
    """A framework contract: what orders and invoices of this customer begin with."""

    _inherit = "res.partner"

    chorus_pro_contract_number = fields.Char(
        string="Contract Number",
        company_dependent=True,
        help="The contract number of new orders and invoices to this contact, else to its company, "
        "such as that of a framework contract.",
    )

    def _chorus_pro_default_contract(self, company):
        """Contract number of this contact, else of its company, or False."""
        partners = (self | self.commercial_partner_id).with_company(company)
        return next(filter(None, partners.mapped("chorus_pro_contract_number")), False)
