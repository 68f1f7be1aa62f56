# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import api, fields, models
from odoo.tools.sql import column_exists, create_column

from odoo.addons.l10n_fr_chorus_pro.choruspro.checks import BLOCKING, WARNING

# The references, under the names that they have on an invoice.
REFERENCES = ("buyer_reference", "purchase_order_reference", "contract_reference")


class SaleOrder(models.Model):
    """References that a public body asks for are known when it orders: they are typed and checked
    here, and every invoice of the order carries them.

    What holds for an invoice holds here: the order asks the invoice that it would become, in
    memory. Nothing here asks Chorus Pro anything, and nothing blocks the order.
    """

    _name = "sale.order"
    _inherit = ["sale.order", "chorus.pro.engagement.use", "chorus.pro.field.access"]

    buyer_reference = fields.Char(
        string="Service Code",
        compute="_compute_buyer_reference",
        store=True,
        readonly=False,
        copy=True,
        help="“Code service” at Chorus Pro.",
    )
    purchase_order_reference = fields.Char(
        string="Engagement Number",
        copy=False,
        index="btree_not_null",
        help="“Numéro d'engagement” at Chorus Pro, which the customer gives with its order.",
    )
    contract_reference = fields.Char(
        string="Contract Number",
        compute="_compute_contract_reference",
        store=True,
        readonly=False,
        copy=True,
        help="“Numéro de marché” at Chorus Pro.",
    )
    chorus_pro_is_concerned = fields.Boolean(
        string="Invoiced by Chorus Pro", compute="_compute_chorus_pro_is_concerned"
    )
    chorus_pro_open_service_ids = fields.Many2many(
        "chorus.pro.service", string="Open Services", compute="_compute_chorus_pro_open_service_ids"
    )
    chorus_pro_service_id = fields.Many2one(
        "chorus.pro.service",
        string="Service",
        compute="_compute_chorus_pro_service_id",
        inverse="_inverse_chorus_pro_service_id",
        help="The service of the recipient, among those that are open today. Its code becomes the "
        "Service Code.",
    )
    chorus_pro_engagement_proposal = fields.Char(
        string="Proposed Engagement Number",
        compute="_compute_chorus_pro_engagement_proposal",
        help="The customer reference, when it could be the engagement number.",
    )
    chorus_pro_findings = fields.Json(
        string="Checks for Chorus Pro", compute="_compute_chorus_pro_findings"
    )
    chorus_pro_has_problems = fields.Boolean(
        string="Invoices Would Not Leave", compute="_compute_chorus_pro_findings"
    )
    chorus_pro_has_warnings = fields.Boolean(
        string="To Check Before Invoicing", compute="_compute_chorus_pro_findings"
    )

    def _auto_init(self):
        # Created empty, so that installing on a large database computes nothing.
        for name in ("buyer_reference", "contract_reference"):
            if not column_exists(self.env.cr, self._table, name):
                create_column(self.env.cr, self._table, name, "varchar")
        return super()._auto_init()

    def _chorus_pro_invoice(self):
        """The draft invoice that this order would become today, in memory and without lines."""
        self.ensure_one()
        values = {
            "move_type": "out_invoice",
            "state": "draft",
            "company_id": self.company_id.id,
            "partner_id": self.partner_invoice_id.id,
            "partner_bank_id": False,
            "invoice_date": fields.Date.context_today(self),
            "ref": self.client_order_ref,
            **{name: self[name] for name in REFERENCES},
        }
        if self.journal_id:
            values["journal_id"] = self.journal_id.id
        return self.env["account.move"].new(values)

    # ------------------------------------------------------------------
    # What is proposed
    # ------------------------------------------------------------------

    @api.depends("partner_invoice_id", "company_id")
    def _compute_chorus_pro_is_concerned(self):
        for order in self:
            order.chorus_pro_is_concerned = order._chorus_pro_invoice().chorus_pro_is_concerned

    @api.depends("partner_invoice_id", "company_id")
    def _compute_buyer_reference(self):
        """Another customer, another service: the one that an invoice would propose, or none."""
        for order in self:
            invoice = order._chorus_pro_invoice()
            is_concerned = invoice.chorus_pro_is_concerned
            order.buyer_reference = is_concerned and invoice._chorus_pro_default_service_code()

    @api.depends("partner_invoice_id", "company_id")
    def _compute_contract_reference(self):
        """Another customer, another contract."""
        for order in self:
            partner = order.partner_invoice_id
            is_concerned = order._chorus_pro_invoice().chorus_pro_is_concerned
            contract = is_concerned and partner._chorus_pro_default_contract(order.company_id)
            order.contract_reference = contract

    @api.depends("partner_invoice_id.commercial_partner_id", "company_id", "journal_id")
    def _compute_chorus_pro_open_service_ids(self):
        for order in self:
            invoice = order._chorus_pro_invoice()
            order.chorus_pro_open_service_ids = invoice.chorus_pro_open_service_ids._origin

    @api.depends("partner_invoice_id.commercial_partner_id", "company_id", "buyer_reference")
    def _compute_chorus_pro_service_id(self):
        for order in self:
            invoice = order._chorus_pro_invoice()
            order.chorus_pro_service_id = invoice.chorus_pro_service_id._origin

    def _inverse_chorus_pro_service_id(self):
        for order in self:
            invoice = order._chorus_pro_invoice()
            invoice.chorus_pro_service_id = order.chorus_pro_service_id
            invoice._inverse_chorus_pro_service_id()
            order.buyer_reference = invoice.buyer_reference

    @api.onchange("chorus_pro_service_id")
    def _onchange_chorus_pro_service_id(self):
        self._inverse_chorus_pro_service_id()

    @api.depends("client_order_ref", "purchase_order_reference", "partner_invoice_id")
    def _compute_chorus_pro_engagement_proposal(self):
        for order in self:
            invoice = order._chorus_pro_invoice()
            order.chorus_pro_engagement_proposal = invoice.chorus_pro_engagement_proposal

    def action_chorus_pro_take_engagement(self):
        """Make the customer reference the engagement number."""
        for order in self.filtered("chorus_pro_engagement_proposal"):
            order.purchase_order_reference = order.chorus_pro_engagement_proposal
        return True

    # ------------------------------------------------------------------
    # What is checked
    # ------------------------------------------------------------------

    @api.depends_context("lang", "tz", "uid", "allowed_company_ids")
    @api.depends(
        "state", "invoice_status", "partner_invoice_id", "company_id", "journal_id", *REFERENCES
    )
    def _compute_chorus_pro_findings(self):
        for order in self:
            is_checked = order.state != "cancel" and order.invoice_status != "invoiced"
            found = order._chorus_pro_findings() if is_checked else []
            order.chorus_pro_findings = found
            severities = {each["severity"] for each in found}
            order.chorus_pro_has_problems = BLOCKING in severities
            order.chorus_pro_has_warnings = WARNING in severities

    def _chorus_pro_findings(self):
        """What Chorus Pro, or its recipient, would find wrong with the references of this order.

        :return: list of dictionaries as :meth:`Finding.as_dict` gives them
        """
        invoice = self._chorus_pro_invoice()
        if not invoice.chorus_pro_is_concerned:
            return []
        found = []
        for each in invoice._chorus_pro_reference_findings()[invoice]:
            told = each.as_dict(invoice)
            if told["model"] == invoice._name:
                told.update(model=self._name, res_id=self._origin.id)
            found.append(told)
        return found

    # ------------------------------------------------------------------
    # Chorus Pro is asked about an engagement number once it is typed, by the job
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        orders._chorus_pro_ask_about_engagements()
        return orders

    def write(self, vals):
        result = super().write(vals)
        if vals.get("purchase_order_reference"):
            self._chorus_pro_ask_about_engagements()
        return result

    def _chorus_pro_ask_about_engagements(self):
        for order in self.filtered("purchase_order_reference"):
            order._chorus_pro_invoice()._chorus_pro_ask_about_engagements()

    # ------------------------------------------------------------------
    # What the invoices carry
    # ------------------------------------------------------------------

    def _prepare_invoice(self):
        """What the order leaves open is proposed as on any other invoice."""
        values = super()._prepare_invoice()
        if self.chorus_pro_is_concerned:
            values.update({name: self[name] for name in REFERENCES if self[name]})
        return values

    def _create_account_invoices(self, invoice_vals_list, final):
        invoices = super()._create_account_invoices(invoice_vals_list, final)
        for invoice in invoices.filtered("chorus_pro_is_concerned"):
            invoice.line_ids.sale_line_ids.order_id._chorus_pro_settle(invoice)
        return invoices

    def _chorus_pro_settle(self, invoice):
        """An invoice of several orders carries the references that they share. Where they differ it
        carries none, and a note on it says so: Odoo would take those of the first order."""
        for name in REFERENCES:
            if len({(order[name] or "").strip() for order in self}) > 1:
                invoice[name] = False
                invoice.message_post(body=self._chorus_pro_differing(name))

    def _chorus_pro_differing(self, name):
        """The note about the reference of this name, which is not the same on all these orders."""
        named = ", ".join(
            self.env._(
                "%(order)s: %(reference)s",
                order=order.name,
                reference=order[name] or self.env._("none"),
            )
            for order in self
        )
        if name == "buyer_reference":
            return self.env._(
                "The orders of this invoice name different service codes (%s). An invoice carries "
                "one: it was left empty. Choose it, or invoice the orders separately.",
                named,
            )
        if name == "contract_reference":
            return self.env._(
                "The orders of this invoice name different contract numbers (%s). An invoice "
                "carries one: it was left empty. Fill it in, or invoice the orders separately.",
                named,
            )
        return self.env._(
            "The orders of this invoice name different engagement numbers (%s). An invoice carries "
            "one: it was left empty. Fill it in, or invoice the orders separately.",
            named,
        )

    # ------------------------------------------------------------------
    # How much of the engagement is invoiced
    # ------------------------------------------------------------------

    def _chorus_pro_engagement_key(self):
        number = (self.purchase_order_reference or "").strip()
        customer = self.partner_invoice_id.commercial_partner_id._origin
        return (self.company_id._origin, customer, number) if number and customer else None

    @api.depends("partner_invoice_id")
    def _compute_chorus_pro_engagement_use(self):
        super()._compute_chorus_pro_engagement_use()
