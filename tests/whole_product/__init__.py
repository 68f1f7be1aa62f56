# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from . import test_guards
from . import test_tours
from . import test_whole_run
