# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The cache folder: everything that is downloaded, built or started lives there."""

import contextlib
import fcntl
import os
import shutil
from pathlib import Path

from ..console import Problem, say

CHECKOUT = Path(__file__).resolve().parents[2]
ADDON = "l10n_fr_chorus_pro"
SPACE_NEEDED = 5 * 1024 ** 3


def addons(checkout=CHECKOUT):
    """The folders of the checkout's add-ons by their technical names: the main one first, then
    those that tie it to other add-ons."""
    glue = sorted(path.parent for path in checkout.glob("addons/*/__manifest__.py"))
    return {ADDON: checkout, **{folder.name: folder for folder in glue}}


class Home:
    """Paths under CHORUS_PRO_HOME (default: l10n_fr_chorus_pro in the user's cache folder)."""

    def __init__(self, environ=os.environ):
        cache = environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
        named = environ.get("CHORUS_PRO_HOME") or Path(cache) / ADDON
        self.root = Path(named).expanduser().absolute()
        if set(",\n\"") & set(str(self.root)):
            raise Problem(f"the folder {self.root} has a comma or a quote in its path, which "
                          "Odoo cannot read: set CHORUS_PRO_HOME to another one")
        self.venv = self.root / "venv"
        self.python = self.venv / "bin" / "python"
        self.addons = self.root / "addons"
        self.link = self.addons / ADDON
        self.logs = self.root / "logs"
        self.debian = self.root / "debian"
        self.oca = self.root / "oca"
        self.postgres = self.root / "postgres"
        self.data = self.root / "data"
        self.programs = self.root / "bin"
        self.config = self.root / "odoo.conf"

    def prepare(self):
        """Make the folder and the links to this checkout's add-ons; raises Problem when it
        cannot."""
        try:
            for folder in (self.root, self.addons, self.logs, self.data):
                folder.mkdir(parents=True, exist_ok=True)
            self.root.chmod(0o700)
        except OSError as error:
            raise Problem(f"cannot make the folder {self.root} ({error.strerror}): "
                          "set CHORUS_PRO_HOME to one that can be written") from error
        if self.link.is_symlink() and self.link.resolve() != CHECKOUT:
            say(f"{self.root} served the checkout {self.link.resolve()}: from now on this one")
        for link in self.addons.iterdir():
            if not link.exists():
                # Of an add-on that the checkout has no more.
                link.unlink(missing_ok=True)
        for name, folder in addons().items():
            link = self.addons / name
            if not link.is_symlink() or link.resolve() != folder:
                fresh = self.addons / f".{name}.{os.getpid()}"
                fresh.symlink_to(folder, target_is_directory=True)
                fresh.replace(link)

    def require_space(self):
        """Raise Problem when the disk cannot hold a whole set-up."""
        free = shutil.disk_usage(self.root).free
        if free < SPACE_NEEDED:
            raise Problem(
                f"the disk of {self.root} has {free / 1024 ** 3:.1f} GB free, a set-up takes up "
                f"to {SPACE_NEEDED / 1024 ** 3:.0f} GB: free some, or set CHORUS_PRO_HOME to a "
                "folder on another disk")

    @contextlib.contextmanager
    def locked(self, name, busy=None):
        """Hold the lock `name` of the folder. A second command waits for the first, or raises
        Problem(busy) when given."""
        with open(self.root / f"{name}.lock", "w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if busy:
                    raise Problem(busy) from None
                say(f"another command is at work in {self.root}: waiting for it")
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield
