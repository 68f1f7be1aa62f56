# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import random
import tarfile
import tracemalloc
from tempfile import SpooledTemporaryFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.archive import ArchiveError, archive_name, member_name, split


def read(archive):
    with archive.file, tarfile.open(fileobj=archive.file, mode="r:gz") as tar:
        return [(member.name, tar.extractfile(member).read()) for member in tar]


def noise(size, seed=0):
    """Bytes that do not compress, as those of a PDF."""
    return random.Random(seed).randbytes(size)


def test_member_is_named_after_its_invoice():
    assert member_name("facturx", "FA/2026/7", "pdf") == "facturx_chorus_facture_FA-2026-7.pdf"
    assert archive_name("cii") == "cii_chorus_lot_factures.tar.gz"


def test_thousand_invoices_make_two_archives_of_five_hundred():
    members = [(f"{number}.pdf", noise(50, number)) for number in range(1000)]
    archives = list(split(members, 500, 30_000_000))
    assert [len(archive.names) for archive in archives] == [500, 500]
    assert [member for archive in archives for member in read(archive)] == members


@given(
    sizes=st.lists(st.integers(0, 40_000), max_size=20),
    compressible=st.booleans(),
    most=st.integers(1, 6),
)
def test_bounds_hold_and_nothing_is_lost(sizes, compressible, most):
    members = [
        (f"{number}.pdf", bytes(size) if compressible else noise(size, number))
        for number, size in enumerate(sizes)
    ]
    archives = list(split(members, most, 60_000))
    for archive in archives:
        assert 1 <= len(archive.names) <= most
        assert archive.size <= 60_000
        archive.file.seek(0, 2)
        assert archive.file.tell() == archive.size
        archive.file.seek(0)
    assert [member for archive in archives for member in read(archive)] == members


def test_bytes_are_bounded_as_compressed():
    members = [(f"{number}.xml", bytes(50_000)) for number in range(20)]
    [archive] = split(members, 100, 60_000)
    assert len(read(archive)) == 20


def test_member_that_fits_nowhere_is_named():
    archives = split([("a.pdf", noise(10)), ("b.pdf", noise(100_000))], 10, 50_000)
    assert [name for name, _content in read(next(archives))] == ["a.pdf"]
    with pytest.raises(ArchiveError, match="b.pdf: 100000 bytes"):
        next(archives)


def test_numbers_that_give_one_name_are_kept_apart():
    members = [(member_name("cii", number, "xml"), b"x") for number in ("A/1", "A-1", "A+1")]
    archives = list(split(members, 10, 50_000))
    assert [len(archive.names) for archive in archives] == [1, 2]
    assert [member for archive in archives for member in read(archive)] == members


def test_same_members_give_the_same_bytes():
    first, second = (next(split([("a.pdf", b"abc")], 1, 50_000)) for _time in range(2))
    with first.file, second.file:
        content = first.file.read()
        assert content == second.file.read()
        assert content[4:8] == bytes(4)  # no time of creation


def test_memory_does_not_grow_with_the_number_of_members():
    content = noise(1_000_000)

    def peak(count):
        tracemalloc.start()
        try:
            for archive in split(((f"{n}.pdf", content) for n in range(count)), 500, 30_000_000):
                archive.file.close()
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak(24) < 1.5 * peak(6)


def test_archive_given_up_is_closed(monkeypatch):
    opened = []

    def spool(**options):
        opened.append(SpooledTemporaryFile(**options))
        return opened[-1]

    def broken():
        yield "a.pdf", b"abc"
        raise RuntimeError("the disk is gone")

    monkeypatch.setattr("documents.archive.SpooledTemporaryFile", spool)
    with pytest.raises(RuntimeError):
        list(split(broken(), 10, 50_000))
    assert [file.closed for file in opened] == [True]
