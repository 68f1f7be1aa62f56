# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Texts that users read."""

import ast
import re
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parents[2]
# It stands for two sentences, by number, and is neither.
LAZY_PLURAL = re.compile(r"\w\((s|es|ies|e|x)\)")
WITH_TEXTS = ("models", "wizard", "views", "report", "static/src", "addons")


def _texts(path):
    """What may be shown of this file: the strings of Python, and XML as it is."""
    content = path.read_text(encoding="utf-8")
    if path.suffix == ".xml":
        return [content]
    nodes = ast.walk(ast.parse(content))
    constants = [node.value for node in nodes if isinstance(node, ast.Constant)]
    return [value for value in constants if isinstance(value, str)]


def test_no_text_leaves_the_plural_to_its_reader():
    files = [
        path
        for folder in WITH_TEXTS
        for path in (ROOT / folder).rglob("*")
        if path.suffix in (".py", ".xml") and "tests" not in path.parts
    ]
    assert len(files) > 100
    found = {
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in files
        for text in _texts(path)
        for match in re.finditer(r".*" + LAZY_PLURAL.pattern + ".*", text)
    }
    assert not found


def test_french_adds_no_such_plural():
    catalogues = sorted(ROOT.glob("**/i18n/fr.po"))
    assert catalogues
    found = [
        entry.msgstr
        for path in catalogues
        for entry in polib.pofile(str(path))
        if LAZY_PLURAL.search(entry.msgstr) and not LAZY_PLURAL.search(entry.msgid)
    ]
    assert not found
