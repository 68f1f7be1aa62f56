# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""A flow of the EDI mode: a tar.gz of files of one kind, at most 1 GB, each at most 120 MB.

Written piece by piece, the same bytes for the same members (with one version of zlib). Read with
the same bounds, and with distrust: what comes from outside may unpack to anything.
"""

import gzip
import io
import tarfile
import zlib
from dataclasses import dataclass

from .. import errors
from ..errors import RefusedError, UnreadableFileError

# "1 Go" and "120 Mo": the smaller reading of both is accepted by everybody.
MAX_FLOW_BYTES = 1000 * 1000 * 1000
MAX_FILE_BYTES = 120 * 1000 * 1000
# No source gives a number; far above what a flow of that size holds.
MOST_MEMBERS = 100_000
GZIP = b"\x1f\x8b"

_BLOCK = tarfile.BLOCKSIZE
_PIECE = 1 << 16
_REGULAR = (tarfile.REGTYPE, tarfile.AREGTYPE)
# They only say more about the next member, such as a long name.
_HEADERS = (tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME)
_LONGEST_HEADER = 1 << 16
_DAMAGED = (OSError, EOFError, zlib.error)


def write_archive(members, file, *, most_bytes=MAX_FLOW_BYTES, most_file_bytes=MAX_FILE_BYTES):
    """Write a tar.gz of these members, holding one in memory at a time.

    :param members: iterable of (name, bytes), in order
    :param file: binary, written from its position on
    :return: size in bytes of what was written
    :raises RefusedError: `edi_too_large`, a member or the whole; what was written is of no use
    """
    out = _Counted(file, most_bytes)
    with gzip.GzipFile(filename="", mode="wb", fileobj=out, mtime=0) as packed:
        with tarfile.open(fileobj=packed, mode="w") as archive:
            for name, content in members:
                if len(content) > most_file_bytes:
                    raise RefusedError(errors.EDI_TOO_LARGE, label=name)
                member = tarfile.TarInfo(name)
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
    return out.size


class _Counted:
    """A file that refuses to become too large."""

    def __init__(self, file, most):
        self._file, self._most, self.size = file, most, 0

    def write(self, data):  # pylint: disable=method-required-super
        self.size += len(data)
        if self.size > self._most:
            raise RefusedError(errors.EDI_TOO_LARGE)
        return self._file.write(data)

    def flush(self):
        self._file.flush()


@dataclass
class Member:
    """One file of an archive, to be read before the next one is asked for."""

    name: str
    size: int
    _source: object
    _left: int

    def read(self, size=-1):  # pylint: disable=method-required-super
        """At most ``size`` bytes, all that are left if it is negative.

        :raises UnreadableFileError: the archive ends too early, or is damaged
        """
        wanted = self._left if size is None or size < 0 else min(size, self._left)
        data = self._source.exactly(wanted)
        self._left -= len(data)
        return data

    def skip(self):
        while self._left:
            self.read(_PIECE)


def read_members(name, file, *, most_bytes=MAX_FLOW_BYTES, most_file_bytes=MAX_FILE_BYTES):
    """Yield a :class:`Member` for each file in what came: itself, or those of a tar.gz, whichever
    its first bytes say. Folders are passed over.

    :param name: of the file, as it came
    :param file: binary, seekable, at its start
    :raises UnreadableFileError: `edi_file_unreadable`, `edi_file_forbidden` (a link, a device, a
        path that leads out), `edi_file_excessive` (too large, or too many)
    """
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    is_packed = file.read(len(GZIP)) == GZIP
    file.seek(0)
    if not is_packed:
        if size > most_file_bytes:
            raise UnreadableFileError(errors.EDI_FILE_EXCESSIVE, label=name)
        yield Member(name, size, _Source(file, most_bytes), size)
        return
    with gzip.GzipFile(fileobj=file, mode="rb") as unpacked:
        yield from _members(_Source(unpacked, most_bytes), most_file_bytes)


class _Source:
    """Bytes read within bounds."""

    def __init__(self, file, most):
        self._file, self._left = file, most

    def exactly(self, size):
        """So many bytes.

        :raises UnreadableFileError: there are fewer, they are damaged, or these are too many
        """
        data = self.at_most(size)
        if len(data) < size:
            raise UnreadableFileError(errors.EDI_FILE_UNREADABLE, label="it ends too early")
        return data

    def at_most(self, size):
        pieces = []
        while size:
            if self._left <= 0:
                raise UnreadableFileError(errors.EDI_FILE_EXCESSIVE)
            try:
                piece = self._file.read(min(size, _PIECE))
            except _DAMAGED as error:
                raise UnreadableFileError(errors.EDI_FILE_UNREADABLE, label=error) from None
            if not piece:
                break
            self._left -= len(piece)
            size -= len(piece)
            pieces.append(piece)
        return b"".join(pieces)


def _members(source, most_file_bytes):
    count = 0
    while (header := _header(source)) is not None:
        count += 1
        if count > MOST_MEMBERS:
            raise UnreadableFileError(errors.EDI_FILE_EXCESSIVE, label=f"{count} files")
        padding = -header.size % _BLOCK
        if header.type in _HEADERS:
            # What it says is passed over, so its size is the bound of what is held of it.
            if not 0 <= header.size <= _LONGEST_HEADER:
                raise UnreadableFileError(errors.EDI_FILE_EXCESSIVE, label=header.name)
            source.exactly(header.size + padding)
            continue
        if header.type == tarfile.DIRTYPE:
            continue
        if header.type not in _REGULAR or _leads_out(header.name):
            raise UnreadableFileError(errors.EDI_FILE_FORBIDDEN, label=header.name)
        if not 0 <= header.size <= most_file_bytes:
            raise UnreadableFileError(errors.EDI_FILE_EXCESSIVE, label=header.name)
        member = Member(header.name, header.size, source, header.size)
        yield member
        member.skip()
        source.exactly(padding)


def _header(source):
    """The next header of a tar, or None at its end."""
    block = source.at_most(_BLOCK)
    if not block or not block.strip(b"\0"):
        return None
    try:
        return tarfile.TarInfo.frombuf(block, "utf-8", "replace")
    except tarfile.TarError as error:
        raise UnreadableFileError(errors.EDI_FILE_UNREADABLE, label=error) from None


def _leads_out(name):
    parts = name.replace("\\", "/").split("/")
    return not name or name.startswith(("/", "\\")) or ".." in parts or ":" in parts[0]
