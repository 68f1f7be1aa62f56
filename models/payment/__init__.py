# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""When public bodies pay and what their lateness costs: delays, rates, claims, the analysis."""

from . import rate
from . import delay
from . import late_payment
from . import claim
from . import interest_invoice
from . import analysis
from . import expected
from . import bank
