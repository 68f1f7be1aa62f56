# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import api, fields, models
from odoo.fields import Domain

from ..choruspro.checks import check_references
from .account_move_send import METHOD
from .chorus_pro_sentence import problem_sentence


class AccountMove(models.Model):
    """What the recipient demands of an invoice, and what is proposed to meet it. Only the cached
    directory is read: nothing here asks Chorus Pro anything."""

    _inherit = "account.move"

    chorus_pro_structure_ids = fields.Many2many(
        "chorus.pro.structure",
        string="Recipients at Chorus Pro",
        compute="_compute_chorus_pro_structure_ids",
        compute_sudo=True,
        context={"active_test": False},
    )
    chorus_pro_open_service_ids = fields.Many2many(
        "chorus.pro.service",
        string="Open Services",
        compute="_compute_chorus_pro_open_service_ids",
        compute_sudo=True,
    )
    chorus_pro_service_id = fields.Many2one(
        "chorus.pro.service",
        string="Service",
        compute="_compute_chorus_pro_service_id",
        inverse="_inverse_chorus_pro_service_id",
        compute_sudo=True,
        help="The service of the recipient, among those that are open on the invoice's date. Its "
        "code becomes the Service Code.",
    )
    chorus_pro_engagement_proposal = fields.Char(
        string="Proposed Engagement Number",
        compute="_compute_chorus_pro_engagement_proposal",
        help="The customer reference, when it could be the engagement number.",
    )
    buyer_reference = fields.Char(
        compute="_compute_buyer_reference", store=True, readonly=False, copy=True
    )

    @api.depends("commercial_partner_id.company_registry", "company_id")
    def _compute_chorus_pro_structure_ids(self):
        directory = self.env["chorus.pro.structure"]
        for company, moves in self.grouped("company_id").items():
            connection = self.env["chorus.pro.connection"]._of_company(company)
            sirets = {move._chorus_pro_recipient_siret() for move in moves} - {""}
            found = directory.browse()
            if connection and sirets:
                found = directory._of_sirets(connection.environment, sirets)
            by_siret = found.grouped("siret")
            for move in moves:
                structures = by_siret.get(move._chorus_pro_recipient_siret(), directory)
                move.chorus_pro_structure_ids = structures

    @api.depends("chorus_pro_structure_ids", "invoice_date")
    def _compute_chorus_pro_open_service_ids(self):
        for move in self:
            recipient = move.chorus_pro_structure_ids._recipient()
            move.chorus_pro_open_service_ids = recipient._open_services(move.invoice_date)

    @api.depends("chorus_pro_structure_ids", "buyer_reference")
    def _compute_chorus_pro_service_id(self):
        for move in self:
            recipient = move.chorus_pro_structure_ids._recipient()
            code = (move.buyer_reference or "").strip()
            move.chorus_pro_service_id = recipient._service(code) if code else False

    def _inverse_chorus_pro_service_id(self):
        for move in self:
            if service := move.chorus_pro_service_id:
                move.buyer_reference = service.code
            elif move.sudo().chorus_pro_structure_ids._recipient()._service(move.buyer_reference):
                # A code that the directory does not have was typed: it stays.
                move.buyer_reference = False

    @api.onchange("chorus_pro_service_id")
    def _onchange_chorus_pro_service_id(self):
        self._inverse_chorus_pro_service_id()

    @api.depends("partner_id")
    def _compute_buyer_reference(self):
        """Another customer, another service: what is proposed for this one, or none."""
        for move in self:
            if move.state == "draft" and move.partner_id and move.chorus_pro_is_concerned:
                move.buyer_reference = move._chorus_pro_default_service_code()
            else:
                move.buyer_reference = move.buyer_reference

    def _chorus_pro_default_service_code(self):
        """The service of the contact, else of its company, else of the last invoice to this
        contact: the first that is open at the recipient, or None."""
        self.ensure_one()
        recipient = self.sudo().chorus_pro_structure_ids._recipient()
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
            limit=1,
        )
        return last.buyer_reference

    @api.depends("ref", "purchase_order_reference", "chorus_pro_is_concerned")
    def _compute_chorus_pro_engagement_proposal(self):
        for move in self:
            ref = (move.ref or "").strip()
            fits = ref and not check_references(
                service_code=None, engagement_number=ref, contract_number=None
            )
            offered = (
                fits
                and move.chorus_pro_is_concerned
                and move.move_type == "out_invoice"
                and not move.purchase_order_reference
            )
            move.chorus_pro_engagement_proposal = ref if offered else False

    def action_chorus_pro_take_engagement(self):
        """Make the proposed engagement number the invoice's own."""
        for move in self.filtered("chorus_pro_engagement_proposal"):
            move.purchase_order_reference = move.chorus_pro_engagement_proposal

    def _chorus_pro_recipient_problems(self):
        """Problems of this invoice with what the directory says of its recipient: list of
        :class:`Problem`, empty when nothing is known."""
        self.ensure_one()
        return self.sudo().chorus_pro_structure_ids._problems(
            service_code=(self.buyer_reference or "").strip() or None,
            engagement_number=(self.purchase_order_reference or "").strip() or None,
            on=self.invoice_date or None,
        )


class AccountMoveSend(models.AbstractModel):
    """Odoo's Send wizard names what the recipient demands. A warning only: the directory may be a
    day old, and the job asks Chorus Pro before it refuses."""

    _inherit = "account.move.send"

    @api.model
    def _get_alerts(self, moves, moves_data):
        alerts = super()._get_alerts(moves, moves_data)
        concerned = moves.filtered(lambda move: METHOD in moves_data[move]["sending_methods"])
        problems = {
            move: [problem_sentence(self.env, problem) for problem in found]
            for move in concerned
            if (found := move._chorus_pro_recipient_problems())
        }
        if problems:
            with_problems = self.env["account.move"].union(*problems)
            alerts["l10n_fr_chorus_pro_recipient"] = {
                "level": "warning",
                "message": (
                    moves._chorus_pro_problem_list(problems)
                    if len(moves) > 1
                    else "\n".join(problems[with_problems])
                ),
                "action_text": self.env._("View Invoice(s)") if len(moves) > 1 else False,
                "action": with_problems._get_records_action() if len(moves) > 1 else False,
            }
        return alerts
