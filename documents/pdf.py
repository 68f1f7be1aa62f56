# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Files inside a PDF: the XML of a Factur-X invoice, put in, found, taken out.

The PDF says that it is PDF/A-3B and has what the XML needs for that. Its pages are left as they
are: whether their fonts and images satisfy PDF/A depends on what drew them, and is not checked.
"""

import hashlib
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from io import BytesIO

from lxml import etree
from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.generic import (
    ArrayObject,
    ByteStringObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)

from .invoice import SupportingDocument
from .library import import_facturx
from .srgb import profile

XML_NAME = "factur-x.xml"
_PRODUCER = "pypdf"
# What pypdf raises where a file is not what it expects.
_DAMAGES = (
    PyPdfError, LookupError, AttributeError, TypeError, ValueError, NotImplementedError,
    RecursionError,
)  # fmt: skip
_INVOICE_ROOTS = ("CrossIndustryInvoice", "CrossIndustryDocument", "Invoice", "CreditNote")


class PdfError(ValueError):
    """The PDF cannot be used; the text says why, ``code`` too: empty, not_pdf, encrypted, no_page,
    damaged or signed."""

    def __init__(self, code, text):
        self.code = code
        super().__init__(text)


@dataclass(frozen=True, kw_only=True)
class PdfMetadata:
    """What the PDF says of itself. ``moment``: when it was made, with its time zone; the same
    moment gives the same bytes."""

    title: str
    author: str
    subject: str
    moment: datetime


@contextmanager
def _reading(pdf):
    """A reader of the bytes; PdfError for what is no PDF, is damaged, empty or encrypted."""
    if not pdf:
        raise PdfError("empty", "the PDF is empty: print the invoice again")
    if b"%PDF-" not in pdf[:1024]:
        raise PdfError("not_pdf", "this is not a PDF file")
    try:
        # Closed: the reader refers to itself, the garbage of hundreds would wait to be collected.
        with BytesIO(pdf) as file, PdfReader(file) as reader:
            if reader.is_encrypted:
                raise PdfError(
                    "encrypted",
                    "the PDF is encrypted: Chorus Pro takes it without a password only",
                )
            if not len(reader.pages):
                raise PdfError("no_page", "the PDF has no page")
            yield reader
    except PdfError:
        raise
    except _DAMAGES as error:
        raise PdfError("damaged", f"the PDF is damaged ({error})") from error


def _catalog(reader):
    return reader.trailer["/Root"].get_object()


def _part(dictionary, key, absent=None):
    """The entry of a PDF dictionary, or ``absent``; never a mere reference."""
    return dictionary[key].get_object() if key in dictionary else absent


def embedded_files(pdf):
    """The files in a PDF, of its catalog and of its pages: a tuple of pairs (name, bytes)."""
    with _reading(pdf) as reader:
        return tuple(_embedded_files(reader))


def _embedded_files(reader):
    specs = list(_leaves(_part(_part(_catalog(reader), "/Names", {}), "/EmbeddedFiles", {})))
    for page in reader.pages:
        specs += [_part(annotation, "/FS") for annotation in _file_annotations(page)]
    for spec in specs:
        files = _part(spec, "/EF", {})
        stream = _part(files, "/UF") or _part(files, "/F")
        if stream is not None:
            yield str(_part(spec, "/UF") or _part(spec, "/F", "")), stream.get_data()


def _leaves(node):
    """The values of a PDF name tree."""
    yield from (entry.get_object() for entry in _part(node, "/Names", ())[1::2])
    for child in _part(node, "/Kids", ()):
        yield from _leaves(child.get_object())


def _file_annotations(page):
    for annotation in _part(page, "/Annots", ()):
        annotation = annotation.get_object()
        if _part(annotation, "/Subtype") == "/FileAttachment" and "/FS" in annotation:
            yield annotation


def is_invoice_xml(content):
    """Whether these bytes are an invoice in CII, in UBL or in the first ZUGFeRD."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        return False
    return etree.QName(root).localname in _INVOICE_ROOTS


def without_embedded_files(pdf):
    """The PDF without any file in it: the very bytes given, when there is none."""
    with _reading(pdf) as reader:
        if not list(_embedded_files(reader)) and "/AF" not in _catalog(reader):
            return pdf
        _drop_embedded_files(reader)
        return _write(PdfWriter(clone_from=reader))


def _drop_embedded_files(reader):
    """Before the objects are copied, so that none is left over in the copy. With them goes what
    the PDF said of itself: it would still call itself a Factur-X."""
    catalog = _catalog(reader)
    for key in ("/AF", "/Metadata", "/OutputIntents"):
        catalog.pop(key, None)
    _part(catalog, "/Names", {}).pop("/EmbeddedFiles", None)
    for page in reader.pages:
        page = page.indirect_reference.get_object()  # of pages, the reader gives copies
        page.pop("/AF", None)
        doomed = [id(annotation) for annotation in _file_annotations(page)]
        if doomed:
            kept = [each for each in page["/Annots"] if id(each.get_object()) not in doomed]
            page[NameObject("/Annots")] = ArrayObject(kept)


def _write(writer):
    output = BytesIO()
    writer.write(output)
    return output.getvalue()


