# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Files that go with an invoice: which ones Chorus Pro accepts, and under which names.

Sizes are in bytes of the file itself, before base64. No source says whether "10 Mo" is 10**6 or
2**20 times ten: the smaller reading is accepted by both.
"""

import mimetypes
import re
import unicodedata
from contextlib import suppress
from io import BytesIO
from itertools import count

from lxml import etree

from .problems import problem

MAX_FILE_BYTES = 10 * 1000 * 1000  # AIFE documentation
MAX_TOTAL_BYTES = 120 * 1000 * 1000  # the invoice and all its files (AIFE Swagger)
MAX_NAME = 50  # characters with the extension; longer names get HTTP 400 (observed by clients)

# AIFE documentation; the same list in clients.
EXTENSIONS = frozenset(
    "bmp bz2 csv doc docx fax gif gz gzip htm html jpeg jpg odp ods odt p7s pdf png pps ppt pptx "
    "rtf svg tgz tif tiff txt xhtml xlc xlm xls xlsx xml xsd xsl zip".split()
)

_INVOICE_ROOTS = ("CrossIndustryInvoice", "CrossIndustryDocument", "Invoice", "CreditNote")

# What an XML invoice may carry (EN 16931, rule BR-CL-24). An embedded PDF file may be anything.
XML_MIME_TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
}


def extension(name):
    """Lower case, without the dot; "" when there is none that could be one."""
    stem, dot, end = name.strip().rpartition(".")
    return end.lower() if dot and stem and re.fullmatch(r"\w{1,10}", end) else ""


def is_invoice_xml(content):
    """Whether these bytes are an invoice in CII, in UBL or in the first ZUGFeRD. Only the first tag
    is read."""
    safe = {"resolve_entities": False, "no_network": True, "load_dtd": False}
    with suppress(etree.XMLSyntaxError):
        for _event, root in etree.iterparse(BytesIO(content), ("start",), **safe):
            return etree.QName(root).localname in _INVOICE_ROOTS
    return False


def mime_type(name):
    """The MIME type for a name; application/octet-stream when its extension is unknown."""
    known = XML_MIME_TYPES.get(extension(name)) or mimetypes.guess_type(name)[0]
    return known or "application/octet-stream"


def find_problems(files, invoice_bytes=0, in_xml=False):
    """A tuple of Problem; empty when Chorus Pro accepts the files.

    :param files: pairs (name, size)
    :param invoice_bytes: size of the invoice itself
    :param in_xml: the files go inside an XML invoice
    """
    return tuple(_problems(tuple(files), invoice_bytes, in_xml))


def find_invoices(files):
    """A tuple of Problem, one for each file that is an invoice itself: a Factur-X PDF carries one
    only, and its readers could take another.

    :param files: pairs (name, bytes); b"" for a file that is known to be no XML
    """
    return tuple(
        problem("file_is_invoice", f"attachments[{position}]", name=name)
        for position, (name, content) in enumerate(files)
        if is_invoice_xml(content)
    )


def _problems(files, invoice_bytes, in_xml):
    for position, (name, size) in enumerate(files):
        path, end = f"attachments[{position}]", extension(name)
        if not size:
            yield problem("file_empty", path, name=name)
        elif size > MAX_FILE_BYTES:
            yield problem("file_too_large", path, name=name, size=size, limit=MAX_FILE_BYTES)
        if not end:
            yield problem("extension_missing", path, name=name)
        elif end not in EXTENSIONS:
            yield problem("extension_refused", path, name=name, extension=end)
        elif in_xml and end not in XML_MIME_TYPES:
            yield problem("not_for_xml", path, name=name)
    total = invoice_bytes + sum(size for _name, size in files)
    if total > MAX_TOTAL_BYTES:
        yield problem("files_too_large", "attachments", size=total, limit=MAX_TOTAL_BYTES)


def short_names(names):
    """Names for Chorus Pro, one for each given, in order: at most 50 characters with the
    extension, no two alike (case apart), no separator of folders, no emoji."""
    taken, short = set(), []
    for name in names:
        end = extension(name)
        tail = f".{end}" if end else ""
        stem = _clean(name.strip()[: -len(tail)] if tail else name.strip()) or "file"
        for number in count(1):
            mark = f"-{number}" if number > 1 else ""
            candidate = stem[: MAX_NAME - len(mark) - len(tail)].rstrip() + mark + tail
            if candidate.lower() not in taken:
                break
        taken.add(candidate.lower())
        short.append(candidate)
    return short


def _clean(stem):
    """Letters, digits and common signs; the others, in a row, become one underscore."""
    text = re.sub(r"[^\w .()&'+,-]+", "_", unicodedata.normalize("NFC", stem))
    return text.strip(" ._")
