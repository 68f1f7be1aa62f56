# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What waits for us at Chorus Pro and did not come from Odoo: typed on the portal, or sent by other
software."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...choruspro.lifecycle import REISSUE, invoice_status
from ...choruspro.text import storable
from ..access.foreign_text import ForeignChar
from ..access.roles import READER, USER, require_role
from ..connection.connection import ENVIRONMENTS
from ..rules.advice import status_advice
from ..rules.statuses import STATUS_SELECTION
from ..session.row_guard import LOST_RACES, guarded_part, guarded_row
from .status import storable_code
from .to_do import NEEDS

# Chorus Pro lists what is only on its way too, the last deposited first: no stock is loaded.
MOST_PAGES = 5


class ChorusProListedInvoice(models.AbstractModel):
    """An invoice as a list of Chorus Pro has it, and that is none of Odoo's.

    Users only read such rows; a job writes them.
    """

    _name = "chorus.pro.listed.invoice"
    _description = "Invoice in a List of Chorus Pro"

    name = ForeignChar(string="Invoice Number", required=True, readonly=True)
    environment = fields.Selection(ENVIRONMENTS, required=True, readonly=True)
    chorus_invoice_id = fields.Char(string="Chorus Pro ID", required=True, readonly=True)
    status_code = fields.Char(readonly=True)
    status = fields.Selection(
        STATUS_SELECTION, string="Chorus Pro Status", compute="_compute_status"
    )
    recipient_name = ForeignChar(string="Public Body", readonly=True)
    recipient_siret = ForeignChar(string="Recipient SIRET", readonly=True)
    service_code = ForeignChar(readonly=True)
    engagement_number = ForeignChar(readonly=True)
    contract_number = ForeignChar(readonly=True)
    invoice_date = fields.Date(readonly=True)
    deposit_date = fields.Date(string="Deposited On", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    total = fields.Monetary(string="Total with VAT", readonly=True)

    @api.depends("status_code")
    def _compute_status(self):
        for row in self:
            row.status = invoice_status(row.status_code).name if row.status_code else False

    @api.model
    def _facts(self, summary):
        """What a list says of an invoice, as values.

        :param summary: a row of a search, such as :class:`InvoiceSummary`
        """
        # Active or not; none when Odoo does not know the code.
        currencies = self.env["res.currency"].with_context(active_test=False)
        currency = currencies.search([("name", "=", storable(summary.currency))], limit=1)
        return {
            "name": storable(summary.number) or storable(summary.invoice_id),
            "recipient_name": storable(summary.recipient_name) or False,
            "recipient_siret": storable(summary.recipient_identifier) or False,
            "service_code": storable(summary.service_code) or False,
            "engagement_number": storable(summary.engagement_number) or False,
            "contract_number": storable(summary.contract_number) or False,
            "invoice_date": summary.invoice_date,
            "deposit_date": summary.deposit_date,
            "currency_id": currency.id,
            "total": float(summary.total or 0),
        }


class ChorusProElsewhere(models.Model):
    """An invoice of ours that waits for us at Chorus Pro, and that did not come from Odoo; one that
    waits no more is deleted."""

    _name = "chorus.pro.elsewhere"
    _inherit = "chorus.pro.listed.invoice"
    _description = "Invoice to Handle, Not from Odoo"
    _order = "deposit_date desc, id desc"

    connection_id = fields.Many2one(
        "chorus.pro.connection", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="connection_id.company_id", store=True, index=True)
    needed_action = fields.Selection(
        [(name, need.label) for name, need in NEEDS.items()], string="To Handle",
        compute="_compute_needed_action",
    )
    remedy = fields.Text(string="What to Do", compute="_compute_remedy")

    _once = models.UniqueIndex("(connection_id, chorus_invoice_id)")

    @api.depends("status_code")
    def _compute_needed_action(self):
        for row in self:
            action = invoice_status(row.status_code or "").action
            row.needed_action = action if action in NEEDS else False

    @api.depends("status_code")
    @api.depends_context("lang")
    def _compute_remedy(self):
        for row in self:
            advice = status_advice("deposited", row.status_code)
            row.remedy = self.env._(advice.remedy) if advice else False

    def action_open_portal(self):
        """Open the portal of Chorus Pro, where this invoice can be searched by its number."""
        self.ensure_one()
        require_role(self.env, USER, READER)
        self.check_access("read")
        return self.sudo().connection_id._open_portal()

    def action_adopt(self):
        """Look up the invoice of Odoo that has this number: from then on Odoo follows it, and it is
        handled there.

        :raises UserError: Odoo has none
        """
        self.ensure_one()
        require_role(self.env, USER)
        self.check_access("read")
        move = self.env["account.move"].search(
            [("company_id", "=", self.company_id.id), ("name", "=", self.name),
             ("move_type", "in", ("out_invoice", "out_refund")), ("state", "=", "posted")], limit=1)
        if not move:
            raise UserError(
                self.env._(
                    "No confirmed customer invoice of Odoo has the number %s. Handle it on the "
                    "portal.",
                    self.name,
                )
            )
        return move.action_chorus_pro_adopt_selected()


class AccountMove(models.Model):
    _inherit = "account.move"

    @api.model
    def chorus_pro_elsewhere_count(self):
        """How many invoices wait for the user's companies that did not come from Odoo.

        :raises AccessError: for users who may not read them, such as a customer
        """
        rows = self.env["chorus.pro.elsewhere"]
        rows.check_access("read")
        return rows.search_count([])


class ChorusProConnection(models.Model):
    _inherit = "chorus.pro.connection"

    elsewhere_trouble = fields.Text(
        readonly=True, copy=False, help="Why what did not come from Odoo cannot be read."
    )

    @api.model
    def _cron_elsewhere(self):
        """Read what waits at Chorus Pro and did not come from Odoo, for each connection by which
        something went. No exception leaves the job."""
        used = self.env["chorus.pro.submission"]._read_group(
            [("state", "=", "deposited")], ["connection_id"])
        connections = self.browse(connection.id for (connection,) in used)
        connections = connections.filtered("in_use")
        self.env["ir.cron"]._commit_progress(remaining=len(connections))
        for connection in connections:
            with guarded_row(self.env, f"what waits elsewhere for {connection}", races=LOST_RACES):
                connection._read_beside(connection._read_elsewhere, "elsewhere_trouble")
            self.env["ir.cron"]._commit_progress(1)

    def _read_elsewhere(self, session):
        """
        :raises ChorusProError: what was known stays
        """
        if not session.supplier_id:
            return
        found, number, pages = {}, 1, 1
        while number <= min(pages, MOST_PAGES):
            page = session.client.search_to_handle(session.supplier_id, page=number)
            pages, number = page.pages, number + 1
            found.update((storable(each.invoice_id), each) for each in page.invoices)
        self.env["ir.cron"]._commit_progress()
        waiting = {
            invoice_id: each for invoice_id, each in found.items()
            # A rejection is settled by a new invoice, not at Chorus Pro.
            if invoice_status(each.status).needs_action
            and invoice_status(each.status).action != REISSUE
        }
        ours = self.env["chorus.pro.submission"].search(
            Domain("environment", "=", self.place)
            & Domain("chorus_invoice_id", "in", list(waiting)))
        for invoice_id in set(ours.mapped("chorus_invoice_id")):
            waiting.pop(invoice_id)
        self._keep_elsewhere(waiting)
        self.env["ir.cron"]._commit_progress()

    def _keep_elsewhere(self, waiting):
        """Write these (``{id: InvoiceSummary}``), and delete those that wait no more."""
        rows = self.env["chorus.pro.elsewhere"].search([("connection_id", "=", self.id)])
        rows.filtered(lambda row: row.chorus_invoice_id not in waiting).unlink()
        known = rows.exists().grouped("chorus_invoice_id")
        for invoice_id, summary in waiting.items():
            with guarded_part(self.env, f"invoice {invoice_id} from elsewhere"):
                values = {
                    **rows._facts(summary),
                    "environment": self.place,
                    "status_code": storable_code(summary.status),
                }
                if row := known.get(invoice_id):
                    row.write(values)
                else:
                    rows.create(
                        {**values, "connection_id": self.id, "chorus_invoice_id": invoice_id})
