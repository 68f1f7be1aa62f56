# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Moments as Odoo's columns keep them: in UTC, without a zone."""

from datetime import timezone


def naive(moment, *, seconds=True):
    """An aware moment, or None, for a column; cut to whole ``seconds`` as Odoo keeps them."""
    if not moment:
        return moment
    kept = moment.astimezone(timezone.utc).replace(tzinfo=None)
    return kept.replace(microsecond=0) if seconds else kept


def aware(moment):
    """What a column holds (None or False when it is empty), with its zone."""
    return moment and moment.replace(tzinfo=timezone.utc)
