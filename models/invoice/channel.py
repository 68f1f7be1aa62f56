# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import models

# States of Odoo's Peppol field in which the invoice is on its way by Peppol, or there.
BY_PEPPOL = ("to_send", "processing", "done")


class AccountMove(models.Model):
    """An invoice reaches its recipient by one channel: twice received is twice to be sorted out."""

    _inherit = "account.move"

    def _chorus_pro_other_channels(self):
        """Names of the other platforms that have this invoice, or are about to.

        A module that sends invoices by another platform adds its name here.
        """
        self.ensure_one()
        channels = []
        waiting = (self.sending_data or {}).get("sending_methods") or ()
        state = self["peppol_move_state"] if "peppol_move_state" in self._fields else False
        if state in BY_PEPPOL or "peppol" in waiting:
            channels.append("Peppol")
        return channels
