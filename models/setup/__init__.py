# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Setting a connection up: the guide, the check of everything, the qualification data set."""

from . import check
from . import guide
