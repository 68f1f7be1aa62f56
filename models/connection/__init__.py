# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""One company's access to Chorus Pro: its settings, target, network, token, client, rate limit and
log of exchanges."""

from . import token
from . import connection
from . import target
from . import journals
from . import client
from . import exchange
from . import exchange_recorder
from . import rate_limit
from . import database_fingerprint
from . import host
from . import network
from . import secrets
from . import company
