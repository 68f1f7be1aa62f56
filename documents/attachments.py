# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Files that go with an invoice: what Chorus Pro accepts, and names it can take.

Sizes are in bytes of the file itself, before base64. Nobody says whether "10 Mo" is 10**6 or 2**20
times ten: the smaller reading is refused by neither.
"""

import mimetypes
import re
import unicodedata

from .problems import Problem

MAX_FILE_BYTES = 10 * 1000 * 1000  # AIFE documentation
MAX_TOTAL_BYTES = 120 * 1000 * 1000  # the invoice and all its files (AIFE Swagger)
MAX_NAME = 50  # characters with the extension; longer names get HTTP 400 (observed by clients)

# AIFE documentation; the same list in clients.
EXTENSIONS = frozenset(
    "bmp bz2 csv doc docx fax gif gz gzip htm html jpeg jpg odp ods odt p7s pdf png pps ppt pptx "
    "rtf svg tgz tif tiff txt xhtml xlc xlm xls xlsx xml xsd xsl zip".split()
)

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


def mime_type(name):
    """For SupportingDocument; application/octet-stream when the extension says nothing."""
    known = XML_MIME_TYPES.get(extension(name)) or mimetypes.guess_type(name)[0]
    return known or "application/octet-stream"


def find_problems(files, invoice_bytes=0, in_xml=False):
    """A tuple of Problem; empty when Chorus Pro takes the files.

    files: pairs (name, size). invoice_bytes: size of the invoice itself. in_xml: they are to
    travel inside an XML invoice.
    """
    files = tuple(files)
    found = []
    for position, (name, size) in enumerate(files):
        field, end = f"attachments[{position}]", extension(name)
        if not size:
            found.append(Problem("file_empty", field, {"name": name}))
        elif size > MAX_FILE_BYTES:
            params = {"name": name, "size": size, "limit": MAX_FILE_BYTES}
            found.append(Problem("file_too_large", field, params))
        if not end:
            found.append(Problem("extension_missing", field, {"name": name}))
        elif end not in EXTENSIONS:
            found.append(Problem("extension_refused", field, {"name": name, "extension": end}))
        elif in_xml and end not in XML_MIME_TYPES:
            found.append(Problem("not_for_xml", field, {"name": name}))
    total = invoice_bytes + sum(size for _name, size in files)
    if total > MAX_TOTAL_BYTES:
        params = {"size": total, "limit": MAX_TOTAL_BYTES}
        found.append(Problem("files_too_large", "attachments", params))
    return tuple(found)


def short_names(names):
    """Names for Chorus Pro, one for each given, in order: at most 50 characters with the
    extension, no two alike (case apart), no separator of folders, no emoji."""
    taken, short = set(), []
    for name in names:
        end = extension(name)
        tail = f".{end}" if end else ""
        stem = _clean(name.strip()[: -len(tail)] if tail else name.strip()) or "file"
        number, mark = 1, ""
        while True:
            candidate = stem[: MAX_NAME - len(mark) - len(tail)].rstrip() + mark + tail
            if candidate.lower() not in taken:
                break
            number += 1
            mark = f"-{number}"
        taken.add(candidate.lower())
        short.append(candidate)
    return short


def _clean(stem):
    """Letters, digits and common signs; the others, in a row, become one underscore."""
    text = re.sub(r"[^\w .()&'+,-]+", "_", unicodedata.normalize("NFC", stem))
    return text.strip(" ._")
