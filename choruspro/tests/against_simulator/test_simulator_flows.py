# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Flows, from their deposit to their report."""

import io

import pytest
from invoice_files import cii, factur_x, tar_gz, ubl, zipped
from pypdf import PdfReader

from choruspro import errors
from choruspro.lifecycle import flow_state
from choruspro.messages import FlowDeposit, FlowSyntax, SupplierInvoiceSearch

UNKNOWN_SERVICE = ("SERVICE_DEST_TOUT_OBL", "AILLEURS")
WRONG_FRAMEWORK = (">A1<", ">S1<")
CII = FlowDeposit(content=cii("F1"), file_name="F1.xml", syntax=FlowSyntax.CII)


def integrated(client, flow_number):
    found = client.search_invoices(SupplierInvoiceSearch(flow_number=flow_number))
    return {invoice.number: invoice for invoice in found}


@pytest.mark.parametrize(
    "content, name, syntax",
    [
        (cii("F1"), "F1.xml", FlowSyntax.CII),
        (ubl("F1"), "F1.xml", FlowSyntax.UBL),
        (factur_x("F1"), "F1.pdf", FlowSyntax.FACTURX),
        (io.BytesIO(factur_x("F1")), "F1.pdf", FlowSyntax.FACTURX),
    ],
)
def test_a_flow_of_one_invoice_is_followed_to_its_invoice(simulator, client, content, name, syntax):
    receipt = client.deposit_flow(FlowDeposit(content=content, file_name=name, syntax=syntax))
    assert receipt.syntax == syntax.value
    waiting = client.read_flow_report(receipt.flow_number)
    assert not flow_state(waiting.state).terminal
    assert integrated(client, receipt.flow_number) == {}
    simulator.advance(200)
    report = client.read_flow_report(receipt.flow_number)
    assert flow_state(report.state).terminal and flow_state(report.state).integrated
    assert report.invoice_errors == report.technical_errors == ()
    assert report.state_date > report.deposit_date
    (invoice,) = integrated(client, receipt.flow_number).values()
    assert (invoice.number, invoice.status) == ("F1", "DEPOSEE")


@pytest.mark.parametrize("errors_as", ["array", "object"])
@pytest.mark.parametrize("pack, name", [(tar_gz, "lot.tar.gz"), (zipped, "lot.zip")])
def test_of_an_archive_the_refused_invoices_are_told_and_sent_again(
    simulator, client, pack, name, errors_as
):
    simulator.switch(flow_errors=errors_as)
    numbers = [f"LOT-{rank}" for rank in range(30)]
    members = {f"{number}.pdf": factur_x(number) for number in numbers}
    members["LOT-7.pdf"] = factur_x("LOT-7", UNKNOWN_SERVICE, WRONG_FRAMEWORK)
    flow = FlowDeposit(content=pack(members), file_name=name, syntax=FlowSyntax.FACTURX)
    number = client.deposit_flow(flow).flow_number
    simulator.advance(200)
    report = client.read_flow_report(number)
    assert report.state == "IN_INTEGRE_PARTIEL"
    (refused,) = report.invoice_errors
    assert (refused.number, refused.supplier, refused.recipient) == (
        "LOT-7",
        "12345678200077",
        "12345678200044",
    )
    assert len(refused.messages) == 2
    assert integrated(client, number).keys() == set(numbers) - {"LOT-7"}
    again = FlowDeposit(content=factur_x("LOT-7"), file_name="LOT-7.pdf", syntax=FlowSyntax.FACTURX)
    number = client.deposit_flow(again).flow_number
    simulator.advance(200)
    assert integrated(client, number).keys() == {"LOT-7"}
    assert len(simulator.invoices()) == 30


@pytest.mark.parametrize("errors_as", ["array", "object"])
def test_a_file_that_cannot_be_read_is_a_technical_error(simulator, client, errors_as):
    simulator.switch(flow_errors=errors_as)
    broken = FlowDeposit(content=b"<a>", file_name="F1.xml", syntax=FlowSyntax.CII)
    number = client.deposit_flow(broken).flow_number
    simulator.advance(200)
    report = client.read_flow_report(number)
    assert report.state == "IN_REJETE"
    assert report.invoice_errors == ()
    (error,) = report.technical_errors
    assert (error.code, error.nature) == ("ERR_XSD_001", "F1.xml")
    assert "ligne: 1 - position: 3" in error.label


def test_a_flow_is_unknown_at_first_and_then_known(simulator, client):
    simulator.switch(flow_unknown_s=30)
    number = client.deposit_flow(CII).flow_number
    with pytest.raises(errors.RefusedError) as caught:
        client.read_flow_report(number)
    assert caught.value.code == errors.FLOW_UNKNOWN
    simulator.advance(30)
    assert client.read_flow_report(number).state == "IN_RECU"


def test_the_report_of_a_flow_can_be_kept_as_a_pdf(simulator, client):
    assert client.download_flow_report("CPP0011117000000000000001") is None
    number = client.deposit_flow(CII).flow_number
    assert client.download_flow_report(number) is None
    simulator.advance(200)
    content = client.download_flow_report(number)
    text = PdfReader(io.BytesIO(content)).pages[0].extract_text()
    assert number in text and "Facture F1" in text


def test_a_report_that_fails_for_factur_x_is_taken_as_absent(simulator, client):
    simulator.switch(facturx_report="refused")
    flow = FlowDeposit(content=factur_x("F1"), file_name="F1.pdf", syntax=FlowSyntax.FACTURX)
    number = client.deposit_flow(flow).flow_number
    simulator.advance(200)
    assert client.download_flow_report(number) is None
    assert client.read_flow_report(number).state == "IN_INTEGRE"


@pytest.mark.parametrize("name", ["lost_answer", "truncated_json", "bad_gateway"])
def test_a_report_under_a_fault_is_asked_for_again(simulator, client, name):
    number = client.deposit_flow(CII).flow_number
    simulator.fault(name, "consulter_cr_detaille")
    assert client.read_flow_report(number).flow_number == number
    assert len(simulator.requests("consulter_cr_detaille")) == 2
