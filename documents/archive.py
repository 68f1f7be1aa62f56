# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Many invoices in one deposit: archives limited in number and in bytes.

Members are read one at a time and archives are written to a temporary file: memory holds one
member, whatever the number. The same members give the same bytes (with one version of zlib).
"""

import gzip
import io
import tarfile
import zlib
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile

_IN_MEMORY = 1 << 20
_BEGINNING = 64  # more than the beginning of a gzip takes
_ENDING = 1024  # more than the end of a tar and of a gzip take, once compressed


class ArchiveError(ValueError):
    """A member is too large for any archive."""


@dataclass(frozen=True)
class Archive:
    """A tar.gz."""

    file: SpooledTemporaryFile  # open, at its start; the receiver closes it
    size: int  # in bytes
    names: tuple  # of its members, in order


def member_name(kind, number, extension):
    """Name of an invoice in an archive, as usual among clients: kind of document ("facturx", "cii",
    "ubl"), then the number of the invoice, its "/" replaced by "-"."""
    return f"{kind}_chorus_facture_{number.replace('/', '-')}.{extension}"


def archive_name(kind):
    """Name of the archive itself."""
    return f"{kind}_chorus_lot_factures.tar.gz"


def fits(content, most_bytes):
    """Whether an archive of this size in bytes can hold a member."""
    return _BEGINNING + _worst(content) <= most_bytes


def split(members, most, most_bytes):
    """Yield Archives of at most ``most`` members and ``most_bytes`` bytes once compressed.

    Two members of one name ("A/1" and "A-1") go into two archives.

    :param members: pairs (name, bytes), read only when needed; their order is kept
    :raises ArchiveError: a member does not fit; the archives yielded before are good
    """
    building = None
    try:
        for name, content in members:
            if building and not building.has_room(name, content, most, most_bytes):
                yield building.finish()
                building = None
            if building is None:
                building = _Building()
                if not building.has_room(name, content, most, most_bytes):
                    limit = f"an archive of {most_bytes}"
                    raise ArchiveError(f"{name}: {len(content)} bytes do not fit in {limit}")
            building.add(name, content)
        if building:
            finished, building = building.finish(), None
            yield finished
    finally:
        if building:
            building.discard()


def _worst(content):
    # At worst nothing is compressed: a header and padding of 512 bytes, and less than 1 per
    # thousand for the blocks of deflate.
    return len(content) + len(content) // 1000 + 2048 + _ENDING


class _Building:
    """An archive that grows."""

    def __init__(self):
        self.names = []
        self._spool = SpooledTemporaryFile(max_size=_IN_MEMORY)
        self._gzip = gzip.GzipFile(filename="", mode="wb", fileobj=self._spool, mtime=0)
        self._tar = tarfile.open(fileobj=self._gzip, mode="w")

    def has_room(self, name, content, most, most_bytes):
        return (
            len(self.names) < most
            and name not in self.names
            and self._spool.tell() + _worst(content) <= most_bytes
        )

    def add(self, name, content):
        member = tarfile.TarInfo(name)
        member.size = len(content)
        self._tar.addfile(member, io.BytesIO(content))
        self._gzip.flush(zlib.Z_SYNC_FLUSH)  # so that the size is known
        self.names.append(name)

    def finish(self):
        self._tar.close()
        self._gzip.close()
        size = self._spool.tell()
        self._spool.seek(0)
        return Archive(self._spool, size, tuple(self.names))

    def discard(self):
        self._spool.close()
