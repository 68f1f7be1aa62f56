# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from . import test_any_text
from . import test_elsewhere
from . import test_follow
from . import test_follow_cost
from . import test_follow_news
from . import test_journal_card
from . import test_monitoring
from . import test_portal
from . import test_refresh
from . import test_follow_up
from . import test_following_screens
from . import test_following_tour
