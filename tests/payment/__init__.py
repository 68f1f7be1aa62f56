# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from . import test_analysis
from . import test_bank
from . import test_claim
from . import test_expected
from . import test_interest_rate
from . import test_late_payment
from . import test_late_tour
