# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What a user has done at Chorus Pro about an invoice: complete, recycle, acknowledge, reissue,
proof."""

from . import errand
from . import action
from . import attachment_type
from . import job
from . import proof
from . import invoice
from . import reissue
