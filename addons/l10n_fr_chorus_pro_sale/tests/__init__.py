# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from . import test_engagement_use
from . import test_order_invoices
from . import test_order_references
from . import test_order_roles
