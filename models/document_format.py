# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""In which format an invoice goes to Chorus Pro: chosen by connection, by customer, by invoice."""

from odoo import fields, models

DOCUMENT_FORMATS = [
    ("facturx", "Factur-X"),
    ("pdf", "PDF"),
    ("cii", "XML CII (advanced)"),
    ("ubl", "XML UBL (advanced)"),
]


class ChorusProConnection(models.Model):
    _inherit = "chorus.pro.connection"

    default_format = fields.Selection(
        DOCUMENT_FORMATS,
        required=True,
        default="facturx",
        help="Factur-X: the PDF with the invoice's data inside; many travel together. PDF: the "
        "PDF beside the data, one call for each invoice, the answer at once. XML: for recipients "
        "who ask for it.",
    )


class ResPartner(models.Model):
    _inherit = "res.partner"

    chorus_pro_format = fields.Selection(
        DOCUMENT_FORMATS,
        string="Chorus Pro Format",
        company_dependent=True,
        help="The format in which invoices of this customer go to Chorus Pro. Left empty: that of "
        "the connection.",
    )


class AccountMove(models.Model):
    _inherit = "account.move"

    chorus_pro_format = fields.Selection(
        DOCUMENT_FORMATS,
        string="Document Format",
        copy=False,
        help="The format in which this invoice goes to Chorus Pro. Left empty: that of the "
        "customer, else of the connection.",
    )

    def _chorus_pro_document_format(self):
        """Format in which this invoice is to leave: ``facturx``, ``pdf``, ``cii`` or ``ubl``.

        The invoice's own, else the customer's, else the connection's in use.
        """
        self.ensure_one()
        customer = self.commercial_partner_id.with_company(self.company_id)
        connection = self.env["chorus.pro.connection"]._of_company(self.company_id)
        return (
            self.chorus_pro_format
            or customer.chorus_pro_format
            or connection.default_format
            or "facturx"
        )
