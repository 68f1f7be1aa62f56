# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Reading UBL 2.1: Invoice and CreditNote."""

from .document import Document, Line, Totals, Vat, party
from .xml_tree import Node

_OASIS = "urn:oasis:names:specification:ubl:schema:xsd:"
_NAMES = {
    "cac": f"{_OASIS}CommonAggregateComponents-2",
    "cbc": f"{_OASIS}CommonBasicComponents-2",
}
_INVOICE = f"{{{_OASIS}Invoice-2}}Invoice"
_CREDIT_NOTE = f"{{{_OASIS}CreditNote-2}}CreditNote"
ROOTS = frozenset({_INVOICE, _CREDIT_NOTE})

_TOTAL = "cac:LegalMonetaryTotal/cbc:"


def read(root):
    """The `Document` of a root element; raises `Unreadable`."""
    node = Node(root, _NAMES)
    kind, quantity = ("Invoice", "Invoiced") if root.tag == _INVOICE else ("CreditNote", "Credited")
    currency = node.text("cbc:DocumentCurrencyCode")
    # A second TaxTotal is BT-111, the tax in another currency
    taxes = [
        tax
        for tax in node.all("cac:TaxTotal")
        if all(total.get("currencyID") in ("", currency) for total in tax.all("cbc:TaxAmount"))
    ]
    return Document(
        number=node.text("cbc:ID"),
        issued=node.day("cbc:IssueDate", "%Y-%m-%d"),
        type_code=node.text(f"cbc:{kind}TypeCode"),
        currency=currency,
        framework=node.text("cbc:ProfileID"),
        tax_point=node.text("cac:InvoicePeriod/cbc:DescriptionCode"),
        seller=_party(node, "AccountingSupplierParty"),
        buyer=_party(node, "AccountingCustomerParty"),
        service=node.text("cbc:BuyerReference"),
        service_tag="BuyerReference",
        engagement=node.text("cac:OrderReference/cbc:ID"),
        engagement_tag="OrderReference.ID",
        contract=node.text("cac:ContractDocumentReference/cbc:ID"),
        origin=node.text("cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID"),
        payments=tuple(
            (means.text("cbc:PaymentMeansCode"), means.text("cac:PayeeFinancialAccount/cbc:ID"))
            for means in node.all("cac:PaymentMeans")
        ),
        lines=tuple(_line(line, f"cbc:{quantity}Quantity") for line in node.all(f"cac:{kind}Line")),
        vat=tuple(_vat(row) for tax in taxes for row in tax.all("cac:TaxSubtotal")),
        totals=_totals(node, taxes),
        without_lines=False,
    )


def _party(node, name):
    return party(
        node,
        (
            (
                f"cac:{name}/cac:Party/cac:PartyLegalEntity/cbc:CompanyID",
                f"{name}.Party.PartyLegalEntity.CompanyID",
            ),
            (
                f"cac:{name}/cac:Party/cac:PartyIdentification/cbc:ID",
                f"{name}.Party.PartyIdentification.ID",
            ),
        ),
    )


def _vat(row):
    return Vat(
        base=row.needed_amount("cbc:TaxableAmount"),
        amount=row.needed_amount("cbc:TaxAmount"),
        category=row.text("cac:TaxCategory/cbc:ID"),
        rate=row.amount("cac:TaxCategory/cbc:Percent"),
    )


def _totals(node, taxes):
    return Totals(
        lines=node.amount(f"{_TOTAL}LineExtensionAmount"),
        allowances=node.amount(f"{_TOTAL}AllowanceTotalAmount") or 0,
        charges=node.amount(f"{_TOTAL}ChargeTotalAmount") or 0,
        untaxed=node.needed_amount(f"{_TOTAL}TaxExclusiveAmount"),
        tax=sum(tax.needed_amount("cbc:TaxAmount") for tax in taxes),
        total=node.needed_amount(f"{_TOTAL}TaxInclusiveAmount"),
        prepaid=node.amount(f"{_TOTAL}PrepaidAmount") or 0,
        rounding=node.amount(f"{_TOTAL}PayableRoundingAmount") or 0,
        payable=node.needed_amount(f"{_TOTAL}PayableAmount"),
    )


def _line(line, quantity):
    return Line(
        name=line.text("cac:Item/cbc:Name"),
        quantity=line.amount(quantity),
        price=line.amount("cac:Price/cbc:PriceAmount"),
        price_quantity=line.amount("cac:Price/cbc:BaseQuantity"),
        gross=line.amount("cac:Price/cac:AllowanceCharge/cbc:BaseAmount"),
        discount=line.amount("cac:Price/cac:AllowanceCharge/cbc:Amount"),
        adjustment=sum(map(_signed, line.all("cac:AllowanceCharge"))),
        total=line.needed_amount("cbc:LineExtensionAmount"),
    )


def _signed(row):
    amount = row.needed_amount("cbc:Amount")
    return amount if row.text("cbc:ChargeIndicator") == "true" else -amount
