# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The add-on in this checkout: what its manifest says, and a key of the files a database holds."""

import ast
import hashlib

from ..console import Problem
from .home import CHECKOUT

# Changes below these do not change what is installed in a database.
OUTSIDE = {".git", ".ci", "docs", "simulator", "tests", "tools", "static", "__pycache__"}
KINDS = {".py", ".xml", ".csv", ".json", ".po", ".pot", ".sql"}


def manifest():
    """The manifest as a dictionary. Raises Problem when it cannot be read."""
    path = CHECKOUT / "__manifest__.py"
    try:
        return ast.literal_eval(path.read_text(encoding="utf-8"))
    except (OSError, SyntaxError, ValueError) as error:
        raise Problem(f"cannot read {path}: {error}") from error


def installed_files():
    """The files of the checkout that end up in a database when the add-on is installed."""
    return sorted(
        path for path in CHECKOUT.rglob("*")
        if path.suffix in KINDS and path.is_file()
        and not OUTSIDE & set(path.relative_to(CHECKOUT).parts))


def key():
    """A digest of those files: names and contents."""
    digest = hashlib.sha256()
    for path in installed_files():
        digest.update(f"{path.relative_to(CHECKOUT)}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:32]
