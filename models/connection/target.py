# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import api, fields, models

from .connection import ENVIRONMENTS, PLACE_FIELDS


class ChorusProConnection(models.Model):
    """Which Chorus Pro a connection leads to, directly or through a gateway.

    Addresses of one's own say nothing of that, and two gateways may stand side by side: the trial
    one and the real one. What is kept of Chorus Pro is kept for each place apart.
    """

    _inherit = "chorus.pro.connection"

    custom_leads_to = fields.Selection(
        [
            ("production", "Chorus Pro's production"),
            ("qualification", "Chorus Pro's qualification"),
            ("custom", "Another platform"),
        ],
        string="These Addresses Lead To",
        default="custom",
        help="Where the gateway passes on what it is sent. An invoice that was tried in "
        "qualification can still be sent to production.",
    )
    place = fields.Selection(
        ENVIRONMENTS,
        compute="_compute_place",
        store=True,
        precompute=True,
        help="The Chorus Pro to which invoices go in the end: the environment itself, or what the "
        "custom addresses lead to.",
    )

    @api.depends("environment", "custom_leads_to")
    def _compute_place(self):
        for connection in self:
            is_custom = connection.environment == "custom"
            leads_to = connection.custom_leads_to or "custom"
            connection.place = leads_to if is_custom else connection.environment

    def write(self, vals):
        """When only the name of the place changes, and no address, what was sent there is still
        there: its rows take the new name, so that it is followed and not sent again."""
        named = self.filtered(
            lambda connection: "custom_leads_to" in vals
            and not any(
                connection[name] != vals[name]
                for name in (PLACE_FIELDS - {"custom_leads_to"}) & vals.keys()
            )
        )
        former = {connection: connection.place for connection in named}
        result = super().write(vals)
        for connection, place in former.items():
            if connection.place != place:
                connection._rename_place(place)
        return result

    def _rename_place(self, former):
        """Have what was kept of the place under its ``former`` name take the new one; extended by
        whoever keeps something."""

    def _is_same_place(self, other):
        """Whether what was deposited by ``other`` is found through this connection. Of two
        platforms that nobody has named, only the addresses tell."""
        if self.place != other.place:
            return False
        addresses = ("custom_token_url", "custom_api_url")
        return self.place != "custom" or all(self[name] == other[name] for name in addresses)
