# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Texts of other people: recipients, Chorus Pro, its directory."""

from odoo import fields

# What a spreadsheet takes for the beginning of a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
# Has no width on screen or paper.
GUARD = "\u200b"


class ForeignText(fields.Text):
    """A text that someone else wrote. It is kept so that no spreadsheet calculates it: not in an
    export of Odoo, whose XLSX makes a formula of what begins with "=", nor where rows are grouped
    by it, nor when it is pasted. One that could begin a formula gets a character without width in
    front; the rest is as it came."""

    def convert_to_cache(self, value, record, validate=True):
        return _guarded(super().convert_to_cache(value, record, validate))


class ForeignChar(fields.Char):
    """As :class:`ForeignText`, on one line."""

    def convert_to_cache(self, value, record, validate=True):
        return _guarded(super().convert_to_cache(value, record, validate))


def _guarded(text):
    return GUARD + text if text and text.startswith(FORMULA_STARTS) else text
