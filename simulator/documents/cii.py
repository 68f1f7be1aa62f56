# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Reading the Cross Industry Invoice (UN/CEFACT D16B), the XML of Factur-X too."""

from .document import Document, Line, Totals, Vat, party
from .xml_tree import Node

_UN = "urn:un:unece:uncefact:data:standard:"
_NAMES = {
    "rsm": f"{_UN}CrossIndustryInvoice:100",
    "ram": f"{_UN}ReusableAggregateBusinessInformationEntity:100",
    "udt": f"{_UN}UnqualifiedDataType:100",
}
ROOTS = frozenset({f"{{{_UN}CrossIndustryInvoice:100}}CrossIndustryInvoice"})

_CONTEXT = "rsm:ExchangedDocumentContext/"
_DEAL = "rsm:SupplyChainTradeTransaction/"
_AGREEMENT = f"{_DEAL}ram:ApplicableHeaderTradeAgreement/"
_SETTLEMENT = f"{_DEAL}ram:ApplicableHeaderTradeSettlement/"
_SUMMATION = f"{_SETTLEMENT}ram:SpecifiedTradeSettlementHeaderMonetarySummation/"
_TAG = "SupplyChainTradeTransaction.ApplicableHeaderTradeAgreement."
_PROFILES_WITHOUT_LINES = ("minimum", "basicwl")


def read(root):
    """The `Document` of a root element; raises `Unreadable`."""
    node = Node(root, _NAMES)
    issued = "rsm:ExchangedDocument/ram:IssueDateTime/udt:DateTimeString"
    currency = node.text(f"{_SETTLEMENT}ram:InvoiceCurrencyCode")
    process = f"{_CONTEXT}ram:BusinessProcessSpecifiedDocumentContextParameter/ram:ID"
    guideline = node.text(f"{_CONTEXT}ram:GuidelineSpecifiedDocumentContextParameter/ram:ID")
    taxes = node.all(f"{_SETTLEMENT}ram:ApplicableTradeTax")
    lines = node.all(f"{_DEAL}ram:IncludedSupplyChainTradeLineItem")
    return Document(
        number=node.text("rsm:ExchangedDocument/ram:ID"),
        issued=node.day(issued, "%Y%m%d"),
        type_code=node.text("rsm:ExchangedDocument/ram:TypeCode"),
        currency=currency,
        framework=node.text(process),
        tax_point=next((tax.text("ram:DueDateTypeCode") for tax in taxes), ""),
        seller=_party(node, "SellerTradeParty"),
        buyer=_party(node, "BuyerTradeParty"),
        service=node.text(f"{_AGREEMENT}ram:BuyerReference"),
        service_tag=f"{_TAG}BuyerReference",
        engagement=_reference(node, f"{_AGREEMENT}ram:BuyerOrderReferencedDocument"),
        engagement_tag=f"{_TAG}BuyerOrderReferencedDocument.IssuerAssignedID",
        contract=_reference(node, f"{_AGREEMENT}ram:ContractReferencedDocument"),
        origin=_reference(node, f"{_SETTLEMENT}ram:InvoiceReferencedDocument"),
        payments=tuple(
            (means.text("ram:TypeCode"), _account(means))
            for means in node.all(f"{_SETTLEMENT}ram:SpecifiedTradeSettlementPaymentMeans")
        ),
        lines=tuple(map(_line, lines)),
        vat=tuple(map(_vat, taxes)),
        totals=_totals(node, currency),
        without_lines=guideline.rpartition(":")[2] in _PROFILES_WITHOUT_LINES,
    )


def _party(node, name):
    tag = f"{_TAG}{name}."
    above = f"{_AGREEMENT}ram:{name}/"
    return party(
        node,
        (
            (
                f"{above}ram:SpecifiedLegalOrganization/ram:ID",
                f"{tag}SpecifiedLegalOrganization.ID",
            ),
            (f"{above}ram:GlobalID", f"{tag}GlobalID"),
            (f"{above}ram:ID", f"{tag}ID"),
        ),
    )


def _reference(node, path):
    return node.text(f"{path}/ram:IssuerAssignedID")


def _account(means):
    account = "ram:PayeePartyCreditorFinancialAccount/ram:"
    return means.text(f"{account}IBANID") or means.text(f"{account}ProprietaryID")


def _vat(tax):
    return Vat(
        base=tax.needed_amount("ram:BasisAmount"),
        amount=tax.needed_amount("ram:CalculatedAmount"),
        category=tax.text("ram:CategoryCode"),
        rate=tax.amount("ram:RateApplicablePercent"),
    )


def _totals(node, currency):
    # BT-111, the tax in another currency, has the same name
    taxes = [
        total
        for total in node.all(f"{_SUMMATION}ram:TaxTotalAmount")
        if total.get("currencyID") in ("", currency)
    ]
    return Totals(
        lines=node.amount(f"{_SUMMATION}ram:LineTotalAmount"),
        allowances=node.amount(f"{_SUMMATION}ram:AllowanceTotalAmount") or 0,
        charges=node.amount(f"{_SUMMATION}ram:ChargeTotalAmount") or 0,
        untaxed=node.needed_amount(f"{_SUMMATION}ram:TaxBasisTotalAmount"),
        tax=taxes[0].amount() or 0 if taxes else 0,
        total=node.needed_amount(f"{_SUMMATION}ram:GrandTotalAmount"),
        prepaid=node.amount(f"{_SUMMATION}ram:TotalPrepaidAmount") or 0,
        rounding=node.amount(f"{_SUMMATION}ram:RoundingAmount") or 0,
        payable=node.needed_amount(f"{_SUMMATION}ram:DuePayableAmount"),
    )


def _line(line):
    agreement, settlement = "ram:SpecifiedLineTradeAgreement/", "ram:SpecifiedLineTradeSettlement/"
    gross = f"{agreement}ram:GrossPriceProductTradePrice/"
    net = f"{agreement}ram:NetPriceProductTradePrice/"
    summation = f"{settlement}ram:SpecifiedTradeSettlementLineMonetarySummation/"
    return Line(
        name=line.text("ram:SpecifiedTradeProduct/ram:Name"),
        quantity=line.amount("ram:SpecifiedLineTradeDelivery/ram:BilledQuantity"),
        price=line.amount(f"{net}ram:ChargeAmount"),
        price_quantity=line.amount(f"{net}ram:BasisQuantity"),
        gross=line.amount(f"{gross}ram:ChargeAmount"),
        discount=line.amount(f"{gross}ram:AppliedTradeAllowanceCharge/ram:ActualAmount"),
        adjustment=sum(
            _signed(row) for row in line.all(f"{settlement}ram:SpecifiedTradeAllowanceCharge")
        ),
        total=line.needed_amount(f"{summation}ram:LineTotalAmount"),
    )


def _signed(row):
    amount = row.needed_amount("ram:ActualAmount")
    return amount if row.text("ram:ChargeIndicator/udt:Indicator") == "true" else -amount
