# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What concerns every room: guards of Odoo's hooks and of the floors, walks through several
screens, and what a whole run has left behind.
"""

from . import test_api_examples
from . import test_guards
from . import test_overrides
from . import test_tours
from . import test_whole_run
