# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import io
import os
from datetime import datetime

import pytest

from choruspro import errors
from choruspro.edi import exchange as exchanges
from choruspro.edi.exchange import RemoteFile, Standing
from choruspro.edi.folder import FolderExchange

NAME = "FSO1117A_AAA123_AAA1231117000000000000001.tar.gz"


@pytest.fixture
def folders(tmp_path):
    for name in ("out", "in"):
        (tmp_path / name).mkdir()
    return tmp_path


@pytest.fixture
def exchange(folders):
    return FolderExchange(folders / "out", folders / "in", settled=0)


def put(exchange, content=b"bytes"):
    exchange.put(NAME, io.BytesIO(content), len(content))


def test_a_file_appears_under_its_name_only_when_it_is_whole(exchange, folders):
    seen = []

    class Watched(io.BytesIO):
        def read(self, size=-1):
            seen.extend(os.listdir(folders / "out"))
            return super().read(size)

    exchange.put(NAME, Watched(b"bytes"), 5)
    assert set(seen) == {NAME + ".part"}
    assert os.listdir(folders / "out") == [NAME]
    assert (folders / "out" / NAME).read_bytes() == b"bytes"


def test_what_is_there_already_is_not_put_again(exchange, folders):
    put(exchange)
    before = (folders / "out" / NAME).stat()
    put(exchange)
    after = (folders / "out" / NAME).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_an_interrupted_put_is_completed_under_the_same_name(exchange, folders):
    (folders / "out" / (NAME + ".part")).write_bytes(b"by")
    assert exchange.standing(NAME, 5) is Standing.UNFINISHED
    put(exchange)
    assert exchange.standing(NAME, 5) is Standing.THERE
    (folders / "out" / NAME).unlink()
    assert exchange.standing(NAME, 5) is Standing.GONE


def test_a_file_counts_as_fetched_once_it_is_kept(exchange, folders):
    (folders / "in" / "CSO.xml").write_bytes(b"report")
    [remote] = exchange.waiting()
    assert remote == RemoteFile("CSO.xml", 6)

    def keep(file):
        assert (folders / "in" / "CSO.xml").exists()
        return file.read()

    assert exchange.fetch(remote, keep) == b"report"
    assert exchange.waiting() == []


def test_a_file_that_cannot_be_kept_stays(exchange, folders):
    (folders / "in" / "CSO.xml").write_bytes(b"report")

    def keep(_file):
        raise RuntimeError("no database")

    with pytest.raises(RuntimeError):
        exchange.fetch(exchange.waiting()[0], keep)
    assert [remote.name for remote in exchange.waiting()] == ["CSO.xml"]


def test_a_disk_that_is_full_here_leaves_the_file_there(exchange, folders, monkeypatch):
    (folders / "in" / "CSO.xml").write_bytes(b"report")

    class Full(io.BytesIO):
        def __init__(self, max_size):
            super().__init__()

        def write(self, _data):
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(exchanges, "SpooledTemporaryFile", Full)
    with pytest.raises(errors.UnavailableError) as caught:
        exchange.fetch(exchange.waiting()[0], bytes)
    assert caught.value.code == errors.EDI_STORE_FAILED
    assert [remote.name for remote in exchange.waiting()] == ["CSO.xml"]


def test_a_report_beyond_any_size_is_left_where_it_is(exchange, folders):
    (folders / "in" / "CSO.xml").write_bytes(b"x" * 50)
    huge = [RemoteFile("CSO.xml", 2_000_000_000), RemoteFile("CSO.xml", 1)]
    for remote, most in zip(huge, (exchanges.MAX_FLOW_BYTES, 10), strict=True):
        with pytest.raises(errors.UnreadableFileError) as caught:
            exchange.fetch(remote, bytes, most)
        assert caught.value.code == errors.EDI_FILE_EXCESSIVE
    assert exchange.waiting()


def test_what_is_being_written_folders_and_links_are_left_alone(exchange, folders):
    incoming = folders / "in"
    for name in (".hidden", "a.part", "a.tmp", "a.filepart", "whole.xml"):
        (incoming / name).write_bytes(b"x")
    (incoming / "folder").mkdir()
    (incoming / "link").symlink_to(incoming / "whole.xml")
    assert [remote.name for remote in exchange.waiting()] == ["whole.xml"]


def test_a_file_that_has_just_changed_waits(folders):
    exchange = FolderExchange(folders / "out", folders / "in")
    path = folders / "in" / "CSO.xml"
    path.write_bytes(b"x")
    assert exchange.waiting() == []
    long_ago = datetime(2026, 1, 1).timestamp()
    os.utime(path, (long_ago, long_ago))
    assert len(exchange.waiting()) == 1


def test_a_folder_that_is_missing_or_not_absolute_is_a_mistake_of_the_settings(folders):
    lost = FolderExchange(folders / "no", folders / "no", settled=0)
    for call in (lambda: put(lost), lost.waiting, lambda: FolderExchange("out", "in")):
        with pytest.raises(errors.ConfigurationError) as caught:
            call()
        assert caught.value.code == errors.EDI_FOLDER_MISSING


@pytest.mark.parametrize(
    ("failure", "kind", "code"),
    [
        (PermissionError(13, "denied"), errors.ConfigurationError, errors.EDI_FOLDER_DENIED),
        (OSError(30, "read-only"), errors.ConfigurationError, errors.EDI_FOLDER_DENIED),
        (OSError(28, "no space"), errors.UnavailableError, errors.EDI_STORE_FAILED),
    ],
)
def test_a_full_or_read_only_disk_delivers_nothing(exchange, monkeypatch, failure, kind, code):
    class Failing(io.BytesIO):
        def read(self, size=-1):
            raise failure

    with pytest.raises(kind) as caught:
        exchange.put(NAME, Failing(b"bytes"), 5)
    assert caught.value.code == code
    assert exchange.standing(NAME, 5) is Standing.UNFINISHED


def test_a_renaming_without_answer_is_an_unknown_outcome(exchange, monkeypatch):
    def replace(_former, _name):
        raise OSError(5, "I/O error")

    monkeypatch.setattr("choruspro.edi.folder.os.replace", replace)
    with pytest.raises(errors.UnknownOutcomeError):
        put(exchange)
