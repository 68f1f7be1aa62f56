# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Putting a file, looking for it, fetching others: the same on every road.

A file is put under a temporary name and renamed when it is whole: nobody reads half of it. So what
an interruption means is known: before the renaming nothing was delivered; after it all was; if its
answer is lost, the name is looked for, and the same name is put again, never another one.

What comes back can be fetched once, and lives 7 days (exchange system of the AIFE). The bytes are
made durable by the caller while the file is still open over there: it counts as fetched only then.
"""

import contextlib
from dataclasses import dataclass
from enum import Enum
from tempfile import SpooledTemporaryFile

from .. import errors
from ..errors import UnreadableFileError
from .container import MAX_FLOW_BYTES

# While it is put. Gateways and servers leave such names alone.
UNFINISHED = ".part"
_BEING_WRITTEN = (UNFINISHED, ".tmp", ".filepart", ".lock")
_IN_MEMORY = 1 << 20
PIECE = 1 << 16


class Standing(Enum):
    """Where a file is that was put, or half put."""

    THERE = "there"  # under its name
    UNFINISHED = "unfinished"  # under its temporary name, whole or in part
    GONE = "gone"  # under neither: never begun, or taken already


@dataclass(frozen=True)
class RemoteFile:
    """A file to be fetched. ``size`` in bytes."""

    name: str
    size: int


class Exchange:
    """One conversation with the folders of a partner; a context manager.

    A driver gives ``_open_out``, ``_rename_out``, ``_size_out`` (of one name, for a deposit folder
    may not be listed), ``_sizes_in`` and ``_reading``, and turns its errors into those of
    ``choruspro.errors``.
    """

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()

    def close(self):
        """End the conversation."""

    def put(self, name, file, size):
        """Deliver a file. One of this name and size that is there already is this one.

        :param name: text, see EnvelopeName
        :param file: binary, read from its start
        :param size: of it, in bytes
        :raises ConfigurationError: a folder is missing, or we have no right to it
        :raises UnavailableError: nothing was delivered
        :raises UnknownOutcomeError: it may have been delivered: look with ``standing``
        """
        if self.standing(name, size) is Standing.THERE:
            return
        file.seek(0)
        with self._open_out(name + UNFINISHED) as out:
            while piece := file.read(PIECE):
                out.write(piece)
        self._rename_out(name + UNFINISHED, name)

    def standing(self, name, size):
        """The :class:`Standing` of a file that was put, or half put.

        :raises ChorusProError: the folder cannot be read now
        """
        if self._size_out(name) == size:
            return Standing.THERE
        # A part that is whole was to be renamed: another put does it, for nothing was delivered.
        is_part = self._size_out(name + UNFINISHED) is not None
        return Standing.UNFINISHED if is_part else Standing.GONE

    def waiting(self):
        """The :class:`RemoteFile` s that can be fetched now, in the order of their names.

        :raises ChorusProError: the folder cannot be read now
        """
        sizes = self._sizes_in()
        return [RemoteFile(name, sizes[name]) for name in sorted(sizes) if not _is_hidden(name)]

    def fetch(self, remote, keep, most_bytes=MAX_FLOW_BYTES):
        """Have one file kept here, then count it as fetched.

        :param remote: RemoteFile
        :param keep: function that takes its bytes as a binary file at its start, and makes them
            durable before it returns; what it raises leaves the file where it is, if the other side
            allows it
        :return: what ``keep`` returns
        :raises UnreadableFileError: `edi_file_excessive`, larger than any real one: left there
        :raises ChorusProError: it cannot be read now, or is no longer there
        """
        if remote.size > most_bytes:
            raise UnreadableFileError(errors.EDI_FILE_EXCESSIVE, label=remote.name)
        with contextlib.ExitStack() as stack:
            spool = stack.enter_context(SpooledTemporaryFile(max_size=_IN_MEMORY))
            read = stack.enter_context(self._reading(remote.name))
            size = 0
            while piece := read(PIECE):
                size += len(piece)
                if size > most_bytes:
                    raise UnreadableFileError(errors.EDI_FILE_EXCESSIVE, label=remote.name)
                self._spool(spool, piece)
            spool.seek(0)
            return keep(spool)

    @staticmethod
    def _spool(spool, piece):
        try:
            spool.write(piece)
        except OSError as error:
            raise errors.UnavailableError(errors.EDI_STORE_FAILED, label=error.strerror) from None


def _is_hidden(name):
    """What somebody is still writing, by the names usual for that; and what is no name."""
    return "/" in name or name.startswith(".") or name.endswith(_BEING_WRITTEN)
