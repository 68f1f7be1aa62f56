# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from . import test_action_kill
from . import test_action_kinds
from . import test_action_tours
from . import test_actions
from . import test_forged_action
from . import test_handling
from . import test_reissue
