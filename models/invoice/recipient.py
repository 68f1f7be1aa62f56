# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import api, fields, models
from odoo.fields import Domain

from ...choruspro.checks import RESERVED_SERVICE, check_references
from ..access.odoo_fields import SIRET_FIELD
from ..access.roles import USER, require_role
from ..document.submission_message import InvoiceTerms
from ..rules.rule_book import finding, finding_of


class AccountMove(models.Model):
    """What the recipient requires of an invoice, and what is proposed to meet it. Only the cached
    directory is read: nothing here asks Chorus Pro anything."""

    _inherit = "account.move"

    chorus_pro_structure_ids = fields.Many2many(
        "chorus.pro.structure", string="Recipients at Chorus Pro",
        compute="_compute_chorus_pro_structure_ids", compute_sudo=True,
        context={"active_test": False})
    chorus_pro_open_service_ids = fields.Many2many(
        "chorus.pro.service", string="Open Services",
        compute="_compute_chorus_pro_open_service_ids", compute_sudo=True)
    chorus_pro_service_id = fields.Many2one(
        "chorus.pro.service", string="Service", compute="_compute_chorus_pro_service_id",
        inverse="_inverse_chorus_pro_service_id", compute_sudo=True,
        help="The service of the recipient, among those that are open on the invoice's date. Its "
        "code becomes the Service Code.")
    chorus_pro_engagement_proposal = fields.Char(
        string="Proposed Engagement Number", compute="_compute_chorus_pro_engagement_proposal",
        help="The customer reference, when it could be the engagement number.")
    buyer_reference = fields.Char(
        compute="_compute_buyer_reference", store=True, readonly=False, copy=True)

    def _chorus_pro_structures(self):
        """The rows of the directory for this invoice's recipient, in sudo, as its company sees
        them."""
        return self.sudo().chorus_pro_structure_ids.with_company(self.company_id)

    @api.depends(f"commercial_partner_id.{SIRET_FIELD}", "company_id", "journal_id")
    def _compute_chorus_pro_structure_ids(self):
        connections = self.env["chorus.pro.connection"]
        for connection, moves in self.grouped(connections._of_move).items():
            sirets = {move: move.commercial_partner_id._chorus_pro_siret() for move in moves}
            known = self.env["chorus.pro.structure"]._by_siret(connection, sirets.values())
            for move, siret in sirets.items():
                move.chorus_pro_structure_ids = known[siret]

    @api.depends("chorus_pro_structure_ids", "invoice_date")
    def _compute_chorus_pro_open_service_ids(self):
        for move in self:
            recipient = move._chorus_pro_structures()._recipient()
            services = recipient._open_services(move.invoice_date)
            connection = self.env["chorus.pro.connection"]._of_move(move)
            if not connection.supplier_is_public:
                services = services.filtered(lambda one: one.code != RESERVED_SERVICE)
            move.chorus_pro_open_service_ids = services

    @api.depends("chorus_pro_structure_ids", "buyer_reference")
    def _compute_chorus_pro_service_id(self):
        for move in self:
            recipient = move._chorus_pro_structures()._recipient()
            code = InvoiceTerms(move).references["service_code"]
            move.chorus_pro_service_id = recipient._service(code) if code else False

    def _inverse_chorus_pro_service_id(self):
        for move in self:
            if service := move.chorus_pro_service_id:
                move.buyer_reference = service.code
            elif move._chorus_pro_structures()._recipient()._service(
                InvoiceTerms(move).references["service_code"]
            ):
                # A code that the directory does not have was typed: it stays.
                move.buyer_reference = False

    @api.onchange("chorus_pro_service_id")
    def _onchange_chorus_pro_service_id(self):
        self._inverse_chorus_pro_service_id()

    @api.depends("partner_id")
    def _compute_buyer_reference(self):
        """Another customer, another service: what is proposed for this one, or none. What was
        proposed for a customer of Chorus Pro is nothing to another one; what was typed stays."""
        services = self.env["chorus.pro.service"].sudo().with_context(active_test=False)
        for move in self:
            if move.state == "draft" and move.partner_id and move.chorus_pro_is_concerned:
                move.buyer_reference = move._chorus_pro_default_service_code()
            elif (
                move.state == "draft"
                and move.partner_id
                and move.buyer_reference
                and services.search_count([("code", "=", move.buyer_reference)], limit=1)
            ):
                move.buyer_reference = False
            else:
                move.buyer_reference = move.buyer_reference

    def _chorus_pro_default_service_code(self):
        """The service of the contact, else of its company, else of the last invoice to this
        contact: the first that is open at the recipient, or None."""
        self.ensure_one()
        recipient = self._chorus_pro_structures()._recipient()
        if not recipient.service_ids:
            return None
        open_codes = set(recipient._open_services(self.invoice_date).mapped("code"))
        for partner in (self.partner_id, self.commercial_partner_id):
            code = partner.sudo().chorus_pro_service_id.code
            if code in open_codes:
                return code
        code = self._chorus_pro_last_service_code()
        return code if code in open_codes else None

    def _chorus_pro_last_service_code(self):
        """Service code of the last confirmed invoice to this very contact."""
        last = self.env["account.move"].search(
            Domain("partner_id", "=", self.partner_id.id)
            & Domain("company_id", "=", self.company_id.id)
            & Domain("move_type", "in", ("out_invoice", "out_refund"))
            & Domain("state", "=", "posted")
            & Domain("buyer_reference", "!=", False),
            order="invoice_date desc, id desc",
            limit=1)
        return last.buyer_reference

    @api.depends("ref", "purchase_order_reference", "chorus_pro_is_concerned")
    def _compute_chorus_pro_engagement_proposal(self):
        for move in self:
            ref = (move.ref or "").strip()
            fits = ref and not check_references(
                service_code=None, engagement_number=ref, contract_number=None)
            offered = (
                fits
                and move.chorus_pro_is_concerned
                and move.move_type == "out_invoice"
                and not move.purchase_order_reference)
            move.chorus_pro_engagement_proposal = ref if offered else False

    def action_chorus_pro_take_engagement(self):
        """Make the proposed engagement number the invoice's own."""
        require_role(self.env, USER)
        for move in self.filtered("chorus_pro_engagement_proposal"):
            move.purchase_order_reference = move.chorus_pro_engagement_proposal
        return True

    def action_chorus_pro_ask_again(self):
        """Have the job read again what the customer requires; the user gets a notification."""
        return self.commercial_partner_id.with_company(self.company_id).action_chorus_pro_find()

    def _chorus_pro_recipient_findings(self, connection):
        """About who the recipient is and what it requires, according to the directory."""
        yield from self._chorus_pro_siret_findings()
        references = InvoiceTerms(self).references
        service_code = references["service_code"] or None
        # True of every recipient, whether or not the directory has this one.
        if service_code == RESERVED_SERVICE and not connection.supplier_is_public:
            yield finding("service_reserved", service=service_code)
        structures = self._chorus_pro_structures()
        for each in structures._findings(
            service_code=service_code,
            engagement_number=references["engagement_number"] or None,
            on=self.invoice_date or None,
        ):
            if each.id != "service_reserved":
                yield each

    def _chorus_pro_siret_findings(self):
        """About the customer's SIRET."""
        siret = self.commercial_partner_id._chorus_pro_siret()
        for problem in self._chorus_pro_structures()._siret_problems(siret):
            yield finding_of(problem)
