# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import struct
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from pdfa import violations
from PIL import ImageCms
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)
from samples import invoice

from documents.invoice import SupportingDocument
from documents.pdf import (
    PdfError,
    PdfMetadata,
    colour_profile,
    embed_invoice,
    embedded_files,
    without_embedded_files,
)
from documents.rendering import Syntax, import_facturx, render

METADATA = PdfMetadata(
    title="Facture FA/2026/00042 <é>",
    author="Fournitures & Cie",
    subject="Facture du 20/11/2026",
    moment=datetime(2026, 11, 20, 10, 30, tzinfo=timezone(timedelta(hours=1))),
)
XML = render(invoice(), Syntax.FACTURX)
OTHER_XML = XML.replace(b"FA/2026/00042", b"FA/2026/00001")


def written(writer):
    output = BytesIO()
    writer.write(output)
    return output.getvalue()


def blank():
    writer = PdfWriter()
    writer.add_blank_page(200, 300)
    writer.add_blank_page(200, 300)
    return writer


def pdf(*files):
    writer = blank()
    for name, content in files:
        writer.add_attachment(name, content)
    return written(writer)


def catalog(content):
    return PdfReader(BytesIO(content)).trailer["/Root"]


def dictionary(**values):
    return DictionaryObject({NameObject(f"/{key}"): value for key, value in values.items()})


def valid(content, xml=XML, metadata=METADATA, attachments=()):
    """Embeds, and sees that the result is PDF/A-3B."""
    result = embed_invoice(content, xml, metadata, attachments)
    assert violations(result) == []
    return result


def test_library_finds_the_very_xml():
    name, xml = import_facturx().get_xml_from_pdf(valid(pdf(), XML, METADATA))
    assert (name, xml) == ("factur-x.xml", XML)


def test_pages_survive():
    pages = PdfReader(BytesIO(valid(pdf(), XML, METADATA))).pages
    assert [tuple(page.mediabox) for page in pages] == [(0, 0, 200, 300)] * 2


@pytest.mark.parametrize("name", ["factur-x.xml", "ZUGFeRD-invoice.xml", "old.xml"])
def test_invoice_already_embedded_is_replaced_by_ours_and_other_files_stay(name):
    result = valid(pdf((name, OTHER_XML), ("terms.txt", b"30 days")), XML, METADATA)
    assert dict(embedded_files(result)) == {"factur-x.xml": XML, "terms.txt": b"30 days"}
    assert len(embedded_files(result)) == 2
    assert result.count(b"/EmbeddedFile") == 3  # both streams and the name tree, no left-over


def test_embedding_twice_changes_nothing_but_the_xml():
    once = valid(pdf(), OTHER_XML, METADATA)
    twice = valid(once, XML, METADATA)
    assert embedded_files(twice) == (("factur-x.xml", XML),)
    assert abs(len(twice) - len(once)) < 200


def test_attachments_are_embedded_beside_the_xml():
    attachment = SupportingDocument(name="plan.pdf", content=b"%PDF-", mime_type="application/pdf")
    result = valid(pdf(("plan.pdf", b"old")), XML, METADATA, [attachment])
    assert dict(embedded_files(result)) == {
        "factur-x.xml": XML,
        "plan.pdf": b"old",
        "plan (2).pdf": b"%PDF-",
    }


def test_one_list_of_associated_files_says_what_each_is_for():
    attachment = SupportingDocument(name="a.csv", content=b"a", mime_type="text/csv")
    root = catalog(valid(pdf(), XML, METADATA, [attachment]))
    specs = [spec.get_object() for spec in root["/AF"]]
    assert [(spec["/UF"], spec["/AFRelationship"]) for spec in specs] == [
        ("factur-x.xml", "/Data"),
        ("a.csv", "/Supplement"),
    ]
    assert [spec["/EF"]["/F"]["/Subtype"] for spec in specs] == ["/text/xml", "/text/csv"]


def test_pdf_says_that_it_is_pdfa_3b_and_which_profile():
    root = catalog(valid(pdf(), XML, METADATA))
    tree = etree.fromstring(root["/Metadata"].get_data())
    said = {etree.QName(each).localname: each.text for each in tree.iter() if each.text}
    expected = {
        "part": "3",
        "conformance": "B",
        "DocumentType": "INVOICE",
        "DocumentFileName": "factur-x.xml",
        "ConformanceLevel": "EN 16931",
        "CreateDate": "2026-11-20T09:30:00+00:00",
    }
    assert {key: said.get(key) for key in expected} == expected


def test_information_dictionary_agrees_with_xmp():
    reader = PdfReader(BytesIO(valid(pdf(), XML, METADATA)))
    xmp = reader.xmp_metadata
    assert reader.metadata.title == xmp.dc_title["x-default"] == METADATA.title
    assert [reader.metadata.author] == xmp.dc_creator == [METADATA.author]
    assert reader.metadata.producer == xmp.pdf_producer
    assert reader.metadata.creation_date == METADATA.moment


