# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The card of a sales journal: how many of its invoices stand where at Chorus Pro."""

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import LazyTranslate

from ...choruspro.lifecycle import INVOICE_STATUSES, Phase

_lt = LazyTranslate(__name__)

WAITING_PHASES = (
    Phase.PREPARING, Phase.VALIDATION, Phase.TRANSIT, Phase.AVAILABLE, Phase.APPROVED, Phase.WORKS,
)


def _in_phase(*phases):
    names = [status.name for status in INVOICE_STATUSES if status.phase in phases]
    return Domain("chorus_pro_state", "in", names)


IS_ANNOUNCED = Domain("chorus_pro_submission_id.payment_date", "!=", False)
IS_OURS = Domain("chorus_pro_needs_action", "=", True)
# Key on the card -> title of its list, and the invoices: none is counted twice.
CARD = {
    "to_handle": (_lt("To Handle"), IS_OURS),
    "waiting": (
        _lt("Waiting at Chorus Pro"), _in_phase(*WAITING_PHASES) & ~IS_OURS & ~IS_ANNOUNCED),
    "mandated": (_lt("Payment Ordered"), _in_phase(Phase.PAYMENT) & ~IS_OURS & ~IS_ANNOUNCED),
    "paid": (
        _lt("Paid, not Reconciled"),
        IS_ANNOUNCED & ~IS_OURS & Domain("payment_state", "in", ("not_paid", "partial"))),
}


class AccountJournal(models.Model):
    _inherit = "account.journal"

    def _fill_sale_purchase_dashboard_data(self, dashboard_data):
        super()._fill_sale_purchase_dashboard_data(dashboard_data)
        if self.env["chorus.pro.submission"].has_access("read"):
            self._fill_chorus_pro_card(dashboard_data)

    def _fill_chorus_pro_card(self, dashboard_data):
        """One query for each number, however many journals."""
        sales = self.filtered(lambda journal: journal.type == "sale")
        for key, (_title, domain) in CARD.items():
            sales._fill_dashboard_data_count(
                dashboard_data, "account.move", f"chorus_pro_{key}", domain)

    def action_chorus_pro_open_card(self):
        """List the invoices behind one number of the card, which the context names."""
        self.ensure_one()
        # Who sees the numbers.
        self.env["chorus.pro.submission"].check_access("read")
        self.check_access("read")
        key = self.env.context.get("chorus_pro_card")
        if not isinstance(key, str) or key not in CARD:
            raise UserError(self.env._("Open this list from the card of a sales journal."))
        title, domain = CARD[key]
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account.action_move_out_invoice_type")
        company = self.env["account.move"]._check_company_domain(self.env.companies)
        return {
            **action,
            "display_name": self.env._(title),
            "name": self.env._(title),
            "domain": list(Domain.AND([company, Domain("journal_id", "=", self.id), domain])),
            # None is hidden by a filter that the list would begin with.
            "context": {"default_move_type": "out_invoice", "default_journal_id": self.id},
        }
