# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Public bodies and their services: looked up by SIRET, refreshed daily, shown on the customer."""

from . import structure
from . import lookup
from . import refresh
from . import partner
from . import name_search
