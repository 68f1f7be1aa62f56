# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The rooms, in their order: each may use those above it in this list, never those below."""

from . import rules
from . import access
from . import connection
from . import session
from . import certificate
from . import setup
from . import directory
from . import document
from . import outbox
from . import invoice
from . import tracking
from . import actions
from . import edi
from . import validation
from . import payment
from . import oca
