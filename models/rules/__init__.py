# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Rules and texts: what prevents sending an invoice, what an error or a status means, and what to
do about it."""

from . import statuses
from . import error_texts
from . import rule
from . import rule_book
from . import advice
