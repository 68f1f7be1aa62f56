# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Files inside a PDF: the XML of a Factur-X invoice, put in, found, taken out.

The PDF declares PDF/A-3B and has what the XML needs for that. Of its pages, the annotations get
their print flag and the fonts lose an optional list of glyphs; whether the rest of fonts and images
satisfies PDF/A depends on the program that made them, and is not checked.
"""

import hashlib
import struct
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import lru_cache
from io import BytesIO

from lxml import etree
from PIL import ImageCms
from pypdf import PdfReader, PdfWriter
from pypdf.errors import PdfReadError, PyPdfError
from pypdf.filters import ASCII85Decode, ASCIIHexDecode
from pypdf.generic import (
    ArrayObject,
    ByteStringObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NullObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)

from .attachments import is_invoice_xml
from .invoice import SupportingDocument
from .pdf_work import TooMuchWork, counted
from .rendering import import_facturx

XML_NAME = "factur-x.xml"
_PRODUCER = "pypdf"
# What pypdf raises where a file is not what it expects.
_DAMAGES = (
    PyPdfError, LookupError, AttributeError, TypeError, ValueError, NotImplementedError,
    RecursionError,
)  # fmt: skip
# Filters that write bytes as letters, whose output is never longer
_TEXT_FILTERS = {"/ASCIIHexDecode": ASCIIHexDecode.decode, "/ASCII85Decode": ASCII85Decode.decode}
# The header of a colour profile holds its date, here always the same, so that the same invoice
# gives the same file (ICC.1, "date and time of creation": six numbers of two bytes).
_MADE_AT = slice(24, 36)
_MADE = struct.pack(">6H", 2026, 1, 1, 0, 0, 0)
# The print flag of an annotation (ISO 32000-1, table 165), compulsory in PDF/A (19005-3, 6.3.2).
_PRINT = 1 << 2
_XMP, _RDF = "adobe:ns:meta/", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"


class PdfError(ValueError):
    """The PDF cannot be used; ``code`` says why, as does the text: empty, not_pdf, encrypted,
    no_page, damaged, excessive or signed."""

    def __init__(self, code, text):
        self.code = code
        super().__init__(text)


@dataclass(frozen=True, kw_only=True)
class PdfMetadata:
    """The metadata of the PDF; the same moment gives the same bytes."""

    title: str
    author: str
    subject: str
    moment: datetime  # when it was made, with its time zone


@contextmanager
def _reading(pdf):
    """A reader of the bytes, and the Work that it costs.

    :raises PdfError: the bytes are no PDF, or one that is damaged, empty or encrypted
    """
    if not pdf:
        raise PdfError("empty", "the PDF is empty: print the invoice again")
    if b"%PDF-" not in pdf[:1024]:
        raise PdfError("not_pdf", "this is not a PDF file")
    work = None
    try:
        # Closed: the reader refers to itself, the garbage of hundreds would wait to be collected.
        with counted() as work, BytesIO(pdf) as file, PdfReader(file) as reader:
            if reader.is_encrypted:
                text = "the PDF is encrypted: Chorus Pro takes it without a password only"
                raise PdfError("encrypted", text)
            _count_pages(reader, work)
            if not len(reader.pages):
                raise PdfError("no_page", "the PDF has no page")
            yield reader, work
    except PdfError:
        raise
    except (TooMuchWork, *_DAMAGES) as error:
        if work is not None and work.excess:
            raise PdfError("excessive", f"the PDF is no invoice: {work.excess}") from error
        raise PdfError("damaged", f"the PDF is damaged ({error})") from error


def _count_pages(reader, work):
    """Before the reader makes its own list of them, which repeats a shared branch."""
    waiting = [_part(_catalog(reader), "/Pages", {})]
    while waiting:
        node = waiting.pop()
        kids = _part(node, "/Kids", ()) if isinstance(node, DictionaryObject) else ()
        for kid in kids:
            work.see(kid)
            waiting.append(kid.get_object())


def _catalog(reader):
    return reader.trailer["/Root"].get_object()


def _part(dictionary, key, absent=None):
    """The entry of a PDF dictionary, or ``absent``; never a mere reference. Null is absent (ISO
    32000-1, 7.3.7)."""
    if isinstance(dictionary, NullObject) or key not in dictionary:
        return absent
    entry = dictionary[key].get_object()
    return absent if isinstance(entry, NullObject) else entry


def embedded_files(pdf):
    """The files in a PDF, in its catalog and in its pages: a tuple of pairs (name, bytes)."""
    with _reading(pdf) as (reader, work):
        return tuple(_embedded_files(reader, work))


def holds_exactly(pdf, files):
    """Whether the files in a PDF are these: {name: bytes}. Files of other names are not unpacked,
    and memory holds one at a time."""
    with _reading(pdf) as (reader, work):
        found = list(_streams(reader, work))
        if sorted(name for name, _stream in found) != sorted(files):
            return False
        return all(_content(stream, work) == files[name] for name, stream in found)


def _embedded_files(reader, work):
    for name, stream in _streams(reader, work):
        yield name, _content(stream, work)


def _streams(reader, work):
    """(name, what holds the content) of each file in the PDF."""
    seen = set()
    tree = _part(_part(_catalog(reader), "/Names", {}), "/EmbeddedFiles", {})
    specs = list(_leaves(tree, seen, work))
    for page in reader.pages:
        for annotation in _file_annotations(page, seen, work):
            specs += _once([annotation.raw_get("/FS")], seen, work)
    for spec in specs:
        files = _part(spec, "/EF", {})
        stream = _part(files, "/UF") or _part(files, "/F")
        if stream is not None:
            yield str(_part(spec, "/UF") or _part(spec, "/F", "")), stream


def _once(entries, seen, work):
    """The objects that these are or refer to, each once."""
    for entry in entries:
        work.see_file(entry)
        if isinstance(entry, IndirectObject):
            if (entry.idnum, entry.generation) in seen:
                continue
            seen.add((entry.idnum, entry.generation))
        yield entry.get_object()


def _leaves(root, seen, work):
    """The values of a PDF name tree, in its order."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        # The values of a list of names: by index they would no longer be references
        yield from _once(list(_part(node, "/Names", ()))[1::2], seen, work)
        waiting += reversed(list(_once(list(_part(node, "/Kids", ())), seen, work)))


