# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Checks every file of the checkout against our own rules: `python -m tools.lint_files`.

Run by the virtual environment's Python, which has polib. Prints one line for each fault; exit
code 1 when there is one.
"""

import subprocess
import sys
from pathlib import Path

import polib

from .lint_rules import faults_of, translation_faults
from .setup.home import CHECKOUT

BINARY = {".png", ".jpg", ".gif", ".ico", ".pdf", ".p12", ".woff2"}


def files():
    """The files that git tracks or would track, relative to the checkout."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=CHECKOUT,
            capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        sys.exit("git cannot list the files: install git, and lint a clone rather than a copy")
    paths = sorted({Path(name) for name in listed.split("\0") if name})
    return [path for path in paths if (CHECKOUT / path).is_file()]


def main():
    """Check every file; the exit code."""
    found = []
    for path in files():
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
