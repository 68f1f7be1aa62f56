# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Invoices in another currency than the euro."""

from dataclasses import replace

import pytest
from invoice_files import cii, ubl

from choruspro import checks, errors
from choruspro.messages import FlowDeposit, FlowSyntax, SupplierInvoiceSearch


@pytest.fixture
def listed(client):
    return [currency.code for currency in client.currencies()]


def found(client, number):
    return client.search_invoices(SupplierInvoiceSearch(number=number))


def test_currencies_are_listed_with_the_euro_among_them(client):
    currencies = {currency.code: currency.label for currency in client.currencies()}
    assert {"EUR", "USD", "CHF", "GBP", "XPF"} <= currencies.keys()
    assert currencies["XPF"] == "Franc CFP"


def test_every_listed_currency_is_accepted(simulator, client, invoice, pdf, listed):
    for rank, code in enumerate(listed):
        sent = replace(
            invoice,
            number=f"DEVISE-{rank}",
            currency=code,
            main_attachment_id=client.deposit_pdf(pdf).attachment_id,
        )
        assert checks.check_submission(sent, currencies=listed) == ()
        receipt = client.submit_invoice(sent)
        (row,) = found(client, sent.number)
        assert row.currency == client.read_invoice(receipt.invoice_id).currency == code
    assert len(simulator.invoices()) == len(listed) > 4


def test_a_currency_that_is_not_listed_is_refused(simulator, client, invoice, listed):
    sent = replace(invoice, currency="BRL")
    (problem,) = checks.check_submission(sent, currencies=listed)
    assert (problem.code, problem.params) == ("currency_unsupported", {"currency": "BRL"})
    with pytest.raises(errors.RefusedError) as caught:
        client.submit_invoice(sent)
    assert "devise" in caught.value.label
    assert simulator.invoices() == []


@pytest.mark.parametrize(
    "syntax, content", [(FlowSyntax.CII, cii), (FlowSyntax.UBL, ubl)], ids=["cii", "ubl"]
)
@pytest.mark.parametrize("code, integrated", [("USD", True), ("XPF", True), ("BRL", False)])
def test_a_flow_is_judged_by_its_currency(simulator, client, syntax, content, code, integrated):
    text = content("F1", ("EUR", code))
    flow = FlowDeposit(content=text, file_name="F1.xml", syntax=syntax)
    number = client.deposit_flow(flow).flow_number
    simulator.advance(200)
    report = client.read_flow_report(number)
    assert report.state == ("IN_INTEGRE" if integrated else "IN_REJETE")
    assert [row.currency for row in found(client, "F1")] == ([code] if integrated else [])
    if not integrated:
        (error,) = report.invoice_errors
        assert error.messages == ("La devise est inconnue.",)
