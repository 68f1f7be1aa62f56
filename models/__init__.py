# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from . import chorus_pro_token
from . import chorus_pro_connection
from . import chorus_pro_certificate
from . import chorus_pro_connection_check
from . import chorus_pro_status
from . import chorus_pro_submission
from . import chorus_pro_sender
from . import chorus_pro_deposit
from . import chorus_pro_lookup
from . import chorus_pro_notification
from . import chorus_pro_follower
from . import chorus_pro_news
from . import account_move
from . import account_move_document
from . import account_move_readiness
from . import account_move_send
from . import res_partner
