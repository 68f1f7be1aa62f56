# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Bad input is found before a document is made, with the field named."""

from dataclasses import replace
from decimal import Decimal

import pytest
from samples import BUYER, SELLER, TRANSFER, invoice, line, untaxed_line

from documents.invoice import (
    Address,
    Adjustment,
    Identifier,
    IdentifierType,
    InvoiceType,
    Payment,
    PaymentMeans,
    VatCategory,
)
from documents.problems import PROBLEMS, InvalidInvoice, find_problems
from documents.rendering import Syntax, render

D = Decimal
GOOD = invoice(line("2", "50"), line("1", "10", "10"))
NOWHERE = Address(country="")


def siret(value):
    return Identifier(type=IdentifierType.SIRET, value=value)


def with_line(**changed):
    return replace(GOOD, lines=(replace(GOOD.lines[0], **changed), GOOD.lines[1]))


def with_vat(**changed):
    return replace(GOOD, vat=(replace(GOOD.vat[0], **changed), GOOD.vat[1]))


def with_totals(**changed):
    return replace(GOOD, totals=replace(GOOD.totals, **changed))


CASES = {
    "no number": (replace(GOOD, number=""), "number_missing", "number"),
    "long number": (replace(GOOD, number="F" * 21), "number_invalid", "number"),
    "odd number": (replace(GOOD, number="FA 42"), "number_invalid", "number"),
    "long reference": (
        replace(GOOD, engagement_number="E" * 51),
        "reference_too_long",
        "engagement_number",
    ),
    "huge amount": (with_totals(prepaid=D("1E+13")), "amount_too_large", "totals.prepaid"),
    "rate of three decimals": (with_vat(rate=D("20.125")), "rate_decimals", "vat[0].rate"),
    "currency": (replace(GOOD, currency="eur"), "currency_invalid", "currency"),
    "rate of another country": (
        invoice(line(rate="12")),
        "vat_rate_not_french",
        "vat[0].rate",
    ),
    "no VAT in euro": (
        replace(GOOD, currency="USD"),
        "tax_in_euro_missing",
        "totals.tax_in_euro",
    ),
    "buyer without address": (
        replace(GOOD, buyer=replace(BUYER, address=NOWHERE)),
        "country_missing",
        "buyer.address.country",
    ),
    "delivery without address": (
        replace(GOOD, delivery=replace(BUYER, address=NOWHERE)),
        "country_missing",
        "delivery.address.country",
    ),
    "buyer without name": (
        replace(GOOD, buyer=replace(BUYER, name="<p> </p>")),
        "name_missing",
        "buyer.name",
    ),
    "seller without identifier": (
        replace(GOOD, seller=replace(SELLER, identifier=None)),
        "identifier_missing",
        "seller.identifier",
    ),
    "SIREN for SIRET": (
        replace(GOOD, buyer=replace(BUYER, identifier=siret("123 456 782"))),
        "siret_invalid",
        "buyer.identifier",
    ),
    "export without VAT number": (
        invoice(untaxed_line("G"), seller=replace(SELLER, vat_number="")),
        "vat_number_missing",
        "seller.vat_number",
    ),
    "intra-community buyer": (invoice(untaxed_line("K")), "vat_number_missing", "buyer.vat_number"),
    "VAT number without country": (
        replace(GOOD, seller=replace(SELLER, vat_number="32 123456789")),
        "vat_number_invalid",
        "seller.vat_number",
    ),
    "no IBAN": (
        replace(GOOD, payment=replace(TRANSFER, iban="")),
        "iban_missing",
        "payment.iban",
    ),
    "wrong IBAN": (
        replace(GOOD, payment=replace(TRANSFER, iban="FR7630006000011234567890188")),
        "iban_invalid",
        "payment.iban",
    ),
    "account number": (
        replace(GOOD, payment=replace(TRANSFER, iban="12345")),
        "iban_invalid",
        "payment.iban",
    ),
    "no due date": (
        replace(GOOD, payment=replace(TRANSFER, due_date=None)),
        "due_date_missing",
        "payment.due_date",
    ),
    "line number twice": (
        replace(GOOD, lines=(GOOD.lines[0], replace(GOOD.lines[1], id="1"))),
        "line_id_repeated",
        "lines[1].id",
    ),
    "line without name": (with_line(name="\x00"), "name_missing", "lines[0].name"),
    "line without unit": (with_line(unit=""), "unit_missing", "lines[0].unit"),
    "line that does not add up": (
        with_line(net_price=D("50.01")),
        "line_mismatch",
        "lines[0].net_amount",
    ),
    "three decimals": (with_totals(prepaid=D("0.005")), "precision", "totals.prepaid"),
    "not a number": (with_line(quantity=D("NaN")), "not_finite", "lines[0].quantity"),
    "negative allowance": (
        invoice(line(allowances=(Adjustment(amount=D(-1), reason="x"),))),
        "negative",
        "lines[0].allowances[0].amount",
    ),
    "charge without reason": (
        invoice(line(charges=(Adjustment(amount=D(1)),))),
        "reason_missing",
        "lines[0].charges[0].reason",
    ),
    "document allowance without VAT": (
        replace(GOOD, allowances=(Adjustment(amount=D(0), reason="x"),)),
        "vat_base_mismatch",
        "vat",
    ),
    "VAT base": (with_vat(base=D("100.01")), "vat_base_mismatch", "vat[0].base"),
    "VAT twice": (replace(GOOD, vat=(*GOOD.vat, GOOD.vat[0])), "vat_repeated", "vat[2]"),
    "VAT amount": (with_vat(amount=D("21.00")), "vat_amount_mismatch", "vat[0].amount"),
    "rate of exemption": (
        with_vat(category=VatCategory.EXEMPT),
        "vat_rate_invalid",
        "vat[0].rate",
    ),
    "VAT on exemption": (
        replace(
            invoice(untaxed_line("E")),
            vat=(replace(invoice(untaxed_line("E")).vat[0], amount=D("0.01")),),
        ),
        "vat_amount_mismatch",
        "vat[0].amount",
    ),
    "no reason of exemption": (
        invoice(untaxed_line("E"), reasons={VatCategory.EXEMPT: ""}),
        "exemption_reason_missing",
        "vat[0].exemption_reason",
    ),
    "outside VAT and taxed": (invoice(untaxed_line("O"), line()), "vat_mixed", "vat"),
    "total of lines": (with_totals(lines=D(1)), "total_mismatch", "totals.lines"),
    "tax": (with_totals(tax=D("20.99")), "total_mismatch", "totals.tax"),
    "total": (with_totals(total=D("130.99")), "total_mismatch", "totals.total"),
    "payable": (with_totals(payable=D("1.00")), "total_mismatch", "totals.payable"),
}


