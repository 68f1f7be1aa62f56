# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import gzip
import io
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from choruspro import errors
from choruspro.edi import container
from choruspro.edi.container import read_members, write_archive

members = st.lists(
    st.tuples(st.text("abcXYZ0123456789_.-", min_size=1, max_size=40), st.binary(max_size=2000)),
    unique_by=lambda member: member[0], max_size=8,
).filter(lambda found: all(name not in (".", "..") for name, _content in found))


def packed(found, **limits):
    file = io.BytesIO()
    assert write_archive(iter(found), file, **limits) == len(file.getvalue())
    return file.getvalue()


def unpacked(content, **limits):
    found = read_members("name.tar.gz", io.BytesIO(content), **limits)
    return [(member.name, member.read()) for member in found]


def tar_with(*headers):
    """A tar.gz of these TarInfos, each with as many bytes as it says."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz", format=tarfile.USTAR_FORMAT) as archive:
        for header in headers:
            archive.addfile(header, io.BytesIO(b"x" * header.size))
    return file.getvalue()


def info(name, kind=tarfile.REGTYPE, size=0):
    header = tarfile.TarInfo(name)
    header.type, header.size = kind, size
    return header


@given(members)
def test_what_is_packed_is_unpacked_and_always_the_same_bytes(found):
    content = packed(found)
    assert unpacked(content) == found
    assert packed(found) == content


def test_other_programs_read_what_is_packed():
    content = packed([("a.pdf", b"one"), ("b.pdf", b"two")])
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        assert archive.getnames() == ["a.pdf", "b.pdf"]
        assert archive.extractfile("b.pdf").read() == b"two"


def test_members_are_held_one_at_a_time():
    held = []

    def source():
        for number in range(4):
            held.append(number)
            yield f"{number}.pdf", bytes(1000)

    class Watching(io.BytesIO):
        def write(self, data):
            seen.append(len(held))
            return super().write(data)

    seen = []
    write_archive(source(), Watching())
    assert held == [0, 1, 2, 3]
    assert seen[0] < 4


def test_a_file_and_a_flow_have_bounds():
    with pytest.raises(errors.RefusedError) as caught:
        packed([("a.pdf", bytes(101))], most_file_bytes=100)
    assert (caught.value.code, caught.value.label) == (errors.EDI_TOO_LARGE, "a.pdf")
    noise = bytes(range(256)) * 64
    with pytest.raises(errors.RefusedError) as caught:
        packed([("a.pdf", noise), ("b.pdf", noise)], most_bytes=200)
    assert caught.value.code == errors.EDI_TOO_LARGE


def test_a_bare_file_is_its_only_member():
    assert unpacked(b"<CPPStatut/>") == [("name.tar.gz", b"<CPPStatut/>")]


def test_members_that_are_not_read_are_passed_over():
    content = packed([("a", b"one" * 500), ("b", b"two")])
    found = read_members("x", io.BytesIO(content))
    assert next(found).read(3) == b"one"
    assert next(found).read() == b"two"


@pytest.mark.parametrize(
    "header",
    [
        info("/etc/passwd"), info("../up"), info("a/../../b"), info("c:\\evil"),
        info("link", tarfile.SYMTYPE), info("hard", tarfile.LNKTYPE),
        info("device", tarfile.CHRTYPE), info("pipe", tarfile.FIFOTYPE),
    ],
)
def test_links_devices_and_paths_that_lead_out_are_refused(header):
    with pytest.raises(errors.UnreadableFileError) as caught:
        unpacked(tar_with(header))
    assert caught.value.code == errors.EDI_FILE_FORBIDDEN


def test_a_bomb_is_stopped_at_the_bound():
    bomb = tar_with(info("a", size=5_000_000))
    assert len(bomb) < 10_000
    for limits in ({"most_file_bytes": 1000}, {"most_bytes": 100_000}):
        with pytest.raises(errors.UnreadableFileError) as caught:
            unpacked(bomb, **limits)
        assert caught.value.code == errors.EDI_FILE_EXCESSIVE


def test_a_bomb_in_a_long_name_is_stopped():
    with pytest.raises(errors.UnreadableFileError) as caught:
        unpacked(tar_with(info("long", tarfile.GNUTYPE_LONGNAME, 10_000_000)))
    assert caught.value.code == errors.EDI_FILE_EXCESSIVE


def test_too_many_members_are_refused(monkeypatch):
    monkeypatch.setattr(container, "MOST_MEMBERS", 3)
    with pytest.raises(errors.UnreadableFileError) as caught:
        unpacked(packed([(str(number), b"") for number in range(4)]))
    assert caught.value.code == errors.EDI_FILE_EXCESSIVE


@given(st.data())
def test_half_a_file_is_unreadable(data):
    whole = packed([("a.xml", bytes(range(256)) * 20), ("b.xml", b"two")])
    cut = whole[: data.draw(st.integers(3, len(whole) - 200))]
    with pytest.raises(errors.UnreadableFileError):
        unpacked(cut)


@given(st.binary(max_size=600))
def test_any_bytes_are_read_or_refused(noise):
    for content in (gzip.compress(noise), container.GZIP + noise):
        try:
            unpacked(content)
        except errors.UnreadableFileError as error:
            assert error.code.startswith("edi_file_")
