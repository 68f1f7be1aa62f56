# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import base64
import hashlib
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal

import pytest

from tools.demo.batch import CLOSING, SIZE, batch
from tools.demo.evidence import Evidence
from tools.demo.invoices import DemoInvoice

PDF, OTHER = b"%PDF-1.7 one", b"%PDF-1.7 other"
CENT = Decimal("0.01")


def cents(amount):
    return amount.quantize(CENT, ROUND_HALF_UP)


def is_rounded_by_line(invoice):
    """Whether the VAT of its lines, each rounded, is not that of their sum."""
    lines, sums = defaultdict(Decimal), defaultdict(Decimal)
    for _label, price, rate in invoice.lines:
        price = cents(Decimal(str(price)))
        lines[rate] += cents(price * Decimal(str(rate)) / 100)
        sums[rate] += price
    return any(lines[rate] != cents(base * Decimal(str(rate)) / 100)
               for rate, base in sums.items())


def test_two_invoices_of_the_batch_are_refused_each_for_its_own_reason():
    invoices, closing, rounded = batch()
    assert len(invoices) == SIZE
    assert [each for each in invoices if CLOSING in each.values.values()] == [closing]
    assert [each for each in invoices if is_rounded_by_line(each)] == [rounded]


class Session:
    """An Odoo that archived PDF and sent `sent`."""

    def __init__(self, sent, document_format):
        self.submission = {"sha256": hashlib.sha256(sent).hexdigest(),
                           "document_format": document_format}

    def search_read(self, model, domain, fields, **_keywords):
        return [self.submission]

    def read_one(self, model, record_id, fields):
        return {"invoice_pdf_report_id": [7, "x"], "datas": base64.b64encode(PDF).decode()}


class Simulator:
    def __init__(self, received):
        self.received = received

    def get(self, path):
        return self.received


def in_cii(pdf):
    return (b'<ram:AttachmentBinaryObject mimeCode="application/pdf">' + base64.b64encode(pdf)
            + b"</ram:AttachmentBinaryObject>")


def in_ubl(pdf):
    return (b'<cbc:EmbeddedDocumentBinaryObject filename="x.pdf">' + base64.b64encode(pdf)
            + b"</cbc:EmbeddedDocumentBinaryObject>")


@pytest.mark.parametrize(("document_format", "sent", "received", "faults"), [
    ("pdf", PDF, PDF, 0),
    ("facturx", PDF, PDF, 0),
    ("cii", in_cii(PDF), in_cii(PDF), 0),
    ("ubl", in_ubl(PDF), in_ubl(PDF), 0),
    ("pdf", PDF, OTHER, 2),
    ("facturx", OTHER, OTHER, 1),
    ("cii", in_cii(OTHER), in_cii(OTHER), 1),
    ("cii", in_cii(PDF), in_cii(OTHER), 2),
    ("ubl", b"<no-pdf/>", b"<no-pdf/>", 1),
])
def test_what_arrived_is_what_was_archived(document_format, sent, received, faults):
    evidence = Evidence(Session(sent, document_format), Simulator(received), "python")
    invoice = DemoInvoice("any", move_id=1, number="FAC/1", format=document_format)
    digest, wrong = evidence.look_at(invoice, 1)
    assert digest == hashlib.sha256(PDF).hexdigest()
    assert len(wrong) == faults
