# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from . import action
from . import attachment_type
from . import kinds
from . import job
from . import proof
from . import invoice
from . import reissue
