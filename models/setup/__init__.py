# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from . import check
from . import check_texts
from . import guide
from . import guide_steps
from . import data_set
