# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Checks every file of the checkout against our own rules: `python -m tools.linting.files`.

Run by the virtual environment's Python, which has polib. Prints one line for each fault; exit
code 1 when there is one.
"""

import fnmatch
import os
import sys
from pathlib import Path

import polib

from ..setup.home import CHECKOUT
from .rules import faults_of, translation_faults

BINARY = {".png", ".jpg", ".gif", ".ico", ".pdf", ".p12", ".woff2"}


def files(top):
    """The files of a checkout, sorted, relative to it: without what its .gitignore names, and found
    without git, so that a copy is linted like a clone.

    .gitignore: one name or pattern of names a line, for folders with a slash at its end.
    """
    lines = (top / ".gitignore").read_text(encoding="utf-8").splitlines()
    ignored = [".git", *(line.rstrip("/") for line in lines if line and line[0] != "#")]

    def kept(name):
        return not any(fnmatch.fnmatchcase(name, pattern) for pattern in ignored)

    found = []
    for folder, folders, names in os.walk(top):
        folders[:] = filter(kept, folders)
        found += [(Path(folder) / name).relative_to(top) for name in filter(kept, names)]
    return sorted(found)


def main():
    """Check every file; the exit code."""
    found = []
    for path in files(CHECKOUT):
        if path.suffix in BINARY:
            continue
        text = (CHECKOUT / path).read_text(encoding="utf-8")
        found += [f"{path}: {fault}" for fault in faults_of(path, text)]
        if path.suffix == ".po":
            found += [f"{path}: {fault}" for fault in translation_faults(polib.pofile(text))]
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
