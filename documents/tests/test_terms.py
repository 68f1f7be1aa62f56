# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What a direct deposit to Chorus Pro wants, seen in the XML itself."""

from dataclasses import replace
from decimal import Decimal

import pytest
from lxml import etree
from samples import BUYER, SELLER, TRANSFER, invoice, line, untaxed_line

from documents.invoice import (
    Address,
    BillingFramework,
    Identifier,
    IdentifierType,
    InvoiceType,
    Note,
    PaymentMeans,
    VatPoint,
)
from documents.pricing import unit_price
from documents.rendering import Syntax, render

D = Decimal
NAMESPACES = {
    prefix: f"urn:un:unece:uncefact:data:standard:{name}:100"
    for prefix, name in (
        ("rsm", "CrossIndustryInvoice"),
        ("ram", "ReusableAggregateBusinessInformationEntity"),
        ("udt", "UnqualifiedDataType"),
    )
} | {
    prefix: f"urn:oasis:names:specification:ubl:schema:xsd:Common{name}Components-2"
    for prefix, name in (("cac", "Aggregate"), ("cbc", "Basic"))
}


class Document:
    """The texts (or attributes) that an XPath finds."""

    def __init__(self, invoice_, syntax):
        self.tree = etree.fromstring(render(invoice_, syntax))

    def __getitem__(self, path):
        found = self.tree.xpath(f".//{path}", namespaces=NAMESPACES)
        return [getattr(each, "text", each) for each in found]


def cii(*lines, **changed):
    return Document(invoice(*lines, **changed), Syntax.FACTURX)


def ubl(*lines, **changed):
    return Document(invoice(*lines, **changed), Syntax.UBL)


@pytest.mark.parametrize("framework", BillingFramework)
def test_billing_framework_is_the_short_code(framework):
    path = "ram:BusinessProcessSpecifiedDocumentContextParameter/ram:ID"
    assert cii(framework=framework)[path] == [framework.value]
    assert ubl(framework=framework)["cbc:ProfileID"] == [framework.value]


def test_references_stand_where_chorus_pro_reads_them():
    references = {"service_code": "S 7", "engagement_number": "EJ1", "contract_number": "M1"}
    document = cii(**references)
    assert document["ram:BuyerReference"] == ["S 7"]
    assert document["ram:BuyerOrderReferencedDocument/ram:IssuerAssignedID"] == ["EJ1"]
    assert document["ram:ContractReferencedDocument/ram:IssuerAssignedID"] == ["M1"]
    document = ubl(**references)
    assert document["cbc:BuyerReference"] == ["S 7"]
    assert document["cac:OrderReference/cbc:ID"] == ["EJ1"]
    assert document["cac:ContractDocumentReference/cbc:ID"] == ["M1"]


def test_absent_references_leave_no_trace():
    document = cii(service_code="", engagement_number=" ")
    for path in ("BuyerReference", "BuyerOrderReferencedDocument", "ContractReferencedDocument"):
        assert document[f"ram:{path}"] == []
    document = ubl(service_code="", engagement_number=" ")
    for path in ("cbc:BuyerReference", "cac:OrderReference", "cac:ContractDocumentReference"):
        assert document[path] == []


def test_parties_are_identified_by_siret_without_spaces():
    path = "ram:SpecifiedLegalOrganization/ram:ID[@schemeID='0002']"
    assert cii()[path] == ["12345678200077", "12345678200028"]
    document = ubl()
    path = "cac:PartyLegalEntity/cbc:CompanyID[@schemeID='0002']"
    assert document[path] == ["12345678200077", "12345678200028"]
    path = "cac:PartyIdentification/cbc:ID[@schemeID='0009'][@schemeName='1']"
    assert document[path] == ["12345678200077", "12345678200028"]


@pytest.mark.parametrize("country", ["GP", "MQ", "GF", "RE", "YT", "FR"])
def test_siret_of_an_overseas_department_is_kept(country):
    document = cii(buyer=replace(BUYER, address=Address(country=country)))
    assert "12345678200028" in document["ram:SpecifiedLegalOrganization/ram:ID[@schemeID='0002']"]
    assert document["ram:BuyerTradeParty//ram:CountryID"] == [country]


@pytest.mark.parametrize(
    ("type_", "value", "scheme", "kind"),
    [
        (IdentifierType.EUROPEAN, "BE 0123.456.789", "0223", "2"),
        (IdentifierType.FOREIGN, "CHMONTRES", "0227", "3"),
        (IdentifierType.RIDET, "0123456001", "0228", "4"),
        (IdentifierType.TAHITI, "A12345", "0229", "5"),
    ],
)
def test_foreign_supplier_has_the_scheme_of_its_identifier(type_, value, scheme, kind):
    seller = replace(SELLER, identifier=Identifier(type=type_, value=value))
    compact = value.replace(" ", "").replace(".", "")
    path = f"ram:SellerTradeParty/ram:SpecifiedLegalOrganization/ram:ID[@schemeID='{scheme}']"
    assert cii(seller=seller)[path] == [compact]
    document = ubl(seller=seller)
    path = f"cac:AccountingSupplierParty//cbc:CompanyID[@schemeID='{scheme}']"
    assert document[path] == [compact]
    path = f"cac:PartyIdentification/cbc:ID[@schemeID='{scheme}'][@schemeName='{kind}']"
    assert document[path] == [compact]


def test_ubl_names_the_parties_where_other_clients_do():
    path = "cac:Party/cac:PartyName/cbc:Name"
    assert ubl()[path] == [SELLER.name, BUYER.name]
    trading = replace(SELLER, trading_name="Fourni")
    assert ubl(seller=trading)[path] == ["Fourni", BUYER.name]
    assert cii()["ram:TradingBusinessName"] == []


