# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""How often the status of an invoice is worth a question, by where it stands and for how long.

One search tells about all invoices of a supplier, so the most impatient one decides.
"""

from datetime import timedelta

from .lifecycle import Phase

FIRST_HOUR, FIRST_DAY = timedelta(hours=1), timedelta(days=1)
ON_THE_WAY_FIRST_HOUR = timedelta(minutes=5)
ON_THE_WAY_FIRST_DAY = timedelta(hours=1)
USUAL = timedelta(hours=4)
AT_THE_ACCOUNTANT = timedelta(hours=8)
# What has not moved for two months rarely moves today.
SILENT_AFTER = timedelta(days=60)
SELDOM = timedelta(days=1)
# An order to pay may be recorded after the payment (accounts kept through Hélios, AIFE
# documentation): what has ended is still listened to for a while.
LINGERS_FOR = timedelta(days=30)

_ON_THE_WAY = {Phase.PREPARING, Phase.TRANSIT, Phase.UNKNOWN}


def follow_delay(status, silent_for):
    """How long to wait after a look before the next one, for an invoice in this status.

    status: InvoiceStatus; silent_for: timedelta since it got it. Returns a timedelta.
    """
    if status.terminal or silent_for > SILENT_AFTER:
        return SELDOM
    if status.phase is Phase.PAYMENT:
        return AT_THE_ACCOUNTANT
    if status.phase in _ON_THE_WAY and silent_for < FIRST_HOUR:
        return ON_THE_WAY_FIRST_HOUR
    if status.phase in _ON_THE_WAY and silent_for < FIRST_DAY:
        return ON_THE_WAY_FIRST_DAY
    return USUAL
