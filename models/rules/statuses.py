# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from ...choruspro.lifecycle import INVOICE_STATUSES

UNKNOWN_STATUS = ("unknown", "Unknown status")
# Every status that an invoice can have at Chorus Pro: (name, label).
STATUS_SELECTION = [(status.name, status.label) for status in INVOICE_STATUSES] + [UNKNOWN_STATUS]