@pytest.mark.parametrize("means", PaymentMeans)
def test_invoice_always_has_payment_means(means):
    payment = replace(TRANSFER, means=means)
    path = "ram:SpecifiedTradeSettlementPaymentMeans/ram:TypeCode"
    assert cii(payment=payment)[path] == [means.value]
    assert ubl(payment=payment)["cbc:PaymentMeansCode"] == [means.value]


def test_credit_note_has_no_payment_means():
    payment = replace(TRANSFER, reference="FA 42")
    document = cii(type=InvoiceType.CREDIT_NOTE, payment=payment)
    assert document["ram:SpecifiedTradeSettlementPaymentMeans"] == []
    assert document["ram:PaymentReference"] == []
    document = ubl(type=InvoiceType.CREDIT_NOTE, payment=payment)
    assert document["cac:PaymentMeans"] == []
    assert document["cac:PaymentTerms/cbc:Note"] == ["2026-12-20"]


def test_gross_price_goes_with_its_discount_only():
    document = cii(line("2", "90", gross_price=D(100)), line("1", "10", gross_price=D(10)))
    gross = "ram:GrossPriceProductTradePrice"
    assert document[f"{gross}/ram:ChargeAmount"] == ["100.00"]
    assert document[f"{gross}/ram:AppliedTradeAllowanceCharge/ram:ActualAmount"] == ["10.00"]
    assert document["ram:NetPriceProductTradePrice/ram:ChargeAmount"] == ["90.00", "10.00"]


def test_price_raised_by_its_discount_has_no_gross_price():
    assert cii(line("1", "110", gross_price=D(100)))["ram:GrossPriceProductTradePrice"] == []


def test_price_keeps_the_decimals_that_chorus_pro_keeps():
    document = cii(line("1000", "0.012345"), line("3", "1E+2"), line("1", "0.012345678"))
    path = "ram:NetPriceProductTradePrice/ram:ChargeAmount"
    assert document[path] == ["0.012345", "100.00", "0.012346"]


def test_price_with_tax_included_is_split_to_the_cent():
    # 3 at 9.99 with 20 % of tax: 24.98 untaxed
    price = unit_price(D("24.98"), D(3))
    document = cii(line("3", str(price)))
    assert document["ram:LineTotalAmount"] == ["24.98", "24.98"]


def test_negative_price_becomes_a_negative_quantity():
    document = cii(line("10", "100"), line("2", "-50", gross_price=D("-60")))
    assert document["ram:BilledQuantity"] == ["10", "-2"]
    assert document["ram:NetPriceProductTradePrice/ram:ChargeAmount"] == ["100.00", "50.00"]
    assert document["ram:GrossPriceProductTradePrice/ram:ChargeAmount"] == ["60.00"]
    assert document["ram:IncludedSupplyChainTradeLineItem//ram:LineTotalAmount"] == [
        "1000.00",
        "-100.00",
    ]


@pytest.mark.parametrize(
    ("point", "in_cii", "in_ubl"),
    [(VatPoint.ON_DEBITS, ["5"], ["3"]), (VatPoint.ON_RECEIPTS, ["72"], ["432"]), (None, [], [])],
)
def test_vat_regime_is_told(point, in_cii, in_ubl):
    assert cii(vat_point=point)["ram:DueDateTypeCode"] == in_cii
    assert ubl(vat_point=point)["cac:InvoicePeriod/cbc:DescriptionCode"] == in_ubl


def test_exempt_invoice_has_a_reason_and_no_vat_regime():
    document = cii(untaxed_line("E"), vat_point=VatPoint.ON_RECEIPTS)
    assert document["ram:DueDateTypeCode"] == []
    assert document["ram:ExemptionReason"] == ["Exonération"]


def test_invoice_outside_vat_has_no_vat_number_and_no_rate():
    document = cii(untaxed_line("O"), buyer=replace(BUYER, vat_number="FR53987654321"))
    assert document["ram:SpecifiedTaxRegistration"] == []
    assert document["ram:RateApplicablePercent"] == []


def test_foreign_currency_gives_its_vat_total_in_euro():
    document = cii(currency="USD")
    assert document["ram:TaxTotalAmount[@currencyID='USD']"] == ["20.00"]
    assert document["ram:TaxTotalAmount[@currencyID='EUR']"] == ["40.00"]
    document = ubl(currency="USD", rounding="0.01")
    assert document["cac:TaxTotal/cbc:TaxAmount[@currencyID='EUR']"] == ["40.00"]
    assert document["cac:LegalMonetaryTotal/*/@currencyID"] == ["USD"] * 5


def test_delivery_date_is_the_issue_date_unless_told():
    path = "ram:ActualDeliverySupplyChainEvent//udt:DateTimeString"
    assert cii()[path] == ["20261120"]


def test_notes_and_names_are_flattened():
    document = cii(
        line(name="Ra\x00mette\n<b>A4</b>", description="<ul><li>un</li><li>deux</li></ul>"),
        notes=(Note(text="<p>Merci&nbsp;!<br/>À bientôt\x0b</p>"), Note(text="<p> </p>")),
    )
    assert document["ram:IncludedNote/ram:Content"] == ["Merci !\nÀ bientôt"]
    assert document["ram:SpecifiedTradeProduct/ram:Name"] == ["Ramette A4"]
    assert document["ram:SpecifiedTradeProduct/ram:Description"] == ["- un\n\n- deux"]
