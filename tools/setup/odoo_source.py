# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Odoo 19 itself: the folder named by ODOO_HOME, else Debian's package, unpacked."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from ..console import Problem, say
from .debian_archive import DebianArchive

SERIES = "19.0"
TRIED = "19.0.0+dfsg-1"
HINT = "set ODOO_HOME to a folder that holds Odoo 19"
# Odoo's package links into these instead of carrying their files; two are of an older suite, the
# last one that has the very files (Font Awesome 4.7 and Inconsolata.otf).
LINKED = (
    "fonts-font-awesome/bookworm", "fonts-inconsolata/bookworm", "fonts-glyphicons-halflings",
    "fonts-montserrat", "fonts-ocr-b", "fonts-roboto-unhinted", "libjs-jquery",
    "libjs-jquery-form", "libjs-underscore",
)
# Named by the assets of the module mail and left out of Debian's package: without a file the
# browser logs an error, which fails every tour.
MISSING = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"


@dataclass(frozen=True)
class OdooSource:
    """Where Odoo is. python_path: the folder to import `odoo` from; addons: its add-on folders;
    version: what set-up is keyed by; pkg_info: its PKG-INFO, or None."""

    python_path: Path
    addons: tuple
    version: str
    pkg_info: Path | None

    def has(self, module):
        """Whether one of its add-on folders has this module."""
        return any((folder / module / "__manifest__.py").exists() for folder in self.addons)


def find(home, environ=os.environ):
    """The Odoo to use, downloaded first if need be. Raises Problem."""
    if environ.get("ODOO_HOME"):
        source = _in_folder(Path(environ["ODOO_HOME"]).expanduser().absolute())
        say(f"Odoo {source.version}, of {date_of(source.addons[-1])}")
        return source
    return _debian(home)


def _in_folder(root):
    """An Odoo 19 in a folder of the user's: a checkout, an unpacked or an installed package."""
    for base in (root, root / "usr/lib/python3/dist-packages"):
        release = base / "odoo" / "release.py"
        if release.is_file():
            break
    else:
        raise Problem(f"ODOO_HOME={root} holds no Odoo (no odoo/release.py): name the folder that "
                      "holds odoo-bin, or the one that holds the package odoo")
    if not re.search(r"^version_info = \(19, 0,", release.read_text(), re.MULTILINE):
        raise Problem(f"ODOO_HOME={root} is not Odoo {SERIES}: name a folder that holds Odoo 19")
    folders = [base / "odoo" / "addons"]
    if not (folders[0] / "account").is_dir():
        folders.append(base / "addons")
    if not (folders[-1] / "account").is_dir():
        raise Problem(f"ODOO_HOME={root} holds no add-on account, neither in odoo/addons nor in "
                      "addons: name a folder with Odoo's add-ons")
    infos = sorted(base.glob("odoo-*.egg-info/PKG-INFO"))
    return OdooSource(base, tuple(folders), f"{SERIES} in {root}", infos[0] if infos else None)


def date_of(addons):
    """The day on which the terms to translate of the accounting were last written down, by which
    an Odoo without a finer version is known; "an unknown day" where it does not say.

    addons: the folder that holds the add-on account.
    """
    terms = addons / "account" / "i18n" / "account.pot"
    text = terms.read_text(encoding="utf-8", errors="replace")[:2000] if terms.is_file() else ""
    found = re.search(r"POT-Creation-Date: (\d{4}-\d{2}-\d{2})", text)
    return found[1] if found else "an unknown day"


def _debian(home):
    unpacked = sorted(home.root.glob("odoo-19*[!w]"))
    if not unpacked:
        home.require_space()
        archive = DebianArchive(home, "odoo", "sid bookworm", HINT)
        archive.update()
        version = choose(archive.versions("odoo-19"))
        target = home.root / f"odoo-{version}"
        archive.unpack([f"odoo-19={version}", *LINKED], target)
        unpacked = [target]
    source = _in_folder(unpacked[-1])
    missing = source.addons[0] / MISSING
    if not missing.exists():
        missing.parent.mkdir(parents=True, exist_ok=True)
        missing.touch()
    return OdooSource(source.python_path, source.addons, unpacked[-1].name, source.pkg_info)


def choose(versions):
    """The version that this project was tried with, else the newest of the series."""
    if TRIED in versions:
        return TRIED
    newest = next((version for version in versions if version.startswith(SERIES)), None)
    if newest is None:
        raise Problem(f"Debian's suite offers no odoo-19 of version {SERIES}: {HINT}")
    say(f"odoo-19 {TRIED} is gone from the archive, taking {newest}")
    return newest
