# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Invoices that add up: give lines, get the rest. Companies and numbers are fictive."""

from collections import defaultdict
from datetime import date
from decimal import Decimal

from documents.invoice import (
    Address,
    Identifier,
    IdentifierType,
    Invoice,
    Line,
    Party,
    Payment,
    Totals,
    VatBreakdown,
    VatCategory,
)
from documents.pricing import cents, line_amount
from documents.problems import UNTAXED

IBAN = "FR76 3000 6000 0112 3456 7890 189"

SELLER = Party(
    name="Fournitures & Cie",
    address=Address(country="FR", line1="1 rue de l'Exemple", postcode="75001", city="Paris"),
    identifier=Identifier(type=IdentifierType.SIRET, value="123 456 782 00077"),
    vat_number="FR 32 123456789",
)
BUYER = Party(
    name="Commune d'Exemple",
    address=Address(country="FR", line1="Place de la Mairie", postcode="44000", city="Nantes"),
    identifier=Identifier(type=IdentifierType.SIRET, value="12345678200028"),
)
TRANSFER = Payment(iban=IBAN, bic="AGRIFRPP", due_date=date(2026, 12, 20))


def line(quantity="1", price="100", rate="20", **changed):
    quantity, price = Decimal(quantity), Decimal(price)
    adjusted = sum((charge.amount for charge in changed.get("charges", ())), Decimal(0)) - sum(
        (allowance.amount for allowance in changed.get("allowances", ())), Decimal(0)
    )
    values = {
        "id": "1",
        "name": "Ramette de papier",
        "quantity": quantity,
        "net_price": price,
        "net_amount": line_amount(quantity, price) + adjusted,
        "vat_rate": Decimal(rate),
    }
    return Line(**(values | changed))


def invoice(*lines, prepaid="0", rounding="0", reasons=None, **changed):
    """reasons: exemption reason by VAT category; a default for those that need one."""
    lines = tuple(
        Line(**(vars(each) | {"id": str(position)}))
        for position, each in enumerate(lines or (line(),), start=1)
    )
    bases = defaultdict(Decimal)
    for each in lines:
        bases[each.vat_category, each.vat_rate] += each.net_amount
    for sign, name in ((-1, "allowances"), (1, "charges")):
        for each in changed.get(name, ()):
            bases[each.vat_category, each.vat_rate] += sign * each.amount
    vat = tuple(
        VatBreakdown(
            category=category,
            rate=rate,
            base=base,
            amount=cents(base * rate / 100),
            exemption_reason=(reasons or {}).get(category, "Exonération")
            if category in UNTAXED
            else "",
        )
        for (category, rate), base in bases.items()
    )
    untaxed = sum((each.base for each in vat), Decimal(0))
    tax = sum((each.amount for each in vat), Decimal(0))
    totals = Totals(
        lines=sum((each.net_amount for each in lines), Decimal(0)),
        untaxed=untaxed,
        tax=tax,
        total=untaxed + tax,
        payable=untaxed + tax - Decimal(prepaid) + Decimal(rounding),
        prepaid=Decimal(prepaid),
        rounding=Decimal(rounding),
        tax_in_euro=cents(tax * 2) if changed.get("currency", "EUR") != "EUR" else None,
    )
    values = {
        "number": "FA/2026/00042",
        "issue_date": date(2026, 11, 20),
        "seller": SELLER,
        "buyer": BUYER,
        "lines": lines,
        "vat": vat,
        "totals": totals,
        "payment": TRANSFER,
        "service_code": "SERVICE-7",
        "engagement_number": "EJ-2026-1",
    }
    return Invoice(**(values | changed))


def untaxed_line(category, **changed):
    return line(rate="0", vat_category=VatCategory(category), **changed)
