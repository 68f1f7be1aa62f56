# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The comment of an invoice when its text is longer than Chorus Pro keeps: what says to whom the
debt is to be paid (factoring, subrogation, assignment of a claim) comes first, for the recipient
would else pay the wrong account. The rest is cut: it is in the PDF."""

import re

from .limits import MAX_COMMENT
from .text import cut

# Words of the sentence that the law or a factor has suppliers write on their invoices.
_NEW_CREDITOR = re.compile(
    r"subrog|affactur|\bfactor\b|à l['’]\s?ordre de"
    r"|(?:paiement|r[èe]glement)[^.]{0,60}lib[ée]ratoire|lib[ée]ratoire[^.]{0,60}r[èe]glement"
    r"|cession de (?:la |cette |notre )?cr[ée]ance|cr[ée]ance\w* c[ée]d[ée]|\bdailly\b",
    re.IGNORECASE,
)
_END_OF_SENTENCE = re.compile(r"(?<=[.!?])\s+")


def names_new_creditor(text):
    """Whether the text (or None) says that the debt is to be paid to somebody else."""
    return _NEW_CREDITOR.search(text or "") is not None


def fitting_comment(text):
    """The text as a comment that Chorus Pro keeps, "" for none: whole when it is short enough."""
    text = (text or "").strip()
    if len(text) <= MAX_COMMENT:
        return text
    first, rest = [], []
    for paragraph in text.splitlines():
        is_short = len(paragraph) <= MAX_COMMENT // 4
        parts = [paragraph] if is_short else _END_OF_SENTENCE.split(paragraph)
        for part in parts:
            (first if names_new_creditor(part) else rest).append(part)
    return cut("\n".join([*first, *rest]), MAX_COMMENT)
