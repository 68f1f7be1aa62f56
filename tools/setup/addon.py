# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The add-ons of this checkout: what a manifest says, and a key of the files a database holds."""

import ast
import hashlib

from ..console import Problem
from .home import ADDON, CHECKOUT, addons

# Changes below these do not change what is installed in a database.
OUTSIDE = {".git", ".ci", "addons", "docs", "simulator", "tests", "tools", "static", "__pycache__"}
KINDS = {".py", ".xml", ".csv", ".json", ".po", ".pot", ".sql"}


def manifest(name=ADDON):
    """The manifest of an add-on of this checkout as a dictionary. Raises Problem when it cannot be
    read."""
    path = addons(CHECKOUT)[name] / "__manifest__.py"
    try:
        return ast.literal_eval(path.read_text(encoding="utf-8"))
    except (OSError, SyntaxError, ValueError) as error:
        raise Problem(f"cannot read {path}: {error}") from error


def installed_files(folder):
    """The files of the add-on in `folder` that end up in a database where it is installed."""
    return sorted(
        path for path in folder.rglob("*")
        if path.suffix in KINDS and path.is_file()
        and not OUTSIDE & set(path.relative_to(folder).parts))


def key():
    """A digest of those files of all add-ons: names and contents."""
    digest = hashlib.sha256()
    for folder in addons(CHECKOUT).values():
        for path in installed_files(folder):
            digest.update(f"{path.relative_to(CHECKOUT)}\0{path.stat().st_size}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:32]
