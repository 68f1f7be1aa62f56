# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from . import engagement_use
from . import res_partner
from . import sale_order
from . import account_move
