# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Two folders on this machine, of a gateway that speaks AS/2, AS/4 or PeSIT with Chorus Pro."""

import contextlib
import errno
import os
import time
from pathlib import Path

from .. import errors
from ..errors import ConfigurationError, UnavailableError, UnknownOutcomeError
from .exchange import Exchange

# A gateway that writes under the final name: what was changed this lately may not be whole.
SETTLED_SECONDS = 10


class FolderExchange(Exchange):
    """What is put lies in ``out``, what comes in ``incoming``; a file that was fetched is deleted.

    :param out, incoming: absolute paths of folders
    :param settled: seconds since its last change after which a file counts as whole
    :raises ConfigurationError: `edi_folder_missing`, a path is not absolute
    """

    def __init__(self, out, incoming, *, settled=SETTLED_SECONDS):
        self._out, self._in = Path(out), Path(incoming)
        self._settled = settled
        for folder in (self._out, self._in):
            if not folder.is_absolute():
                raise ConfigurationError(errors.EDI_FOLDER_MISSING, label=folder)

    @contextlib.contextmanager
    def _open_out(self, name):
        with _told(self._out):
            # At once on the disk: renamed before, it might be empty after a power cut.
            with open(self._out / name, "wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())

    def _rename_out(self, former, name):
        with _told(self._out, lost=True):
            os.replace(self._out / former, self._out / name)

    def _size_out(self, name):
        with _told(self._out), contextlib.suppress(FileNotFoundError):
            return os.stat(self._out / name).st_size
        return None

    def _sizes_in(self):
        found, before = {}, time.time() - self._settled
        with _told(self._in), os.scandir(self._in) as entries:
            for entry in entries:
                # A file may be taken while we look
                with contextlib.suppress(FileNotFoundError):
                    facts = entry.stat(follow_symlinks=False)
                    is_settled = not self._settled or facts.st_mtime <= before
                    if entry.is_file(follow_symlinks=False) and is_settled:
                        found[entry.name] = facts.st_size
        return found

    @contextlib.contextmanager
    def _reading(self, name):
        path = self._in / name
        with _told(self._in):
            file = open(path, "rb")

        def read(size):
            with _told(self._in):
                return file.read(size)

        with file:
            yield read
        with _told(self._in):
            path.unlink(missing_ok=True)


@contextlib.contextmanager
def _told(folder, lost=False):
    """Errors of the system as ours. ``lost``: whether what was being done may have been done."""
    try:
        yield
    except (FileNotFoundError, NotADirectoryError):
        raise ConfigurationError(errors.EDI_FOLDER_MISSING, label=folder) from None
    except PermissionError:
        raise ConfigurationError(errors.EDI_FOLDER_DENIED, label=folder) from None
    except OSError as error:
        if error.errno == errno.EROFS:
            raise ConfigurationError(errors.EDI_FOLDER_DENIED, label=folder) from None
        if lost:
            raise UnknownOutcomeError(errors.ANSWER_LOST, label=error.strerror) from None
        raise UnavailableError(errors.EDI_STORE_FAILED, label=error.strerror) from None
