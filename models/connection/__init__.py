# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""One company's access to Chorus Pro: its settings, token, client, rate limit and log of
exchanges; copies of a database."""

from . import token
from . import connection
from . import journals
from . import client
from . import exchange
from . import rate_limit
from . import copies
from . import secrets
