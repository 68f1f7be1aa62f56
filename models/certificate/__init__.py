# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Client certificates: what their files hold, how they are shown, and renewed without a gap."""

from . import certificate
from . import texts
from . import connection
