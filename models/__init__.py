# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
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
