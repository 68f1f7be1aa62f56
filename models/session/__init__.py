# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from . import row_guard
from . import pauses
from . import session
from . import expiry
from . import technical_password
from . import bank_account
from . import engagement_questions
from . import engagement
