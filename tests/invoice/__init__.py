# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from . import test_adoption
from . import test_delivery
from . import test_evidence
from . import test_journal
from . import test_lists
from . import test_one_way
from . import test_one_way_race
from . import test_page
from . import test_platform_bridge
from . import test_recipient
from . import test_triage
from . import test_triage_bad_input
from . import test_two_ways
