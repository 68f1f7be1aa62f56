# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Whatever the invoice, its documents break no official rule and say its amounts."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import decimals, invoices

from documents.pricing import cents, unit_price
from documents.problems import find_problems
from documents.rendering import Syntax, render

# Where each syntax writes what is due with and without tax.
PLACES = {
    Syntax.FACTURX: ("LineTotalAmount", "TaxBasisTotalAmount", "GrandTotalAmount",
                     "DuePayableAmount"),
    Syntax.UBL: ("LineExtensionAmount", "TaxExclusiveAmount", "TaxInclusiveAmount",
                 "PayableAmount"),
}  # fmt: skip


@pytest.mark.parametrize("syntax", Syntax)
@settings(max_examples=40)
@given(invoice=invoices())
def test_generated_invoice_breaks_no_official_rule(make_valid, invoice, syntax):
    tree = make_valid(invoice, syntax)
    [totals] = tree.xpath(
        "//*[local-name()='SpecifiedTradeSettlementHeaderMonetarySummation' or "
        "local-name()='LegalMonetaryTotal']"
    )
    said = [
        Decimal(totals.xpath(f"*[local-name()='{place}']")[0].text) for place in PLACES[syntax]
    ]
    expected = invoice.totals
    assert said == [expected.lines, expected.untaxed, expected.total, expected.payable]
    assert tree.xpath("//*[local-name()='CategoryCode' or local-name()='ClassifiedTaxCategory']")


@given(invoice=invoices())
@settings(max_examples=10)
def test_same_invoice_gives_the_same_bytes(invoice):
    assert render(invoice, Syntax.FACTURX) == render(invoice, Syntax.FACTURX)


@given(
    amount=st.decimals("-1000000.00", "1000000.00", places=2),
    quantity=decimals("-10000", "10000", 4).filter(bool),
)
def test_unit_price_gives_back_the_amount(amount, quantity):
    price = unit_price(amount, quantity)
    assert cents(price * quantity) == amount


@pytest.mark.parametrize(
    ("amount", "quantity", "price"),
    [
        ("10.00", "3", "3.333"),
        ("10.00", "4", "2.50"),
        ("0.00", "7", "0.00"),
        ("-5", "2", "-2.50"),
        ("12.35", "1000", "0.01235"),
    ],
)
def test_unit_price_has_no_needless_decimals(amount, quantity, price):
    assert str(unit_price(Decimal(amount), Decimal(quantity))) == price


@given(invoice=invoices())
@settings(max_examples=25)
def test_generated_invoice_has_no_problem(invoice):
    assert find_problems(invoice) == ()
