# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from . import test_setup
from . import test_setup_certificate
from . import test_setup_tour
