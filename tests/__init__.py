# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The rooms of `models/`, in their order, and what concerns all of them.

Odoo runs the modules whose names here start with `test_`: hence the stars.
"""

from .rules import *
from .access import *
from .connection import *
from .session import *
from .certificate import *
from .setup import *
from .directory import *
from .document import *
from .outbox import *
from .invoice import *
from .tracking import *
from .actions import *
from .edi import *
from .validation import *
from .payment import *
from .oca import *
from .whole_product import *
