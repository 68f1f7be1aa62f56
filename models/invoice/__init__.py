# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The invoice before it is there: whether it goes, to whom, what must be right, the ways to send
it."""

from . import invoice
from . import references
from . import evidence
from . import channel
from . import bank_trust
from . import adoption
from . import delivery
from . import checks
from . import sending
from . import customer_way
from . import recipient
from . import lists
from . import journal
