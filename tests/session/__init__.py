# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from . import test_bad_rows
from . import test_bank_accounts
from . import test_commitments
from . import test_concurrent_learning
from . import test_technical_password
