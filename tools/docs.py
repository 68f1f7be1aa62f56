# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The page of every check and error, from the code and its translation: `python -m tools.docs`.

Run by the virtual environment's Python, which has polib. The tables are read from the source, so
that the page is made without Odoo.
"""

import ast

import polib

from .console import say
from .home import CHECKOUT

PAGE = CHECKOUT / "docs" / "checks-and-errors.md"
SENTENCES = "models/chorus_pro_sentence.py"
DOCUMENT_SENTENCES = "models/document_sentence.py"
HEAD = """\
# Checks and errors

Made by `make docs` from the code and from `i18n/fr.po`: do not edit it here.

A *blocking* rule keeps an invoice from being sent; a *warning* is said and lets it go. The strip on
the invoice, Odoo's *Send* wizard, sending a selection and the sending job all use these rules and
these sentences: the cause first, then what to do. `%(name)s` stands for a value of the invoice.
"""
SECTIONS = (
    ("Rules of an invoice",
     "What is told by `recipient_…`, `service_…` and `engagement_…` comes from the directory of "
     "Chorus Pro, kept for a day. On the invoice and in the wizard it is a warning; the sending "
     "job asks Chorus Pro again before it refuses.",
     SENTENCES, "PROBLEM_SENTENCES"),
    ("Rules of its document",
     "Checked before the Factur-X or XML document is made; all of them are blocking.",
     DOCUMENT_SENTENCES, "DOCUMENT_SENTENCES"),
    ("Rules of its PDF", "All of them are blocking.", DOCUMENT_SENTENCES, "PDF_SENTENCES"),
    ("Errors of Chorus Pro and of the way there",
     "What a call can end with.", SENTENCES, "ERROR_SENTENCES"),
)


def main():
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")
    say(f"written: {PAGE.relative_to(CHECKOUT)}")


def page():
    """The page as text, in Markdown."""
    catalogue = polib.pofile(str(CHECKOUT / "i18n" / "fr.po"), encoding="utf-8")
    french = {entry.msgid: entry.msgstr for entry in catalogue}
    severities = {
        code: severity.id.lower()
        for code, severity in _table("choruspro/checks.py", "PROBLEMS", lambda node: node.elts[1])
    }
    parts = [HEAD]
    for title, explanation, path, name in SECTIONS:
        rows = _table(path, name, lambda node: ast.literal_eval(node.args[0]))
        with_severity = name == "PROBLEM_SENTENCES"
        columns = ["id", *(["severity"] if with_severity else []), "English", "French"]
        lines = [f"## {title}", "", explanation, "",
                 _row(columns), _row(["---"] * len(columns))]
        for code, sentence in rows:
            severity = [severities[code]] if with_severity else []
            lines.append(_row([f"`{code}`", *severity, sentence, french.get(sentence) or "—"]))
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def _row(cells):
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _table(path, name, read):
    """[(key, what `read` makes of its value)] of the dictionary `name` in a source file."""
    tree = ast.parse((CHECKOUT / path).read_text(encoding="utf-8"))
    [table] = [node.value for node in tree.body if isinstance(node, ast.Assign)
               and [target.id for target in node.targets] == [name]]
    pairs = zip(table.keys, table.values, strict=True)
    return [(key.value, read(value)) for key, value in pairs]


if __name__ == "__main__":
    main()