def embed_invoice(pdf, xml, metadata, attachments=()):
    """The PDF with the XML of its invoice, as Factur-X (profile EN 16931) wants it.

    pdf, xml: bytes. attachments: SupportingDocuments to embed beside it. An invoice XML that the
    PDF already holds is replaced; its other files stay. Gives bytes, always the same for the same
    input and version of pypdf. PdfError for a PDF that cannot be used, or is signed.
    """
    with _reading(pdf) as reader:
        if int(_part(_part(_catalog(reader), "/AcroForm", {}), "/SigFlags", NumberObject(0))) & 1:
            raise PdfError(
                "signed", "the PDF is signed, a file put into it would break its signature"
            )
        kept = [each for each in _embedded_files(reader) if not is_invoice_xml(each[1])]
        _drop_embedded_files(reader)
        writer = PdfWriter(clone_from=reader)
    invoice = SupportingDocument(
        name=XML_NAME, content=xml, mime_type="text/xml", description="Factur-X"
    )
    others = [
        SupportingDocument(name=name, content=content, mime_type="application/octet-stream")
        for name, content in kept
    ]
    files = {}
    for relationship, documents in (
        ("Data", [invoice]), ("Unspecified", others), ("Supplement", attachments)
    ):
        for document in documents:
            name = _free(files, document.name)
            files[name] = _file(writer, name, document, relationship, metadata)
    _fill_catalog(writer, files)
    _describe(writer, metadata)
    writer.pdf_header = "%PDF-1.7"
    identity = ByteStringObject(hashlib.md5(pdf + xml, usedforsecurity=False).digest())
    writer._ID = ArrayObject([identity, identity])  # compulsory in PDF/A; pypdf's own is random
    return _write(writer)


def _free(names, name):
    """The name, or the first "name (2)" that is not taken: keys of a name tree are unique."""
    stem, dot, extension = name.rpartition(".")
    number, free = 1, name
    while free in names:
        number += 1
        free = f"{stem} ({number}).{extension}" if dot else f"{name} ({number})"
    return free


def _dictionary(**values):
    return DictionaryObject({NameObject(f"/{key}"): value for key, value in values.items()})


def _stream(content, **values):
    stream = StreamObject()
    stream.update(_dictionary(**values))
    stream.set_data(content)
    return stream


def _date(moment):
    return TextStringObject(f"D:{moment.astimezone(timezone.utc):%Y%m%d%H%M%S}+00'00'")


def _file(writer, name, document, relationship, metadata):
    """A file specification, as a reference."""
    stream = _stream(
        document.content,
        Type=NameObject("/EmbeddedFile"),
        Subtype=NameObject(f"/{document.mime_type}"),
        Params=_dictionary(
            Size=NumberObject(len(document.content)), ModDate=_date(metadata.moment)
        ),
    ).flate_encode()
    reference = writer._add_object(stream)
    return writer._add_object(
        _dictionary(
            Type=NameObject("/Filespec"),
            F=TextStringObject(name),
            UF=TextStringObject(name),
            Desc=TextStringObject(document.description or name),
            AFRelationship=NameObject(f"/{relationship}"),
            EF=_dictionary(F=reference, UF=reference),
        )
    )


def _fill_catalog(writer, files):
    catalog = writer.root_object
    tree = ArrayObject()
    for name in sorted(files):
        tree += [TextStringObject(name), files[name]]
    if "/Names" not in catalog:
        catalog[NameObject("/Names")] = DictionaryObject()
    names = catalog["/Names"].get_object()  # it may hold the targets of links: keep them
    names[NameObject("/EmbeddedFiles")] = _dictionary(Names=tree)
    catalog[NameObject("/AF")] = ArrayObject(files.values())
    colours = writer._add_object(_stream(profile(), N=NumberObject(3)).flate_encode())
    condition = TextStringObject("sRGB IEC61966-2.1")
    intent = _dictionary(
        Type=NameObject("/OutputIntent"),
        S=NameObject("/GTS_PDFA1"),
        OutputConditionIdentifier=condition,
        Info=condition,
        RegistryName=TextStringObject("http://www.color.org"),
        DestOutputProfile=colours,
    )
    catalog[NameObject("/OutputIntents")] = ArrayObject([writer._add_object(intent)])


def _describe(writer, metadata):
    """The same in the information dictionary and in XMP, where PDF/A compares them."""
    moment = metadata.moment.astimezone(timezone.utc)
    writer.metadata = {
        "/Title": metadata.title,
        "/Author": metadata.author,
        "/Subject": metadata.subject,
        "/Creator": "Odoo",
        "/Producer": _PRODUCER,
        "/CreationDate": str(_date(moment)),
        "/ModDate": str(_date(moment)),
    }
    xmp = import_facturx().generate_xmp_object(
        {
            "pdfa3_flavor": "B",
            "title": metadata.title,
            "author": metadata.author,
            "subject": metadata.subject,
            "producer": _PRODUCER,
            "creator_tool": "Odoo",
            "timestamp": f"{moment:%Y-%m-%dT%H:%M:%S+00:00}",
            "urn": "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#",
            "documenttype": "INVOICE",
            "xml_filename": XML_NAME,
            "version": "1.0",
            "xmp_level": "EN 16931",
        }
    )
    packet = (
        b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        + etree.tostring(xmp, pretty_print=True, encoding="UTF-8")
        + b'<?xpacket end="w"?>'
    )
    stream = _stream(packet, Type=NameObject("/Metadata"), Subtype=NameObject("/XML"))
    writer.root_object[NameObject("/Metadata")] = writer._add_object(stream)
