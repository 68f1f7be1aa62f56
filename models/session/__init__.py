# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""A job's conversation through a connection: guarded rows, pauses, lists that are read beside,
and what is asked now and then (accounts, engagement numbers, expiry)."""

from . import row_guard
from . import slices
from . import dispatch
from . import pauses
from . import session
from . import side_reading
from . import expiry
from . import bank_account
from . import engagement
