# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Each hostile PDF has one outcome, and costs no more than a bound: counted, not timed."""

from contextlib import contextmanager

import pytest
from hostile_pdfs import MOST_DECODED, PDFS
from pypdf import filters

from documents import pdf, pdf_work
from documents.attachments import is_invoice_xml
from documents.pdf import (
    PdfError,
    embedded_files,
    holds_exactly,
    without_embedded_files,
)
from documents.pdf_work import MOST_FILE_NODES, MOST_OBJECTS, counted

ALL = pytest.mark.parametrize("hostile", PDFS, ids=[each.name for each in PDFS])


@pytest.fixture
def works(monkeypatch):
    """The Work of each reading from here on."""
    done = []

    @contextmanager
    def kept():
        with counted() as work:
            done.append(work)
            yield work

    monkeypatch.setattr(pdf, "counted", kept)
    monkeypatch.setattr(pdf_work, "MOST_DECODED", MOST_DECODED)
    return done


def _within_bounds(works):
    for work in works:
        # The one that was too many is counted, and a piece of what is unpacked
        assert work.objects <= MOST_OBJECTS + 1
        assert work.file_nodes <= MOST_FILE_NODES + 1
        assert work.decoded <= MOST_DECODED + (1 << 16)
    return True


def test_there_are_dozens_of_hostile_pdfs_of_different_names():
    names = [each.name for each in PDFS]
    assert len(set(names)) == len(names) >= 70


@ALL
def test_the_files_of_a_hostile_pdf_are_told_within_bounds(works, hostile):
    if isinstance(hostile.files, str):
        with pytest.raises(PdfError) as caught:
            embedded_files(hostile.content)
        assert caught.value.code == hostile.files
    else:
        assert embedded_files(hostile.content) == hostile.files
    assert _within_bounds(works)


@ALL
def test_a_hostile_pdf_loses_its_files_within_bounds_or_is_refused(works, hostile):
    if hostile.taken_out:
        with pytest.raises(PdfError) as caught:
            without_embedded_files(hostile.content)
        assert caught.value.code == hostile.taken_out
    else:
        assert embedded_files(without_embedded_files(hostile.content)) == ()
    assert _within_bounds(works)


@ALL
def test_a_hostile_pdf_is_not_taken_for_ours(works, hostile):
    try:
        held = holds_exactly(hostile.content, {"factur-x.xml": b"<xml/>"})
    except PdfError as error:
        assert error.code in (hostile.files, hostile.taken_out)
    else:
        assert held is False
    assert _within_bounds(works)
    # Files of other names are not unpacked: at most the PDF's own tables were
    if hostile.taken_out == "":
        assert all(work.decoded < 10_000 for work in works)


def test_a_pdf_that_holds_the_same_is_ours():
    [ours] = [each for each in PDFS if each.name == "hexadecimal"]
    assert holds_exactly(ours.content, {"a0": b"abc"})
    assert not holds_exactly(ours.content, {"a0": b"abd"})
    assert not holds_exactly(ours.content, {"a0": b"abc", "a1": b""})
    assert not holds_exactly(ours.content, {})


@pytest.mark.parametrize("cut", range(9, 400, 17))
def test_half_a_pdf_is_read_within_bounds(works, cut):
    [whole] = [each.content for each in PDFS if each.name == "pinned_file_sometimes"]
    try:
        assert embedded_files(whole[:cut]) in ((), (("a.txt", b"abc"),))
    except PdfError as error:
        assert error.code in ("damaged", "no_page")
    assert _within_bounds(works)


def test_unpacking_for_others_is_left_as_it_was(monkeypatch):
    given = []
    monkeypatch.setattr(filters, "decompress", lambda data: given.append(data) or b"theirs")
    monkeypatch.setattr(pdf_work, "_others", None)
    with counted() as work:
        assert filters.decompress(b"x\x9cKLJ\x06\x00\x02M\x01'") == b"abc"
        assert work.decoded == 3
    assert given == []
    assert filters.decompress(b"any") == b"theirs"
    assert given == [b"any"]


_BOMB = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(30))
XMLS = {
    "billion_laughs": (f'<!DOCTYPE I [<!ENTITY a0 "x">{_BOMB}]><Invoice>&a30;</Invoice>', True),
    "billion_laughs_in_an_attribute": (
        f'<!DOCTYPE I [<!ENTITY a0 "x">{_BOMB}]><Invoice a="&a30;"/>', False
    ),
    "file_of_the_server": (
        '<!DOCTYPE I [<!ENTITY a SYSTEM "file:///etc/passwd">]><Invoice>&a;</Invoice>', True
    ),
    "rules_of_another_server": (
        '<!DOCTYPE Invoice SYSTEM "http://a.invalid/x.dtd"><Invoice/>', True
    ),
    "nested": ("<Invoice>" + "<a>" * 100_000, True),
    "no_end": ("<Invoice>" + "x" * 1_000_000, True),
    "other_root": ("<invoice/>", False),
    "no_xml": ("Invoice", False),
    "empty": ("", False),
    "zeros": ("\x00" * 1000, False),
    "unknown_encoding": ('<?xml version="1.0" encoding="x-none"?><Invoice/>', False),
}  # fmt: skip


@pytest.mark.parametrize("name", XMLS)
def test_only_the_first_tag_tells_an_invoice(name):
    content, expected = XMLS[name]
    assert is_invoice_xml(content.encode()) is expected
