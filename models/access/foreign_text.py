# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Texts of other people: recipients, Chorus Pro, its directory."""

from odoo import fields

# What a spreadsheet takes for the beginning of a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
# Has no width on screen or paper.
GUARD = "\u200b"


class _Guarded:
    """Field whose value begins no formula."""

    def convert_to_cache(self, value, record, validate=True):
        text = super().convert_to_cache(value, record, validate)
        return GUARD + text if text and text.startswith(FORMULA_STARTS) else text


class ForeignText(_Guarded, fields.Text):
    """A text that someone else wrote, kept so that no spreadsheet calculates it: in an export of
    Odoo, whose XLSX makes a formula of what begins with "=", in a grouping, or when it is pasted.
    One that could begin a formula gets a character without width in front."""


class ForeignChar(_Guarded, fields.Char):
    """As :class:`ForeignText`, on one line."""
