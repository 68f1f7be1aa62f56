# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Files that go with an invoice: which ones Chorus Pro accepts, and under which names.

Sizes are in bytes of the file itself, before base64. Which kinds of files Chorus Pro takes, and how
large, is the same in its API: the caller passes it in, from ``choruspro.limits``.
"""

import mimetypes
import re
import unicodedata
from contextlib import suppress
from io import BytesIO
from itertools import count

from lxml import etree

from .limits import LIMITS
from .problems import problem

MAX_TOTAL_BYTES = 120 * 1000 * 1000  # the invoice and all its files (AIFE Swagger)
_LONGEST_NAME = LIMITS["BT-125-2"].length

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


def find_problems(files, *, extensions, most_bytes, invoice_bytes=0, in_xml=False):
    """A tuple of Problem; empty when Chorus Pro accepts the files.

    :param files: pairs (name, size)
    :param extensions: those that Chorus Pro accepts, in small letters
    :param most_bytes: the size that it accepts for one file
    :param invoice_bytes: size of the invoice itself
    :param in_xml: the files go inside an XML invoice
    """
    files = tuple(files)
    found = [*_problems(files, extensions, most_bytes, in_xml)]
    total = invoice_bytes + sum(size for _name, size in files)
    if total > MAX_TOTAL_BYTES:
        found.append(problem("files_too_large", "attachments", size=total, limit=MAX_TOTAL_BYTES))
    return tuple(found)


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


def _problems(files, extensions, most_bytes, in_xml):
    for position, (name, size) in enumerate(files):
        path, end = f"attachments[{position}]", extension(name)
        if not size:
            yield problem("file_empty", path, name=name)
        elif size > most_bytes:
            yield problem("file_too_large", path, name=name, size=size, limit=most_bytes)
        if not end:
            yield problem("extension_missing", path, name=name)
        elif end not in extensions:
            yield problem("extension_refused", path, name=name, extension=end)
        elif in_xml and end not in XML_MIME_TYPES:
            yield problem("not_for_xml", path, name=name)


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
            candidate = stem[: _LONGEST_NAME - len(mark) - len(tail)].rstrip() + mark + tail
            if candidate.lower() not in taken:
                break
        taken.add(candidate.lower())
        short.append(candidate)
    return short


def _clean(stem):
    """Letters, digits and common signs; the others, in a row, become one underscore."""
    text = re.sub(r"[^\w .()&'+,-]+", "_", unicodedata.normalize("NFC", stem))
    return text.strip(" ._")