@pytest.mark.parametrize("case", CASES)
def test_bad_input_names_its_field(case):
    invoice_, code, field = CASES[case]
    found = find_problems(invoice_)
    assert (code, field) in [(problem.code, problem.field) for problem in found]
    assert all(str(problem).startswith(problem.field) for problem in found)


@pytest.mark.parametrize("syntax", Syntax)
def test_bad_invoice_is_not_rendered_and_says_all_that_is_wrong(syntax):
    bad = replace(GOOD, number="", payment=Payment())
    with pytest.raises(InvalidInvoice) as caught:
        render(bad, syntax)
    assert [problem.code for problem in caught.value.problems] == [
        "number_missing",
        "iban_missing",
        "due_date_missing",
    ]
    assert "payment.iban: a transfer needs the IBAN" in str(caught.value)


def test_invoice_without_lines_is_refused():
    assert "lines_missing" in [problem.code for problem in find_problems(replace(GOOD, lines=()))]


def test_credit_note_needs_no_iban():
    payment = replace(TRANSFER, iban="")
    assert find_problems(replace(GOOD, type=InvoiceType.CREDIT_NOTE, payment=payment)) == ()


def test_other_means_than_transfer_need_no_iban():
    for means in set(PaymentMeans) - {PaymentMeans.TRANSFER, PaymentMeans.SEPA_TRANSFER}:
        payment = replace(TRANSFER, means=means, iban="")
        assert find_problems(replace(GOOD, payment=payment)) == ()


def test_vat_rounded_line_by_line_is_accepted():
    changed = replace(
        with_vat(amount=D("20.03")),
        totals=replace(GOOD.totals, tax=D("21.03"), total=D("131.03"), payable=D("131.03")),
    )
    assert find_problems(changed) == ()


def test_nothing_paid_and_nothing_due_needs_no_due_date():
    paid = invoice(prepaid="120", payment=replace(TRANSFER, due_date=None))
    assert find_problems(paid) == ()


def test_every_problem_of_an_invoice_has_a_test():
    attached = {code for code in PROBLEMS if code.startswith(("file", "extension", "not_for"))}
    tested = {code for _invoice, code, _field in CASES.values()} | {"lines_missing"}
    assert tested == set(PROBLEMS) - attached
