# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from . import account_move_send_wizard
from . import chorus_pro_comparison
from . import chorus_pro_copy
from . import chorus_pro_action_dialogs
from . import chorus_pro_handling
from . import chorus_pro_oca_import
from . import chorus_pro_other_way
from . import chorus_pro_preview
from . import chorus_pro_triage
from . import chorus_pro_validation_refusal
