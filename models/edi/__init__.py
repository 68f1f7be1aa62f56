# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The EDI mode: invoices leave as files, what becomes of them comes back as files; the API beside
it, or not at all."""

from . import lock
from . import connection
from . import session
from . import guide
from . import check
from . import file
from . import flow
from . import status
from . import fetch
from . import actions
