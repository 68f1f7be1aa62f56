# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""How much is done for an input, as a number that is the same on every machine."""

import builtins
import sys
from contextlib import contextmanager


class Counts:
    """calls: of functions, of Python and of C, that were made; digits: characters of numbers that
    were written out."""

    calls = 0
    digits = 0


@contextmanager
def counted(monkeypatch, *modules):
    """The Counts of what is done meanwhile, by this thread. modules: whose ``format`` is looked
    at."""
    counts = Counts()

    def look(_frame, event, _argument):
        if event in ("call", "c_call"):
            counts.calls += 1

    def written(value, specification=""):
        text = builtins.format(value, specification)
        counts.digits += len(text)
        return text

    for module in modules:
        monkeypatch.setattr(module, "format", written, raising=False)
    before = sys.getprofile()
    sys.setprofile(look)
    try:
        yield counts
    finally:
        sys.setprofile(before)
