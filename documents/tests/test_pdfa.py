# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What comes out is PDF/A-3B in the eyes of a foreign validator, whatever was printed.

printed.pdf was made by wkhtmltopdf 0.12.6 (unpatched Qt, as in Debian) from a page with links, a
transparent logo, a gradient, an ideogram, an emoji and two pages of lines in DejaVu Sans.
"""

from io import BytesIO
from pathlib import Path

import pytest
from lxml import etree
from pdfa import violations
from pypdf import PdfReader
from pypdf.generic import ArrayObject, NameObject, NumberObject, TextStringObject
from test_golden import FILES, FOLDER
from test_pdf import METADATA, XML, blank, dictionary, valid, written

from documents.invoice import SupportingDocument
from documents.pdf import embed_invoice, embedded_files
from documents.rendering import Syntax

PRINTED = (Path(__file__).parent / "printed.pdf").read_bytes()
CII = [name for name, (_case, syntax) in FILES.items() if syntax is Syntax.FACTURX]
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"


def annotated(*annotations):
    writer = blank()
    writer.pages[0][NameObject("/Annots")] = ArrayObject(
        [writer._add_object(each) for each in annotations]
    )
    return written(writer)


def annotations(content):
    pages = PdfReader(BytesIO(content)).pages
    return [each.get_object() for page in pages for each in page.get("/Annots", ())]


def link(**values):
    rectangle = ArrayObject([NumberObject(0), NumberObject(0), NumberObject(9), NumberObject(9)])
    return dictionary(
        Type=NameObject("/Annot"), Subtype=NameObject("/Link"), Rect=rectangle, **values
    )


def test_the_validator_finds_what_wkhtmltopdf_leaves_out():
    rules = {rule for rule, _sentence in violations(PRINTED)}
    assert {"PDFA3B-ANNOTATION-FLAGS-PRESENT-001", "PDFA3B-DEVICE-RGB-001"} <= rules


@pytest.mark.parametrize("name", CII)
def test_printed_page_with_each_document_is_pdfa(name):
    xml = (FOLDER / name).read_bytes()
    assert embedded_files(valid(PRINTED, xml)) == (("factur-x.xml", xml),)


def test_printed_page_with_attachments_is_pdfa():
    files = [
        SupportingDocument(name="plan.pdf", content=PRINTED, mime_type="application/pdf"),
        SupportingDocument(name="a.csv", content=b"a;b", mime_type="text/csv"),
    ]
    assert len(embedded_files(valid(PRINTED, attachments=files))) == 3


def test_embedding_again_stays_pdfa():
    valid(valid(PRINTED))


def test_links_are_printed():
    assert all("/F" not in each for each in annotations(PRINTED))
    found = annotations(valid(PRINTED))
    assert len(found) == len(annotations(PRINTED)) > 1
    assert [each["/F"] for each in found] == [4] * len(found)


def test_other_flags_of_an_annotation_stay():
    locked = link(F=NumberObject(128))
    assert [each["/F"] for each in annotations(valid(annotated(locked, link())))] == [132, 4]


@pytest.mark.parametrize("flags", [TextStringObject("4"), NameObject("/Print")])
def test_flags_that_are_no_number_are_replaced(flags):
    assert annotations(valid(annotated(link(F=flags))))[0]["/F"] == 4


def _names(fonts):
    return sorted(each["/FontName"] for each in fonts)


def test_optional_list_of_glyphs_is_dropped_and_the_fonts_stay():
    def fonts(content):
        reader = PdfReader(BytesIO(content))
        objects = [reader.get_object(number) for number in range(1, reader.trailer["/Size"])]
        return [
            each
            for each in objects
            if hasattr(each, "get") and each.get("/Type") == "/FontDescriptor"
        ]

    assert any("/CIDSet" in each for each in fonts(PRINTED))
    after = fonts(valid(PRINTED))
    assert _names(after) == _names(fonts(PRINTED))
    assert not any("/CIDSet" in each for each in after)
    assert all("/FontFile2" in each for each in after)


def test_each_description_of_the_metadata_declares_its_own_namespaces():
    root = PdfReader(BytesIO(valid(PRINTED))).trailer["/Root"]
    xmp = etree.fromstring(root["/Metadata"].get_data())
    assert xmp.nsmap.keys() == {"x"}
    found = [set(each.nsmap) - {"x", "rdf"} for each in xmp.iter(f"{RDF}Description")]
    assert {"pdfaid"} in found and {"fx"} in found and {"dc"} in found
    assert all(each.get(f"{RDF}about") == "" for each in xmp.iter(f"{RDF}Description"))
    assert sum(map(len, found)) == len(set().union(*found))  # each declared once


def with_catalog(**entries):
    writer = blank()
    writer.root_object.update(dictionary(**entries))
    return written(writer)


def nothing():
    """A null, which pypdf reads and does not write."""
    return TextStringObject("NULL")


def nulled(content):
    return content.replace(b"(NULL)", b"null  ")


@pytest.mark.parametrize(
    "content",
    [
        nulled(with_catalog(Names=nothing())),
        nulled(with_catalog(Names=dictionary(EmbeddedFiles=nothing()))),
        nulled(with_catalog(AF=nothing(), AcroForm=nothing(), Metadata=nothing())),
    ],
)
def test_null_entry_of_the_catalog_is_absent(content):
    assert b"null" in content
    assert embedded_files(content) == ()
    assert embedded_files(valid(content)) == (("factur-x.xml", XML),)


def test_null_annotations_are_absent():
    writer = blank()
    writer.pages[0][NameObject("/Annots")] = nothing()
    content = nulled(written(writer))
    assert b"/Annots null" in content
    assert embedded_files(content) == ()
    assert embedded_files(embed_invoice(content, XML, METADATA)) == (("factur-x.xml", XML),)