def test_colours_are_srgb():
    [intent] = catalog(valid(pdf(), XML, METADATA))["/OutputIntents"]
    intent = intent.get_object()
    assert intent["/S"] == "/GTS_PDFA1"
    icc = intent["/DestOutputProfile"].get_data()
    assert icc == colour_profile()
    assert struct.unpack(">I", icc[:4]) == (len(icc),)
    assert (icc[12:20], icc[36:40]) == (b"mntrRGB ", b"acsp")
    # ISO 19005-3 takes the profiles of ISO 32000-1: version 4 at most.
    assert icc[8] <= 4
    description = ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(BytesIO(icc)))
    assert "sRGB" in description


def test_profile_says_the_same_date_whenever_it_is_made():
    made_at = [struct.unpack(">6H", colour_profile()[24:36])]
    colour_profile.cache_clear()
    made_at.append(struct.unpack(">6H", colour_profile()[24:36]))
    assert made_at == [(2026, 1, 1, 0, 0, 0)] * 2


def test_pdf_has_an_identifier_as_pdfa_wants():
    first, second = PdfReader(BytesIO(valid(pdf(), XML, METADATA))).trailer["/ID"]
    assert first == second
    other = PdfReader(BytesIO(valid(pdf(), OTHER_XML, METADATA))).trailer["/ID"]
    assert other[0] != first


def test_same_input_gives_the_same_bytes():
    assert valid(pdf(), XML, METADATA) == valid(pdf(), XML, METADATA)
    later = replace(METADATA, moment=METADATA.moment + timedelta(days=1))
    assert valid(pdf(), XML, METADATA) != valid(pdf(), XML, later)


def test_targets_of_links_survive():
    writer = blank()
    target = dictionary(Names=ArrayObject([TextStringObject("a"), NumberObject(1)]))
    writer.root_object[NameObject("/Names")] = dictionary(Dests=target)
    root = catalog(valid(written(writer), XML, METADATA))
    assert root["/Names"]["/Dests"]["/Names"] == ["a", 1]


def test_files_are_taken_out_and_nothing_is_left_of_them():
    result = without_embedded_files(valid(pdf(("a.txt", b"abc")), XML, METADATA))
    assert embedded_files(result) == ()
    assert b"/EmbeddedFile" not in result
    assert not {"/AF", "/Metadata"} & set(catalog(result))


def test_pdf_without_files_is_given_back_byte_for_byte():
    plain = pdf()
    assert without_embedded_files(plain) == plain


def test_files_in_branches_of_the_name_tree_and_on_pages_are_found_and_taken_out():
    writer = blank()

    def spec(name, content):
        stream = StreamObject()
        stream.set_data(content)
        text = TextStringObject(name)
        return writer._add_object(dictionary(F=text, EF=dictionary(F=writer._add_object(stream))))

    branch = dictionary(Names=ArrayObject([TextStringObject("a"), spec("a.xml", OTHER_XML)]))
    tree = dictionary(Kids=ArrayObject([writer._add_object(branch)]))
    writer.root_object[NameObject("/Names")] = dictionary(EmbeddedFiles=tree)
    pin = dictionary(Subtype=NameObject("/FileAttachment"), FS=spec("b.xml", OTHER_XML))
    link = dictionary(Subtype=NameObject("/Link"))
    writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(pin), link])
    content = written(writer)

    assert embedded_files(content) == (("a.xml", OTHER_XML), ("b.xml", OTHER_XML))
    result = valid(content, XML, METADATA)
    assert embedded_files(result) == (("factur-x.xml", XML),)
    [left] = PdfReader(BytesIO(result)).pages[0]["/Annots"]
    assert left.get_object()["/Subtype"] == "/Link"


@given(cut=st.integers(0, len(pdf(("a.txt", b"abc")))), junk=st.binary(max_size=40))
def test_damaged_pdf_is_repaired_or_refused(cut, junk):
    content = pdf(("a.txt", b"abc"))
    try:
        result = embed_invoice(content[:cut] + junk + content[cut + len(junk) :], XML, METADATA)
    except PdfError:
        return
    assert dict(embedded_files(result))["factur-x.xml"] == XML


def test_unknown_compression_is_named_as_damage():
    content = pdf(("a.txt", b"abc")).replace(b"/Type /EmbeddedFile\n", b"/Filter /OtherDecode\n")
    with pytest.raises(PdfError, match="damaged"):
        embedded_files(content)


def encrypted():
    writer = blank()
    writer.encrypt("secret", algorithm="RC4-128")
    return written(writer)


def signed():
    writer = blank()
    writer.root_object[NameObject("/AcroForm")] = dictionary(SigFlags=NumberObject(3))
    return written(writer)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: b"", "empty"),
        (lambda: b"<html></html>", "not a PDF"),
        (lambda: b"%PDF-1.4\nnothing else", "damaged"),
        (lambda: pdf()[:300], "damaged"),
        (lambda: written(PdfWriter()), "no page"),
        (encrypted, "encrypted"),
        (signed, "signed"),
    ],
)
def test_unusable_pdf_is_refused_with_its_reason(make, reason):
    with pytest.raises(PdfError, match=reason):
        embed_invoice(make(), XML, METADATA)
