# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import api, fields, models

from ...choruspro.checks import blocking, check_siret
from .channel import PLATFORM_METHOD
from .sending import METHOD


class ResPartner(models.Model):
    """Said on the customer: which way its invoices take, why, and what the other way would be."""

    _inherit = "res.partner"

    chorus_pro_way_note = fields.Char(
        string="Way of Its Invoices", compute="_compute_chorus_pro_way_note"
    )

    @api.depends("commercial_partner_id", "invoice_sending_method")
    @api.depends_context("company", "lang")
    def _compute_chorus_pro_way_note(self):
        connection = self.env["chorus.pro.connection"]._of_company(self.env.company)
        labels = dict(self._fields["invoice_sending_method"]._description_selection(self.env))
        for partner in self:
            customer = partner.commercial_partner_id or partner
            note = customer._chorus_pro_way(bool(connection), labels.get(PLATFORM_METHOD))
            partner.chorus_pro_way_note = note

    def _chorus_pro_way(self, is_connected, platform):
        """The sentence, or False for a customer that neither way concerns.

        :param is_connected: the company has a connection in use
        :param platform: label of the sending method of Peppol or the Approved Platform, None where
            no such module is installed
        """
        method = self.invoice_sending_method
        if method == METHOD and not is_connected:
            return self.env._(
                "Its sending method is Chorus Pro, but this company has no connection in use: "
                "nothing leaves there."
            )
        if method == METHOD and platform:
            return self.env._(
                "Its invoices go directly to Chorus Pro, as its sending method says; the other "
                "way is “%s”, whose platform deposits them, and never both.",
                platform,
            )
        if method == METHOD:
            return self.env._("Its invoices go directly to Chorus Pro, as its sending method says.")
        if not is_connected or blocking(check_siret(self._chorus_pro_siret())):
            return False
        if method == PLATFORM_METHOD and platform:
            return self.env._(
                "Its invoices go “%s”, as its sending method says: a public body gets them from "
                "that platform; the other way is Chorus Pro, directly, and never both.",
                platform,
            )
        return False
