# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Coming from the OCA connector: what it left in the database, taken over."""

from . import tables
from . import report
from . import account
from . import directory
from . import invoices
from . import takeover
