# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""In which format an invoice goes to Chorus Pro: chosen by connection, by customer, by invoice."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..access.roles import READER, USER, require_role
from ..access.web_client import open_dialog

DOCUMENT_FORMATS = [
    ("facturx", "Factur-X"),
    ("pdf", "PDF"),
    ("cii", "XML CII (advanced)"),
    ("ubl", "XML UBL (advanced)"),
]


class ChorusProConnection(models.Model):
    _inherit = "chorus.pro.connection"

    default_format = fields.Selection(
        DOCUMENT_FORMATS, required=True, default="facturx",
        help="Factur-X: the PDF with the invoice's data inside; many travel together. PDF: the PDF "
        "beside the data, one call for each invoice, the answer at once. XML: for recipients who "
        "ask for it.")

    flow_most = fields.Integer(
        string="Invoices per File", required=True, default=500,
        help="How many invoices travel in one file at most.")
    flow_most_bytes = fields.Integer(
        string="Bytes per File", required=True, default=30_000_000,
        help="How large a file may grow, once compressed. Chorus Pro accepts 30 MB.")

    @api.constrains("flow_most", "flow_most_bytes")
    def _check_flow_bounds(self):
        for connection in self:
            is_sized = 1_000_000 <= connection.flow_most_bytes <= 30_000_000
            if not (is_sized and 1 <= connection.flow_most <= 500):
                raise ValidationError(self.env._("A file holds 1 to 500 invoices, and 1 to 30 MB."))


class ResPartner(models.Model):
    _inherit = "res.partner"

    chorus_pro_format = fields.Selection(
        DOCUMENT_FORMATS, company_dependent=True,
        help="The format in which invoices of this customer go to Chorus Pro. Left empty: that of "
        "the connection.")


class AccountMove(models.Model):
    _inherit = "account.move"

    chorus_pro_format = fields.Selection(
        DOCUMENT_FORMATS, string="Document Format", copy=False,
        help="The format in which this invoice goes to Chorus Pro. Left empty: that of the "
        "customer, else of the connection.")

    chorus_pro_format_hint = fields.Char(compute="_compute_chorus_pro_format_hint")

    @api.depends_context("lang")
    @api.depends("chorus_pro_format", "commercial_partner_id", "company_id")
    def _compute_chorus_pro_format_hint(self):
        labels = dict(self._fields["chorus_pro_format"]._description_selection(self.env))
        for move in self:
            move.chorus_pro_format_hint = labels[move._chorus_pro_document_format()]

    def action_chorus_pro_preview(self):
        """Show what Chorus Pro would get of this invoice."""
        self.ensure_one()
        require_role(self.env, USER, READER)
        preview = self.env["chorus.pro.preview"]._of(self)
        title = self.env._("Preview for Chorus Pro: %s", self.display_name)
        return open_dialog(preview, title, context={"dialog_size": "extra-large"})

    def _chorus_pro_document_format(self):
        """Format in which this invoice is to leave: ``facturx``, ``pdf``, ``cii`` or ``ubl``.

        The invoice's own, else the customer's, else its connection's.
        """
        self.ensure_one()
        customer = self.commercial_partner_id.with_company(self.company_id)
        connection = self.env["chorus.pro.connection"]._of_move(self)
        return (
            self.chorus_pro_format
            or customer.chorus_pro_format
            or connection.default_format
            or "facturx")
