# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from . import test_dashboard