def _file_annotations(page, seen, work):
    for annotation in list(_part(page, "/Annots", ())):
        work.see(annotation)
        annotation = annotation.get_object()
        is_file = _part(annotation, "/Subtype") == "/FileAttachment"
        if is_file and _part(annotation, "/FS") is not None:
            yield annotation


def _content(stream, work):
    """The bytes of a file, of which only filters of limited output are undone."""
    content = stream._data
    packed = _part(stream, "/Filter", ())
    for name in packed if isinstance(packed, ArrayObject) else (packed,) if packed else ():
        name = name.get_object()
        if name in ("/FlateDecode", "/Fl") and not _is_predicted(stream):
            content = work.inflate(content)
        elif name in _TEXT_FILTERS:
            content = _TEXT_FILTERS[name](content)
            content = content.encode("latin-1") if isinstance(content, str) else content
        else:
            raise PdfReadError(f"a file in it is packed by {str(name)[:40]}")
    if not packed:
        work.count(len(content))
    return bytes(content)


def _is_predicted(stream):
    """Whether bytes were replaced by differences, as in pictures."""
    settings = _part(stream, "/DecodeParms", {})
    settings = settings if isinstance(settings, ArrayObject) else [settings]
    return any(
        isinstance(each.get_object(), DictionaryObject) and "/Predictor" in each.get_object()
        for each in settings
        if hasattr(each, "get_object")
    )


def without_embedded_files(pdf):
    """The PDF without any file in it: the very bytes given, when there is none."""
    with _reading(pdf) as (reader, work):
        if not any(_streams(reader, work)) and "/AF" not in _catalog(reader):
            return pdf
        _drop_embedded_files(reader, work)
        return _write(PdfWriter(clone_from=reader))


def _drop_embedded_files(reader, work):
    """Before the objects are copied, so that none is left in the copy. The metadata goes too: it
    would still declare a Factur-X."""
    catalog = _catalog(reader)
    for key in ("/AF", "/Metadata", "/OutputIntents"):
        catalog.pop(key, None)
    _part(catalog, "/Names", {}).pop("/EmbeddedFiles", None)
    for page in reader.pages:
        page = page.indirect_reference.get_object()  # of pages, the reader gives copies
        page.pop("/AF", None)
        doomed = {id(annotation) for annotation in _file_annotations(page, set(), work)}
        if doomed:
            kept = [each for each in page["/Annots"] if id(each.get_object()) not in doomed]
            page[NameObject("/Annots")] = ArrayObject(kept)


