# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The invoices of the demo: what each one is, and how an accountant makes it in Odoo."""

from dataclasses import dataclass, field

from .console import Problem

PAID = "MISE_EN_PAIEMENT"
SUSPENDED = "SUSPENDUE"
REFUSED = "refused"
SUSPENSION = "Le procès-verbal de réception manque : joignez-le, puis complétez la facture."


@dataclass
class DemoInvoice:
    """One invoice of the story.

    recipient: what the customer demands, as flags of the simulator's directory. lines: (label,
    price without tax, VAT rate in percent). end: PAID, SUSPENDED, or REFUSED (before any status).
    """

    what: str
    lines: tuple = (("Maintenance du standard", 1200.0, 20.0),)
    recipient: dict = field(default_factory=dict)
    values: dict = field(default_factory=dict)
    paid_already: bool = False
    credits: bool = False
    end: str = PAID
    move_id: int | None = None
    number: str | None = None

    @property
    def framework(self):
        """The billing framework that Odoo must have found by itself."""
        return "A2" if self.paid_already else "A1"


def story():
    """The invoices, in the order in which they are made."""
    service = {"service_required": True, "engagement_required": False}
    engagement = {"service_required": False, "engagement_required": True}
    return [
        DemoInvoice("plain invoice (A1)"),
        DemoInvoice("invoice already paid (A2)", paid_already=True,
                    lines=(("Formation, réglée par carte", 480.0, 20.0),)),
        DemoInvoice("credit note of the first one", credits=True),
        DemoInvoice("four VAT rates", lines=(
            ("Fournitures", 310.4, 20.0), ("Travaux d'entretien", 1250.0, 10.0),
            ("Livres", 84.37, 5.5), ("Abonnement à un journal", 99.9, 2.1))),
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
        DemoInvoice("refused: the service is closed", end=REFUSED, recipient=service,
                    values={"buyer_reference": "SERVICE_FERME"}),
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
        else:
            invoice.move_id = self.session.call("account.move", "create", [self._values(invoice)])
            if isinstance(invoice.move_id, list):
                invoice.move_id = invoice.move_id[0]
        self.session.call("account.move", "action_post", [invoice.move_id])
        if invoice.paid_already:
            self._pay(invoice.move_id)
        invoice.number = self.session.read_one("account.move", invoice.move_id, ["name"])["name"]

    def _values(self, invoice):
        return {
            "move_type": "out_invoice",
            "partner_id": self._customer(invoice.recipient),
            **invoice.values,
            "invoice_line_ids": [
                (0, 0, {"name": label, "quantity": 1, "price_unit": price,
                        "tax_ids": [(6, 0, [self._tax(rate)])]})
                for label, price, rate in invoice.lines],
        }

    def _customer(self, demands):
        """The customer that demands exactly this, else nothing; active, reporting payments."""
        none = {"service_required": False, "engagement_required": False,
                "service_or_engagement_required": False}
        wanted = {**none, **demands, "active": True}
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
