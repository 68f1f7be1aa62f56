# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The report of a flow as people read it: a PDF of plain text."""

import textwrap

_LINES = 60  # on a page
_WIDTH = 90  # characters in a line
_PAGE = (
    "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]"
    "/Resources<</Font<</F1 3 0 R>>>>/Contents {} 0 R>>"
)
_FONT = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"


def report_pdf(lines):
    """A PDF with these lines of text, on as many pages as they need."""
    rows = [part for line in lines for part in textwrap.wrap(line, _WIDTH) or [""]]
    pages = [rows[start : start + _LINES] for start in range(0, len(rows), _LINES)] or [[]]
    first = 4  # catalogue, list of pages and font come before
    kids = " ".join(f"{first + 2 * rank} 0 R" for rank in range(len(pages)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>".encode(),
        _FONT.encode(),
    ]
    for rank, page in enumerate(pages):
        objects.append(_PAGE.format(first + 2 * rank + 1).encode())
        objects.append(_stream(page))
    return _file(objects)


def _stream(page):
    text = b"".join(b"(%s) '\n" % _escaped(row) for row in page)
    content = b"BT /F1 10 Tf 12 TL 50 800 Td\n" + text + b"ET"
    return b"<</Length %d>>stream\n%s\nendstream" % (len(content), content)


def _escaped(row):
    raw = row.encode("cp1252", "replace")
    for special in (b"\\", b"(", b")"):
        raw = raw.replace(special, b"\\" + special)
    return raw


def _file(objects):
    content, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return content + (
        b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
        + b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, len(content))
    )