def _write(writer):
    output = BytesIO()
    writer.write(output)
    return output.getvalue()


def embed_invoice(pdf, xml, metadata, attachments=()):
    """The PDF with the XML of its invoice, as Factur-X (profile EN 16931) requires it.

    An invoice XML that the PDF already holds is replaced; its other files stay. The same input and
    version of pypdf always give the same bytes.

    :param attachments: SupportingDocuments to embed beside the XML
    :raises PdfError: the PDF cannot be used, or is signed
    """
    with _reading(pdf) as (reader, work):
        if int(_part(_part(_catalog(reader), "/AcroForm", {}), "/SigFlags", NumberObject(0))) & 1:
            text = "the PDF is signed, a file put into it would break its signature"
            raise PdfError("signed", text)
        kept = [each for each in _embedded_files(reader, work) if not is_invoice_xml(each[1])]
        _drop_embedded_files(reader, work)
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
        ("Data", [invoice]),
        ("Unspecified", others),
        ("Supplement", attachments),
    ):
        for document in documents:
            name = _free(files, document.name)
            files[name] = _file(writer, name, document, relationship, metadata)
    _fill_catalog(writer, files)
    _mend_pages(writer)
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


@lru_cache(maxsize=1)
def colour_profile():
    """The ICC profile of sRGB, which defines the colours of a PDF/A file: version 4,
    which PDF/A-3 accepts, of a display."""
    content = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    content[_MADE_AT] = _MADE
    return bytes(content)


def _fill_catalog(writer, files):
    catalog = writer.root_object
    tree = ArrayObject()
    for name in sorted(files):
        tree += [TextStringObject(name), files[name]]
    names = _part(catalog, "/Names")  # it may hold the targets of links: keep them
    if names is None:
        catalog[NameObject("/Names")] = names = DictionaryObject()
    names[NameObject("/EmbeddedFiles")] = _dictionary(Names=tree)
    catalog[NameObject("/AF")] = ArrayObject(files.values())
    colours = writer._add_object(_stream(colour_profile(), N=NumberObject(3)).flate_encode())
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


def _mend_pages(writer):
    """What PDF/A-3 requires of annotations and fonts.

    The links of wkhtmltopdf have no print flag. /CIDSet, the list of the glyphs in a font, is
    optional, but must be complete (ISO 19005-3, 6.2.11.4.2). Hidden annotations stay hidden.
    """
    for page in writer.pages:
        for annotation in _part(page, "/Annots", ()):
            annotation = annotation.get_object()
            if isinstance(annotation, DictionaryObject):
                flags = _part(annotation, "/F")
                flags = flags if isinstance(flags, NumberObject) else 0
                annotation[NameObject("/F")] = NumberObject(flags | _PRINT)
    for part in writer._objects:
        if isinstance(part, DictionaryObject):
            part.pop("/CIDSet", None)


def _describe(writer, metadata):
    """The same in the information dictionary and in XMP, as PDF/A requires."""
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
        + etree.tostring(_with_own_namespaces(xmp), pretty_print=True, encoding="UTF-8")
        + b'<?xpacket end="w"?>'
    )
    stream = _stream(packet, Type=NameObject("/Metadata"), Subtype=NameObject("/XML"))
    writer.root_object[NameObject("/Metadata")] = writer._add_object(stream)


def _with_own_namespaces(xmp):
    """The same XMP whose descriptions each declare the namespaces in them and what they are about.

    The library declares all at the top, which is the same to XML, but not to older readers of XMP.
    """
    top = etree.Element(etree.QName(_XMP, "xmpmeta"), nsmap={"x": _XMP})
    rdf = etree.SubElement(top, etree.QName(_RDF, "RDF"), nsmap={"rdf": _RDF})
    for description in list(xmp.iter(etree.QName(_RDF, "Description"))):
        used = {etree.QName(each).namespace for each in description.iter()} - {_RDF}
        names = {prefix: uri for prefix, uri in description.nsmap.items() if uri in used}
        own = etree.SubElement(rdf, description.tag, nsmap=names)
        own.set(etree.QName(_RDF, "about"), "")
        # Not the element itself: the library gives objectify, where that means its siblings
        own.extend(list(description.iterchildren()))
    return top
