# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""A job's list is read in slices: memory depends on the slice, not on how many there are."""

from odoo.fields import Domain

SLICE = 100


def slices(model, domain):
    """Yield the records of ``model`` that match ``domain``, a hundred at a time, by id.

    Each slice is read when the one before is done, so what that changed counts. A record comes
    once, also if it still matches afterwards.
    """
    last, domain = 0, Domain(domain)
    while rows := model.search(domain & Domain("id", ">", last), order="id", limit=SLICE):
        last = rows.ids[-1]
        yield rows
