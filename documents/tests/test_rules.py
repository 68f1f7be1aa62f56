# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Each case of invoicing makes a document that breaks no rule of EN 16931, in both syntaxes."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from samples import BUYER, IBAN, SELLER, TRANSFER, invoice, line, untaxed_line

from documents.invoice import (
    Address,
    Adjustment,
    BillingFramework,
    Contact,
    Identifier,
    IdentifierType,
    InvoiceType,
    Note,
    Party,
    Payment,
    PaymentMeans,
    PrecedingInvoice,
    SupportingDocument,
    VatCategory,
    VatPoint,
)
from documents.rendering import Syntax

D = Decimal
STANDARD = {"vat_category": VatCategory.STANDARD, "vat_rate": D(20)}


def foreign(type_, value, country, **changed):
    return replace(
        SELLER,
        identifier=Identifier(type=type_, value=value),
        address=Address(country=country, city="Ailleurs"),
        **changed,
    )


CASES = {
    "simple": invoice(),
    "several_rates": invoice(line(), line("2", "50", "5.5"), line("1", "9.99", "2.1")),
    "rate_zero": invoice(line(), untaxed_line("Z")),
    "line_discount": invoice(line("3", "90", gross_price=D(100)), line("2", "10")),
    "more_decimals": invoice(line("1000", "0.0123456"), line("7", "3.3333333")),
    "line_allowance_and_charge": invoice(
        line(
            allowances=(Adjustment(amount=D("5.00"), reason="Remise", percent=D(5), base=D(100)),),
            charges=(Adjustment(amount=D("1.50"), reason_code="FC"),),
        )
    ),
    "document_allowance_and_charge": invoice(
        line("10", "100"),
        line("1", "10", "10"),
        allowances=(Adjustment(amount=D("50.00"), reason="Remise fin d'année", **STANDARD),),
        charges=(Adjustment(amount=D("12.00"), reason="Transport", reason_code="FC", **STANDARD),),
    ),
    "negative_quantity": invoice(line("10", "100"), line("-1", "200")),
    "negative_price": invoice(line("10", "100"), line("1", "-200", gross_price=D("-250"))),
    "line_at_zero": invoice(line(), line("1", "0")),
    "deposit": invoice(line("1", "300"), type=InvoiceType.PREPAYMENT),
    "deposit_deducted": invoice(
        line("1", "1000"),
        line("-1", "300", name="Acompte déjà facturé"),
        preceding=(PrecedingInvoice(number="FA/2026/00001", issue_date=date(2026, 10, 1)),),
    ),
    "partly_paid": invoice(prepaid="20"),
    "already_paid": invoice(prepaid="120", framework=BillingFramework.A2),
    "rounding": invoice(line("1", "10.01"), rounding="-0.01"),
    "corrected": invoice(
        type=InvoiceType.CORRECTED, preceding=(PrecedingInvoice(number="FA/2026/00001"),)
    ),
    "credit_note": invoice(
        type=InvoiceType.CREDIT_NOTE,
        preceding=(PrecedingInvoice(number="FA/2026/00001", issue_date=date(2026, 10, 1)),),
    ),
    "credit_note_alone": invoice(type=InvoiceType.CREDIT_NOTE),
    "foreign_currency": invoice(line("3", "19.99"), currency="USD"),
    "foreign_currency_rounded": invoice(line("1", "10.01"), currency="CHF", rounding="0.04"),
    "exempt": invoice(untaxed_line("E"), vat_point=VatPoint.ON_DEBITS),
    "exempt_without_vat_number": invoice(
        untaxed_line("E"),
        seller=replace(SELLER, vat_number=""),
        reasons={VatCategory.EXEMPT: "TVA non applicable, art. 293 B du CGI"},
    ),
    "exempt_and_taxed": invoice(untaxed_line("E"), line(), vat_point=VatPoint.ON_RECEIPTS),
    "reverse_charge": invoice(untaxed_line("AE")),
    "outside_vat": invoice(
        untaxed_line("O"), buyer=replace(BUYER, vat_number="FR53987654321")
    ),
    "export": invoice(untaxed_line("G")),
    "intra_community": invoice(
        untaxed_line("K"),
        seller=foreign(IdentifierType.EUROPEAN, "BE0123456789", "BE", vat_number="BE0123456789"),
        buyer=replace(BUYER, vat_number="FR53987654321"),
        delivery=BUYER,
        delivery_date=date(2026, 11, 18),
    ),
    "vat_on_debits": invoice(vat_point=VatPoint.ON_DEBITS),
    "vat_on_receipts": invoice(vat_point=VatPoint.ON_RECEIPTS),
    "overseas_department": invoice(
        buyer=replace(BUYER, address=Address(country="RE", postcode="97400", city="Saint-Denis"))
    ),
    "outside_the_union": invoice(
        seller=foreign(IdentifierType.FOREIGN, "CHMONTRES", "CH", vat_number="")
    ),
    "new_caledonia": invoice(
        untaxed_line("O"), seller=foreign(IdentifierType.RIDET, "0123456001", "NC")
    ),
    "french_polynesia": invoice(
        untaxed_line("O"), seller=foreign(IdentifierType.TAHITI, "123456", "PF")
    ),
    "foreign_iban": invoice(payment=replace(TRANSFER, iban="BE68 5390 0754 7034", bic="")),
    "everything": invoice(
        line(
            name="Ramette",
            description="A4\nrecyclé",
            note="Voir <b>annexe</b>",
            unit="KGM",
            order_line="10",
            seller_code="RAM-A4",
            buyer_code="4711",
            gtin="3017620422003",
            period_start=date(2026, 10, 1),
            period_end=date(2026, 10, 31),
        ),
        seller=replace(
            SELLER,
            trading_name="Fourni",
            legal_information="SARL au capital de 10 000 €",
            contact=Contact(name="Ada", phone="+33 1 00 00 00 00", email="ada@example.com"),
            address=Address(country="FR", line1="1", line2="2", line3="3", subdivision="IDF"),
        ),
        buyer=replace(BUYER, contact=Contact(name="Achats")),
        delivery=Party(name="École", address=Address(country="FR", city="Nantes")),
        period_start=date(2026, 10, 1),
        period_end=date(2026, 10, 31),
        contract_number="M-2026",
        notes=(Note(text="Pénalités : 3 fois le taux légal", subject="PMD"), Note(text="Merci")),
        payment=replace(
            TRANSFER, account_name="Fourni", reference="FA 42", terms="30 jours\nfin de mois"
        ),
    ),
} | {
    f"paid_by_{means.name.lower()}": invoice(
        payment=Payment(
            means=means, iban=IBAN if means.is_transfer else "", due_date=date(2026, 12, 20)
        )
    )
    for means in PaymentMeans
}


@pytest.mark.parametrize("syntax", Syntax)
@pytest.mark.parametrize("case", CASES)
def test_case_breaks_no_official_rule(make_valid, case, syntax):
    make_valid(CASES[case], syntax)


@pytest.mark.parametrize("syntax", Syntax)
def test_readable_pdf_and_attachments_travel_in_the_xml_in_order(make_valid, syntax):
    documents = (
        SupportingDocument(name="facture.pdf", content=b"%PDF-1", mime_type="application/pdf"),
        SupportingDocument(
            name="é & b.csv", content=b"a;b", mime_type="text/csv", description="Détail"
        ),
    )
    tree = make_valid(invoice(), syntax, documents)
    found = tree.xpath(
        "//*[local-name()='AttachmentBinaryObject' or "
        "local-name()='EmbeddedDocumentBinaryObject']"
    )
    assert [(each.get("filename"), each.get("mimeCode"), each.text) for each in found] == [
        ("facture.pdf", "application/pdf", "JVBERi0x"),
        ("é & b.csv", "text/csv", "YTti"),
    ]
