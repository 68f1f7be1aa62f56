# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from . import test_dispatch
from . import test_perform
from . import test_uninstall
