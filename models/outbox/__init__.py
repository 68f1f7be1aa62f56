# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Sending: the row committed before each call, submissions, files, locks, look-ups, batches,
copies of a database."""

from . import outbox
from . import submission
from . import database_copy
from . import flow
from . import batch
from . import sender
from . import preparation
from . import flow_assembly
from . import pdf_deposit
from . import pdf_together
from . import lookup
from . import flow_deposit
from . import one_way
from . import flow_report
from . import settings
