# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The page of every check and error, from the code and its translation, that of the limits of
fields, and the picture of the rooms in the page of the architecture: `python -m tools.docs`.

Run by the virtual environment's Python, which has polib. The tables are read from the source, so
that the page is made without Odoo.
"""

import ast
from dataclasses import dataclass

import polib

from . import field_limits
from .console import say
from .house import House
from .setup.home import CHECKOUT

PAGE = CHECKOUT / "docs" / "checks-and-errors.md"
ARCHITECTURE = CHECKOUT / "docs" / "architecture.md"
ERRORS = "models/rules/error_texts.py"
HEAD = """\
# Checks and errors

Made by `make docs` from the code and from `i18n/fr.po`: do not edit it here.

A *blocking* rule stops an invoice from being sent; a *warning* is shown but does not. The bar on
the invoice, the click, Odoo's *Send* wizard, sending a selection, the sending job and the method
`chorus_pro_check` of invoices share this one list. `%(name)s` stands for a value of the invoice.
"""
# (title, explanation, source, name of the tuple of rules)
RULES = (
    ("Rules of an invoice",
     "The rules `recipient_…`, `service_…` and `engagement_…` use the directory of Chorus Pro. "
     "They block if it was read within a day; otherwise they warn, with `directory_old`, and the "
     "sending job asks Chorus Pro again before it refuses.",
     "models/rules/rule_book.py", "INVOICE_RULES"),
    ("Rules of its document and of its files",
     "Checked before a Factur-X or XML document is made; those of files, in every format.",
     "models/rules/rule_book.py", "DOCUMENT_RULES"),
    ("Rules of its PDF", "Checked by the sending job, once the PDF is there.",
     "models/rules/rule_book.py", "PDF_RULES"),
)
# (title, explanation, name of the tuple of advice)
ADVICE = (
    ("Statuses that need the supplier to act",
     "Shown on the invoice, in its activity and in *To Handle*, after the recipient's comment.",
     "STATUS_ADVICE"),
    ("Reasons that a recipient gives by their code",
     "Instead of the advice of the status, when the code stands in the recipient's comment.",
     "REASON_ADVICE"),
    ("States of Odoo that need action", "Before Chorus Pro has the invoice.",
     "STATE_ADVICE"),
    ("Refusals by their return code", "By operation and `codeRetour`, as clients observed them.",
     "REFUSAL_ADVICE"),
    ("Refusals by their words",
     "What the words of a refusal or of a flow report say. The patterns, and where each was seen, "
     "are in `choruspro/refusal_wordings.py`.",
     "WORDING_ADVICE"),
)
ADVICE_SOURCE = "models/rules/advice.py"
BLOCKING, WARNING = "blocking", "warning"


def main():
    """Write them."""
    PAGE.write_text(page(), encoding="utf-8")
    field_limits.PAGE.write_text(field_limits.page(), encoding="utf-8")
    text = ARCHITECTURE.read_text(encoding="utf-8")
    ARCHITECTURE.write_text(with_picture(text), encoding="utf-8")
    for written in (PAGE, field_limits.PAGE, ARCHITECTURE):
        say(f"written: {written.relative_to(CHECKOUT)}")


def with_picture(text):
    """The page with the picture of the rooms as they are now, in place of the former one."""
    before, start, rest = text.partition("```mermaid\n")
    _former, end, after = rest.partition("\n```")
    return f"{before}{start}{House().picture()}{end}{after}"


def page():
    """The page as text, in Markdown."""
    catalogue = polib.pofile(str(CHECKOUT / "i18n" / "fr.po"), encoding="utf-8")
    french = {entry.msgid: entry.msgstr for entry in catalogue}
    parts = [HEAD]
    for title, explanation, path, name in RULES:
        rows = [
            (
                f"`{rule.id}`",
                rule.severity,
                *both(rule.sentence, french),
                *both(rule.remedy, french),
            )
            for rule in read_rules(path, name)
        ]
        head = ("id", "severity", "what is wrong", "en français", "what to do", "en français")
        parts.append(_section(title, explanation, head, rows))
    for title, explanation, name in ADVICE:
        rows = [(codes, *both(cause, french), *both(remedy, french))
                for codes, cause, remedy in read_advice(ADVICE_SOURCE, name)]
        head = ("code", "what happened", "en français", "what to do", "en français")
        parts.append(_section(title, explanation, head, rows))
    errors = [(f"`{code}`", *both(text, french)) for code, text in read_errors(ERRORS)]
    parts.append(
        _section(
            "Errors of Chorus Pro and of the connection to it",
            "How a call can fail.",
            ("id", "English", "en français"),
            errors,
        )
    )
    return "\n".join(parts)


def both(text, french):
    """(the text, its French)."""
    return text, french.get(text) or "—"


def read_rules(path, name):
    """The rules of the tuple ``name`` in a source file, as a list of :class:`RuleText`."""
    return [_rule(call) for call in _value(path, name).elts]


def read_advice(path, name):
    """[(codes, cause, remedy)] of the tuple ``name`` in a source file; codes as text."""
    return [(_codes(call.args[0]), _text(call.args[1]), _text(call.args[2]))
            for call in _value(path, name).elts]


def read_errors(path):
    """[(code, sentence)] of the errors."""
    table = _value(path, "ERROR_SENTENCES")
    return [(key.value, _text(value)) for key, value in zip(table.keys, table.values, strict=True)]


@dataclass(frozen=True)
class RuleText:
    """What the source says of a rule."""

    id: str
    severity: str
    sentence: str
    remedy: str


def _rule(call):
    id_, sentence, remedy = call.args
    is_warning = any(
        each.arg == "severity" and each.value.id == "WARNING" for each in call.keywords
    )
    return RuleText(id_.value, WARNING if is_warning else BLOCKING, _text(sentence), _text(remedy))


def _codes(node):
    found = [code if isinstance(code, tuple) else (code,) for code in ast.literal_eval(node)]
    return ", ".join(f"`{' '.join(map(str, code))}`" for code in found)


def _text(lazy):
    return ast.literal_eval(lazy.args[0])


def _value(path, name):
    tree = ast.parse((CHECKOUT / path).read_text(encoding="utf-8"))
    [value] = [node.value for node in tree.body if isinstance(node, ast.Assign)
               and [target.id for target in node.targets] == [name]]
    return value


def _section(title, explanation, head, rows):
    table = "\n".join(map(_row, (head, ["---"] * len(head), *rows)))
    return f"## {title}\n\n{explanation}\n\n{table}\n"


def _row(cells):
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


if __name__ == "__main__":
    main()
