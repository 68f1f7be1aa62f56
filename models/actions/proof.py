# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import fields, models
from odoo.tools import format_amount, format_date, format_datetime


class ChorusProSubmission(models.Model):
    """What proves that an invoice was deposited, for a page to print."""

    _inherit = "chorus.pro.submission"

    certificate_fingerprint = fields.Char(
        readonly=True, copy=False,
        help="Fingerprint of the deposit's certificate, where Chorus Pro gives one.",
    )

    def _deposited(self, session, receipt):
        super()._deposited(session, receipt)
        self.certificate_fingerprint = receipt.certificate_fingerprint or False

    def _proof(self):
        """What the page says, in the language of its reader.

        :return: dictionary: ``environment``, empty when it is the real one, and ``rows``, pairs of
            a label and a text
        """
        self.ensure_one()
        env, move, flow = self.env, self.move_id, self.flow_id
        sent_total = format_amount(env, self.sent_total or move.amount_total, move.currency_id)
        rows = [
            (env._("Invoice"), self.name),
            (env._("Invoice date"), format_date(env, self.sent_date or move.invoice_date)),
            (env._("Total with VAT"), sent_total),
            (env._("Supplier"), self._structure_line(move.company_id.name, self._supplier_siret())),
            (
                env._("Recipient"),
                self._structure_line(
                    move.commercial_partner_id.name,
                    self.recipient_siret or move.commercial_partner_id._chorus_pro_siret(),
                ),
            ),
            (env._("Service code"), move.buyer_reference),
            (env._("Engagement number"), move.purchase_order_reference),
            (env._("Contract number"), move.contract_reference),
            (env._("Environment"), self._label("environment")),
            (env._("Format"), self._label("document_format")),
            (env._("Flow number"), flow.name),
            (env._("File"), flow.file_name),
            (env._("Chorus Pro ID"), self.chorus_invoice_id),
            (env._("Sent on"), self._moment(self.sent_at or flow.sent_at)),
            (env._("Deposited on"), self._day(self.deposit_date or flow.deposit_date)),
            (env._("Current status"), self._label("status")),
            (env._("Status since"), self._moment(self.status_date)),
            (env._("SHA-256 of the deposited file"), flow.sha256 or self.sha256),
            (env._("Fingerprint of the certificate"), self.certificate_fingerprint),
        ]
        return {
            "environment": self.environment != "production" and self._label("environment"),
            "rows": [row for row in rows if row[1]],
        }

    def _supplier_siret(self):
        return self.sudo().connection_id.supplier_siret

    def _structure_line(self, name, siret):
        return f"{name} (SIRET {siret})" if siret else name

    def _moment(self, value):
        zone = self.env.context.get("tz") or self.env.user.tz or "UTC"
        day = value and format_datetime(self.env, value, tz=zone, dt_format="short")
        return value and f"{day} ({zone})"

    def _day(self, value):
        return value and format_date(self.env, value)
