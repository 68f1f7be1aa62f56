# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from ...choruspro.lifecycle import INVOICE_STATUSES, Phase

UNKNOWN_STATUS = ("unknown", "Unknown status")
# Every status that an invoice can have at Chorus Pro: (name, label).
STATUS_SELECTION = [(status.name, status.label) for status in INVOICE_STATUSES] + [UNKNOWN_STATUS]
# In the order of an invoice's life: by phase, within a phase as in the Swagger.
IN_ORDER_OF_LIFE = [
    status.name
    for status in sorted(INVOICE_STATUSES, key=lambda status: list(Phase).index(status.phase))
]
