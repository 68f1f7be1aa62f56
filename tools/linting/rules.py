# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Rules for the files of the checkout that no other linter has."""

import re
import xml.etree.ElementTree as ElementTree

from ..setup.home import ADDON

MAXIMUM_LINES = 500
COUNTED = {".py", ".xml", ".js", ".scss", ".css", ".sh"}
FIRST_LINE = f"# Part of {ADDON}. License LGPL-3 (see LICENSE file)."
# Where packages come from is the machine's business: mirrors differ.
REGISTRIES = re.compile(
    r"deb\.debian\.org|snapshot\.debian\.org|(archive|security)\.ubuntu\.com|pypi\.org"
    r"|pythonhosted\.org|npmjs\.(org|com)")
SHOWN_ATTRIBUTE = re.compile(r'\b(?:title|string|alt|placeholder|help|aria-label)="[^"]*"')


def faults_of(path, text):
    """What is wrong with one text file, as sentences. The suffix of `path` says its kind."""
    lines = text.splitlines()
    if path.suffix in COUNTED and len(lines) > MAXIMUM_LINES:
        yield f"{len(lines)} lines, {MAXIMUM_LINES} at most: divide it"
    if path.suffix == ".py" and lines[:1] != [FIRST_LINE]:
        yield "the first line is not the licence line"
    for number, line in enumerate(lines, 1):
        if REGISTRIES.search(line):
            yield f"line {number} names a package registry's host"
    if path.suffix in (".xml", ".svg"):
        try:
            ElementTree.fromstring(text.encode())
        except ElementTree.ParseError as error:
            yield f"not well-formed XML: {error}"


def translation_faults(catalogue):
    """What is wrong with a translation: empty, doubtful, or with other placeholders.

    catalogue: entries as polib reads them.
    """
    for entry in catalogue:
        if entry.obsolete:
            yield f"obsolete: {entry.msgid[:60]!r}"
        elif entry.fuzzy:
            yield f"fuzzy: {entry.msgid[:60]!r}"
        elif not entry.msgstr:
            yield f"not translated: {entry.msgid[:60]!r}"
        elif _placeholders(entry.msgid) != _placeholders(entry.msgstr):
            yield f"other placeholders than the source: {entry.msgid[:60]!r}"
        elif _markup(entry.msgid) != _markup(entry.msgstr):
            yield f"other markup than the source: {entry.msgid[:60]!r}"


def _placeholders(text):
    return sorted(re.findall(r"%(?:\(\w+\))?[sdif]", text))


def _markup(text):
    """Its tags, without those of their attributes that people read."""
    return sorted(SHOWN_ATTRIBUTE.sub("", tag) for tag in re.findall(r"</?\w[^>]*>", text))
