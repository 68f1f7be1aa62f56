# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""PDFs that are made to cost, or to mislead: each of some kilobytes, with what must come of it.

They are written object by object: no library would write them.
"""

import zlib
from dataclasses import dataclass
from functools import cache

HEAD = b"%PDF-1.7\n"
_CATALOG = "<< /Type /Catalog /Pages 2 0 R >>"
_PAGES = "<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
_PAGE = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>"
_FIRST = 10  # number of the first object that is not one of these


def pdf(objects, trailer=""):
    """The bytes of a PDF of these objects: {number: text or bytes}, 1 being the catalog."""
    objects = {1: _CATALOG, 2: _PAGES, 3: _PAGE, **objects}
    output, places = bytearray(HEAD), {}
    for number, content in objects.items():
        places[number] = len(output)
        content = content.encode("latin-1") if isinstance(content, str) else content
        output += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start, size = len(output), max(objects) + 1
    output += b"xref\n0 1\n0000000000 65535 f \n"
    for number, place in sorted(places.items()):
        output += b"%d 1\n%010d 00000 n \n" % (number, place)
    output += f"trailer\n<< /Size {size} /Root 1 0 R {trailer} >>\n".encode()
    return bytes(output + b"startxref\n%d\n%%%%EOF\n" % start)


@cache
def _compressed(content):
    return zlib.compress(content, 9)


def stream(content, entries=""):
    head = f"<< /Length {len(content)} {entries} >>\nstream\n".encode()
    return head + content + b"\nendstream"


def flated(content, times=1):
    for _time in range(times):
        content = _compressed(content)
    filters = "/FlateDecode " * times
    return stream(content, f"/Filter [{filters}]")


def spec(number, name="a.txt"):
    return f"<< /Type /Filespec /F ({name}) /EF << /F {number} 0 R >> >>"


def tree(root, objects=(), **more):
    """A PDF whose tree of files is ``root``."""
    catalog = f"<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles {root} >> >>"
    return pdf({1: catalog, **dict(objects), **more.get("others", {})})


def files(*contents, names=None):
    """A PDF with these streams as files a0, a1…"""
    objects, entries = {}, []
    for rank, content in enumerate(contents):
        number = _FIRST + 2 * rank
        objects[number] = spec(number + 1, f"a{rank}")
        objects[number + 1] = content
        entries.append(f"(a{rank}) {number} 0 R")
    return tree(f"<< /Names [{' '.join(entries)}] >>", objects)


def shared(levels, width=2):
    """A tree of which each branch has the next one ``width`` times: width**levels leaves."""
    objects = {
        _FIRST + level: f"<< /Kids [{f'{_FIRST + level + 1} 0 R ' * width}] >>"
        for level in range(levels)
    }
    leaf = _FIRST + levels
    objects[leaf] = f"<< /Names [(a) {leaf + 1} 0 R] >>"
    objects[leaf + 1] = spec(leaf + 2)
    objects[leaf + 2] = stream(b"abc")
    return tree(f"{_FIRST} 0 R", objects)


def pinned(annotations, objects=()):
    """A PDF of one page with these annotations."""
    page = f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Annots {annotations} >>"
    return pdf({3: page, **dict(objects)})


def paged(pages, objects=()):
    return pdf({2: pages, **dict(objects)})


def shared_pages(levels):
    objects = {
        _FIRST + level: f"<< /Type /Pages /Count 9 /Kids [{_FIRST + level + 1} 0 R "
        f"{_FIRST + level + 1} 0 R] >>"
        for level in range(levels)
    }
    objects[_FIRST + levels] = _PAGE
    return paged(objects[_FIRST], objects)


def packed_objects(content, first=10, size=None):
    """A PDF whose catalog stands in a packed stream of objects, listed by a packed stream."""
    output = bytearray(HEAD)
    holder = len(output)
    entries = f"/Type /ObjStm /N 3 /First {first} /Filter /FlateDecode"
    output += b"4 0 obj\n" + stream(zlib.compress(content, 9), entries) + b"\nendobj\n"
    start = len(output)
    rows = [(0, 0, 0), (2, 4, 0), (2, 4, 1), (2, 4, 2), (1, holder, 0), (1, start, 0)]
    table = b"".join(
        kind.to_bytes(1, "big") + place.to_bytes(4, "big") + rank.to_bytes(2, "big")
        for kind, place, rank in rows
    )
    table = table if size is None else table + b"\x00" * size
    entries = "/Type /XRef /W [1 4 2] /Size 6 /Root 1 0 R /Filter /FlateDecode"
    output += b"5 0 obj\n" + stream(zlib.compress(table, 9), entries) + b"\nendobj\n"
    return bytes(output + b"startxref\n%d\n%%%%EOF\n" % start)


def _objects(padding):
    parts = [_CATALOG, _PAGES, _PAGE]
    places = [0, len(parts[0]) + 1, len(parts[0]) + len(parts[1]) + 2]
    head = " ".join(f"{number} {place}" for number, place in zip((1, 2, 3), places, strict=True))
    head = f"{head:<40}"
    return (head + "\n".join(parts)).encode() + b" " * padding


@dataclass(frozen=True)
class Hostile:
    """name; content; files: what embedded_files gives, or the code of the PdfError; taken_out: the
    same of without_embedded_files, or "" when it gives a PDF without any file."""

    name: str
    content: bytes
    files: object
    taken_out: str = ""


_ABC = (("a.txt", b"abc"),)
EXCESSIVE, DAMAGED = "excessive", "damaged"
MANY = 600
# What may be unpacked of each of them, for a test: less than usual, so that they are soon made
MOST_DECODED = 4_000_000
_ZEROS = b"\x00" * (MOST_DECODED // 3)
_PLAIN = stream(b"abc")


def _both(name, content, code):
    return Hostile(name, content, code, code)


PDFS = [
    # Trees of files
    *(Hostile(f"tree_of_2_to_the_{n}", shared(n), _ABC) for n in (1, 10, 18, 21, 30, 60, 200)),
    Hostile("tree_of_10_to_the_40", shared(40, 10), _ABC),
    _both("tree_of_500_branches", shared(MANY), EXCESSIVE),
    Hostile("branch_in_itself", tree("10 0 R", {10: "<< /Kids [10 0 R 10 0 R] >>"}), ()),
    Hostile(
        "two_branches_in_each_other",
        tree("10 0 R", {10: "<< /Kids [11 0 R] >>", 11: "<< /Kids [10 0 R 10 0 R] >>"}),
        (),
    ),
    _both("branch_of_empty_branches", tree(f"<< /Kids [{'<< >> ' * MANY}] >>"), EXCESSIVE),
    _both("branch_of_numbers", tree(f"<< /Kids [{'7 ' * 400}] >>"), DAMAGED),
    _both("branch_that_is_no_list", tree("<< /Kids 7 >>"), DAMAGED),
    _both("tree_that_is_a_number", tree("7"), DAMAGED),
    Hostile("tree_that_is_a_text", tree("(files)"), ()),
    Hostile("tree_that_is_not_there", tree("99 0 R"), DAMAGED, DAMAGED),
    _both("names_without_end", tree(f"<< /Names [{'(a) << >> ' * MANY}] >>"), EXCESSIVE),
    Hostile("same_file_many_times", tree(
        f"<< /Names [{'(a) 10 0 R ' * 400}] >>", {10: spec(11), 11: _PLAIN}
    ), _ABC),
    _both("same_file_too_many_times", tree(
        f"<< /Names [{'(a) 10 0 R ' * MANY}] >>", {10: spec(11), 11: _PLAIN}
    ), EXCESSIVE),
    Hostile("odd_names", tree("<< /Names [(a) 10 0 R (b)] >>", {10: spec(11), 11: _PLAIN}), _ABC),
    _both("names_that_are_no_list", tree("<< /Names 7 >>"), DAMAGED),
    _both("file_that_is_a_number", tree("<< /Names [(a) 7] >>"), DAMAGED),
    Hostile("file_that_is_nothing", tree("<< /Names [(a) << >>] >>"), ()),
    _both("file_that_is_not_there", tree("<< /Names [(a) 99 0 R] >>"), DAMAGED),
    Hostile("file_without_content", tree("<< /Names [(a) << /EF << >> >>] >>"), ()),
    Hostile("content_that_is_a_number", tree("<< /Names [(a) << /EF << /F 7 >> >>] >>"), DAMAGED),
    Hostile("content_that_is_no_stream", tree("<< /Names [(a) 10 0 R] >>", {
        10: spec(11), 11: "<< /Length 3 >>"}), DAMAGED),
    Hostile("content_in_itself", tree("<< /Names [(a) 10 0 R] >>", {10: spec(10)}), DAMAGED),
    Hostile("name_that_is_a_number", tree("<< /Names [(a) << /F 7 /EF << /F 11 0 R >> >>] >>", {
        11: _PLAIN}), (("7", b"abc"),)),
    # What is pinned on pages
    Hostile("annotations_of_another_kind", pinned("[<< /Subtype /Link >>]"), ()),
    Hostile("annotations_that_are_no_list", pinned("7"), DAMAGED, DAMAGED),
    Hostile("annotation_that_is_a_number", pinned("[7]"), DAMAGED, DAMAGED),
    _both("annotations_without_end", pinned(f"[{'<< >> ' * 21_000}]"), EXCESSIVE),
    _both("annotation_many_times", pinned(f"[{'10 0 R ' * 21_000}]", {
        10: "<< /Subtype /Link >>"}), EXCESSIVE),
    _both("pinned_file_many_times", pinned(f"[{'10 0 R ' * MANY}]", {
        10: "<< /Subtype /FileAttachment /FS 11 0 R >>", 11: spec(12), 12: _PLAIN}), EXCESSIVE),
    Hostile("pinned_file_sometimes", pinned(f"[{'10 0 R ' * 100}]", {
        10: "<< /Subtype /FileAttachment /FS 11 0 R >>", 11: spec(12), 12: _PLAIN}), _ABC),
    # Null is absent (ISO 32000-1, 7.3.7): tools in use write it
    Hostile("names_that_are_null", pdf({1: _CATALOG.replace(">>", "/Names null >>")}), ()),
    Hostile("tree_that_is_null", tree("null"), ()),
    Hostile("tree_that_refers_to_null", tree("10 0 R", {10: "null"}), ()),
    Hostile("branches_that_are_null", tree("<< /Kids [null] /Names null >>"), ()),
    Hostile("file_that_is_null", tree("<< /Names [(a) null (b) 10 0 R] >>", {
        10: spec(11), 11: _PLAIN}), _ABC),
    Hostile("content_that_is_null", tree("<< /Names [(a) << /EF << /F null >> >>] >>"), ()),
    Hostile("annotations_that_are_null", pinned("null"), ()),
    Hostile("annotation_that_is_null", pinned("[null << /Subtype /Link >>]"), ()),
    Hostile("pinned_file_that_is_null", pinned("[<< /Subtype /FileAttachment /FS null >>]"), ()),
    # Pages
    *(_both(f"pages_of_2_to_the_{n}", shared_pages(n), EXCESSIVE) for n in (15, 20, 30, 60)),
    _both("pages_in_themselves", paged("<< /Type /Pages /Count 1 /Kids [2 0 R] >>"), EXCESSIVE),
    _both("pages_without_end", paged(
        f"<< /Type /Pages /Count 1 /Kids [{'3 0 R ' * 21_000}] >>"), EXCESSIVE),
    _both("no_pages", paged("<< /Type /Pages /Count 0 /Kids [] >>"), "no_page"),
    _both("a_billion_pages_said", paged(
        "<< /Type /Pages /Count 1000000000 /Kids [] >>"), "no_page"),
    _both("pages_that_are_a_number", paged("7"), DAMAGED),
    # What unpacks to much
    Hostile("one_bomb", files(*[flated(_ZEROS)] * 4), EXCESSIVE),
    Hostile("bomb_in_a_bomb", files(*[flated(_ZEROS, 2)] * 4), EXCESSIVE),
    Hostile("bomb_packed_three_times", files(*[flated(_ZEROS, 3)] * 4), EXCESSIVE),
    Hostile("twenty_bombs", files(*[flated(_ZEROS, 2)] * 20), EXCESSIVE),
    Hostile("packed_100_times", files(stream(b"x", f"/Filter [{'/FlateDecode ' * 100}]")), DAMAGED),
    Hostile("differences", files(stream(zlib.compress(_ZEROS), "/Filter /FlateDecode /DecodeParms "
            "<< /Predictor 12 /Columns 1 >>")), DAMAGED),
    Hostile("differences_of_a_list", files(stream(zlib.compress(b"x"), "/Filter [/FlateDecode] "
            "/DecodeParms [<< /Predictor 2 >>]")), DAMAGED),
    *(Hostile(f"packed_by_{how}", files(stream(b"\x80" * 1000, f"/Filter /{how}")), DAMAGED)
      for how in ("LZWDecode", "RunLengthDecode", "CCITTFaxDecode", "DCTDecode", "JBIG2Decode",
                  "JPXDecode", "BrotliDecode", "Crypt", "Unheard")),
    Hostile("filter_that_is_a_number", files(stream(b"x", "/Filter 7")), DAMAGED),
    Hostile("hexadecimal", files(stream(b"616263>", "/Filter /ASCIIHexDecode")), (("a0", b"abc"),)),
    Hostile("no_zlib", files(stream(b"abc", "/Filter /FlateDecode")), DAMAGED),
    Hostile("line_end_after_zlib", files(stream(
        zlib.compress(b"abc") + b"\r\n", "/Filter /FlateDecode")), (("a0", b"abc"),)),
    Hostile("wrong_sum_of_zlib", files(stream(
        zlib.compress(b"abc")[:-1] + b"\x00", "/Filter /FlateDecode")), (("a0", b"abc"),)),
    Hostile("empty_zlib", files(flated(b"")), (("a0", b""),)),
    Hostile("sound_objects", packed_objects(_objects(0), 40), ()),
    _both("bomb_of_objects", packed_objects(_objects(MOST_DECODED), 40), EXCESSIVE),
    _both("bomb_of_places", packed_objects(_objects(0), 40, MOST_DECODED), EXCESSIVE),
    # No PDF at all
    _both("empty", b"", "empty"),
    _both("other_file", b"PK\x03\x04" * 1000, "not_pdf"),
    _both("head_alone", HEAD, DAMAGED),
    _both("head_far_in", b" " * 2000 + pdf({}), "not_pdf"),
    _both("head_and_zeros", HEAD + b"\x00" * 100_000, DAMAGED),
    _both("head_and_brackets", HEAD + b"<<" * 50_000, DAMAGED),
    Hostile("place_far_out", pdf({})[:-20] + b"startxref\n99999999\n%%EOF", ()),
    _both("catalog_that_is_not_there", pdf({}).replace(b"/Root 1 0 R", b"/Root 9 0 R"), DAMAGED),
    _both("catalog_that_is_a_number", pdf({1: "7"}), DAMAGED),
    _both("catalog_in_itself", pdf({1: "1 0 R"}), DAMAGED),
    _both("nested_lists", pdf({3: "[" * 5000 + "]" * 5000}), DAMAGED),
    _both("locked", pdf({}, "/Encrypt << /Filter /Standard /V 1 /R 2 /P 0 /O (x) /U (x) >>"),
          "encrypted"),
]  # fmt: skip
