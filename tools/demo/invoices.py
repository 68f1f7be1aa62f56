# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The invoices of the demo: what each one is, and how an accountant makes it in Odoo."""

import base64
from dataclasses import dataclass, field

from ..console import Problem

USUAL = False  # the format of the customer, else of the connection
PAID = "MISE_EN_PAIEMENT"
SUSPENDED = "SUSPENDUE"
STOPPED = "stopped"
SUSPENSION = "Le procès-verbal de réception manque : joignez-le, puis complétez la facture."
DELIVERY_NOTE = ("Bon de livraison n° 118.csv", "article;quantité\ncasque;12\n".encode())
FOUR_RATES = (
    ("Fournitures", 310.4, 20.0), ("Travaux d'entretien", 1250.0, 10.0),
    ("Livres", 84.37, 5.5), ("Abonnement à un journal", 99.9, 2.1))


@dataclass
class DemoInvoice:
    """One invoice of the story.

    recipient: what the customer demands, as flags of the simulator's directory; or its "siret".
    lines: (label, price without tax, VAT rate in percent). format: that of the invoice in Odoo, or
    USUAL. file: a name and the bytes that go with the invoice. end: PAID, SUSPENDED, or STOPPED
    (at the click: nothing leaves).
    """

    what: str
    lines: tuple = (("Maintenance du standard", 1200.0, 20.0),)
    recipient: dict = field(default_factory=dict)
    values: dict = field(default_factory=dict)
    paid_already: bool = False
    credits: bool = False
    format: str | bool = "pdf"
    file: tuple = ()
    end: str = PAID
    move_id: int | None = None
    number: str | None = None

    @property
    def framework(self):
        """The billing framework that Odoo must have chosen."""
        return "A2" if self.paid_already else "A1"


def in_pdf_format():
    """The invoices whose PDF goes beside their data, in the order in which they are made."""
    service = {"service_required": True, "engagement_required": False}
    engagement = {"service_required": False, "engagement_required": True}
    return [
        DemoInvoice("plain invoice (A1)"),
        DemoInvoice("invoice already paid (A2)", paid_already=True,
                    lines=(("Formation, réglée par carte", 480.0, 20.0),)),
        DemoInvoice("credit note of the first one", credits=True),
        DemoInvoice("four VAT rates", lines=FOUR_RATES),
        DemoInvoice("service required", recipient=service,
                    values={"buyer_reference": "SERVICE_DEST_SERV_OBL"}),
        DemoInvoice("engagement number required", recipient=engagement,
                    values={"purchase_order_reference": "BC-2026-0042"}),
        DemoInvoice("service and engagement required",
                    recipient={"service_required": True, "engagement_required": True},
                    values={"buyer_reference": "SERVICE_DEST_TOUT_OBL",
                            "purchase_order_reference": "BC-2026-0043"}),
        DemoInvoice("suspended by the recipient", end=SUSPENDED,
                    lines=(("Installation de l'accueil", 2300.0, 20.0),)),
        DemoInvoice("stopped: the service is closed", end=STOPPED, recipient=service,
                    values={"buyer_reference": "SERVICE_FERME"}),
    ]


def in_flows():
    """Those that travel in files, each alone."""
    engagement = {"service_required": False, "engagement_required": True}
    return [
        DemoInvoice("Factur-X, four VAT rates", format="facturx", lines=FOUR_RATES),
        DemoInvoice("Factur-X with a delivery note", format="facturx", file=DELIVERY_NOTE,
                    recipient=engagement, values={"purchase_order_reference": "BC-2026-0044"}),
        DemoInvoice("Factur-X, credit note", format="facturx", credits=True),
        DemoInvoice("XML CII", format="cii"),
        DemoInvoice("XML UBL", format="ubl"),
    ]


class Accountant:
    """Makes the invoices through a session on Odoo."""

    def __init__(self, session, recipients):
        self.session = session
        self.recipients = recipients

    def make(self, invoice, first):
        """Create, post and, if it says so, register as paid; `first` is what a credit note
        credits. Fills move_id and number in."""
        if invoice.credits:
            invoice.move_id = self._reverse(first)
            self.session.call("account.move", "write", [invoice.move_id],
                              {"chorus_pro_format": invoice.format})
            self.confirm([invoice])
        else:
            self.make_together([invoice])
        if invoice.paid_already:
            self._pay(invoice.move_id)

    def make_together(self, invoices):
        """Create and post them, none of them a credit note. Fills move_id and number in."""
        ids = self.session.call(
            "account.move", "create", [self._values(invoice) for invoice in invoices])
        for invoice, move_id in zip(invoices, ids, strict=True):
            invoice.move_id = move_id
            if invoice.file:
                self.session.call("account.move", "write", [move_id], self._files(invoice))
        self.confirm(invoices)

    def confirm(self, invoices):
        """Post drafts. Fills their number in."""
        self.session.call("account.move", "action_post", [each.move_id for each in invoices])
        for invoice in invoices:
            invoice.number = self.session.read_one(
                "account.move", invoice.move_id, ["name"])["name"]

    def _files(self, invoice):
        """The values that add its file to an invoice."""
        name, content = invoice.file
        file = self.session.call("ir.attachment", "create", {
            "name": name, "datas": base64.b64encode(content).decode(),
            "res_model": "account.move", "res_id": invoice.move_id})
        return {"chorus_pro_attachment_ids": [(4, file)]}

    def _values(self, invoice):
        return {
            "move_type": "out_invoice",
            "partner_id": self._customer(invoice.recipient),
            "chorus_pro_format": invoice.format,
            **invoice.values,
            "invoice_line_ids": [
                (0, 0, {"name": label, "quantity": 1, "price_unit": price,
                        "tax_ids": [(6, 0, [self._tax(rate)])]})
                for label, price, rate in invoice.lines],
        }

    def _customer(self, demands):
        """The customer of this SIRET; or the one that demands exactly this, else nothing; active,
        reporting payments."""
        none = {"service_required": False, "engagement_required": False,
                "service_or_engagement_required": False}
        wanted = demands if "siret" in demands else {**none, **demands, "active": True}
        siret = next(recipient["siret"] for recipient in self.recipients
                     if all(recipient[flag] == value for flag, value in wanted.items()))
        return self.session.search_read(
            "res.partner", [("company_registry", "=", siret)], ["id"])[0]["id"]

    def _tax(self, rate):
        found = self.session.search_read(
            "account.tax", [("type_tax_use", "=", "sale"), ("amount_type", "=", "percent"),
                            ("amount", "=", rate),
                            ("price_include_override", "!=", "tax_included")],
            ["id"], limit=1)
        if not found:
            raise Problem(f"the French chart of accounts has no sales tax of {rate} %")
        return found[0]["id"]

    def _pay(self, move_id):
        wizard = self.session.call(
            "account.payment.register", "create", {},
            context={"active_model": "account.move", "active_ids": [move_id]})
        self.session.call("account.payment.register", "action_create_payments", [wizard])

    def _reverse(self, first):
        journal = self.session.read_one("account.move", first.move_id, ["journal_id"])
        wizard = self.session.call(
            "account.move.reversal", "create",
            {"journal_id": journal["journal_id"][0], "reason": "Prestation annulée"},
            context={"active_model": "account.move", "active_ids": [first.move_id]})
        return self.session.call("account.move.reversal", "refund_moves", [wizard])["res_id"]
