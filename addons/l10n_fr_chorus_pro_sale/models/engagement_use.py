# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""How much of an engagement number is invoiced."""

from dataclasses import dataclass

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import LazyTranslate, float_compare

from odoo.addons.l10n_fr_chorus_pro.models.rules.rule import WARNING, Finding, Rule

_lt = LazyTranslate(__name__)

# From this share on its users are warned.
NEARLY_USED = 0.8
EXCEEDED = Rule(
    "engagement_exceeded",
    _lt("%(share)s%% of what was ordered under the engagement number %(number)s is invoiced."),
    _lt("Ask the customer to increase it, or to give another engagement number."),
    place="purchase_order_reference",
    severity=WARNING,
)


@dataclass(frozen=True)
class EngagementUse:
    """What was ordered and invoiced under one engagement number of a customer, in the company's
    currency, VAT included as public bodies commit it.

    orders, invoices: the confirmed ones with this number, in sudo
    pending: amount of the draft that asks, which comes on top
    """

    number: str
    currency: models.BaseModel
    orders: models.BaseModel
    invoices: models.BaseModel
    pending: float

    @property
    def ordered(self):
        return sum(order.amount_total / (order.currency_rate or 1.0) for order in self.orders)

    @property
    def invoiced(self):
        """Credit notes are deducted."""
        return sum(self.invoices.mapped("amount_total_signed")) + self.pending

    @property
    def share(self):
        """Invoiced part of what was ordered; 0 when nothing was."""
        return self.invoiced / self.ordered if self.ordered > 0 else 0.0

    @property
    def is_exceeded(self):
        rounding = self.currency.rounding
        more = float_compare(self.invoiced, self.ordered, precision_rounding=rounding) > 0
        return self.ordered > 0 and more

    @property
    def is_nearly_used(self):
        return self.share >= NEARLY_USED and not self.is_exceeded

    def finding(self):
        """The :class:`Finding` that says how much is invoiced. An excess of less than 1 % is 101 %,
        not 100 %."""
        share = int(self.share * 100 + 1e-6)
        share = max(share, 101) if self.is_exceeded else share
        return Finding(EXCEEDED, {"number": self.number, "share": share})

    def is_readable(self, env):
        """Whether the user may see each of these orders and invoices, hence their totals."""
        return all(
            rows.sudo(env.su)._filtered_access("read") == rows
            for rows in (self.orders, self.invoices)
        )


class ChorusProEngagementUse(models.AbstractModel):
    """An order or an invoice that names an engagement number, and how much of that is invoiced.

    The share counts the documents of all salespeople, since it warns; the amounts are shown to
    those who may see all these documents.
    """

    _name = "chorus.pro.engagement.use"
    _description = "Use of an Engagement Number"

    chorus_pro_engagement_currency_id = fields.Many2one(
        "res.currency",
        string="Currency of the Engagement",
        compute="_compute_chorus_pro_engagement_use",
    )
    chorus_pro_engagement_ordered = fields.Monetary(
        string="Ordered Under This Number",
        currency_field="chorus_pro_engagement_currency_id",
        compute="_compute_chorus_pro_engagement_use",
        help="Confirmed orders of this customer with the same engagement number, VAT included.",
    )
    chorus_pro_engagement_invoiced = fields.Monetary(
        string="Invoiced Under This Number",
        currency_field="chorus_pro_engagement_currency_id",
        compute="_compute_chorus_pro_engagement_use",
        help="Invoices of this customer with the same engagement number, credit notes deducted, "
        "VAT included. On a draft invoice, with its own amount.",
    )
    chorus_pro_engagement_share = fields.Float(
        string="Invoiced Share of the Engagement", compute="_compute_chorus_pro_engagement_use"
    )
    chorus_pro_engagement_is_readable = fields.Boolean(
        string="Amounts of the Engagement Shown", compute="_compute_chorus_pro_engagement_use"
    )
    chorus_pro_engagement_note = fields.Char(
        string="Warning About the Engagement", compute="_compute_chorus_pro_engagement_use"
    )

    def _chorus_pro_engagement_key(self):
        """(company, customer, engagement number), or None without such a number."""
        raise NotImplementedError

    def _chorus_pro_engagement_pending(self):
        """What this draft adds to the invoiced amount once it is confirmed."""
        return 0.0

    @api.depends_context("lang", "uid", "allowed_company_ids")
    @api.depends("purchase_order_reference", "company_id")
    def _compute_chorus_pro_engagement_use(self):
        uses = self._chorus_pro_engagement_uses()
        for record in self:
            use = uses.get(record)
            readable = bool(use) and use.is_readable(self.env)
            record.chorus_pro_engagement_currency_id = record.company_id.currency_id
            record.chorus_pro_engagement_is_readable = readable and use.ordered > 0
            record.chorus_pro_engagement_ordered = use.ordered if readable else 0.0
            record.chorus_pro_engagement_invoiced = use.invoiced if readable else 0.0
            record.chorus_pro_engagement_share = use.share if use else 0.0
            is_noted = use and use.is_nearly_used
            note = is_noted and use.finding().sentence(self.env)
            record.chorus_pro_engagement_note = note

    def _chorus_pro_engagement_uses(self):
        """:class:`EngagementUse` of each of these that names an engagement number:
        ``{record: use}``. Two reads, whatever their number."""
        keys = {}
        for record in self:
            key = record._chorus_pro_engagement_key()
            if key and record._chorus_pro_may_hear_about(*key[:2]):
                keys[record] = key
        if not keys:
            return {}
        companies, customers, numbers = (set(values) for values in zip(*keys.values(), strict=True))
        common = Domain("company_id", "in", [company.id for company in companies]) & Domain(
            "purchase_order_reference", "in", list(numbers)
        )
        ids = [customer.id for customer in customers]
        orders = self.env["sale.order"].sudo().search(
            common
            & Domain("state", "=", "sale")
            & Domain("partner_invoice_id.commercial_partner_id", "in", ids)
        )
        invoices = self.env["account.move"].sudo().search(
            common
            & Domain("state", "=", "posted")
            & Domain("move_type", "in", ("out_invoice", "out_refund"))
            & Domain("commercial_partner_id", "in", ids)
        )
        by_key = [
            rows.grouped(lambda row: row._chorus_pro_engagement_key())
            for rows in (orders, invoices)
        ]
        return {
            record: EngagementUse(
                number=key[2],
                currency=key[0].currency_id,
                orders=by_key[0].get(key, orders.browse()),
                invoices=by_key[1].get(key, invoices.browse()),
                pending=record._chorus_pro_engagement_pending(),
            )
            for record, key in keys.items()
        }

    def _chorus_pro_may_hear_about(self, company, customer):
        """Whether the user may see both: a form in edition may name any."""
        return self.env.su or (company in self.env.companies and customer.has_access("read"))
