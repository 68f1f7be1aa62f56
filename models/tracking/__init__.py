# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The invoice once it is there: statuses read, what they ask for, to-do cards, activities, digest,
dates."""

from . import status
from . import poll
from . import health
from . import monitoring
from . import activities
from . import digest
from . import invoice
from . import refresh
from . import portal
from . import to_do
from . import elsewhere
from . import works
from . import journal_card
