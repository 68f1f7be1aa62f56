# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from . import invoice
from . import references
from . import evidence
from . import channel
from . import on_post
from . import delivery
from . import checks
from . import warnings
from . import triage
from . import send_wizard
from . import recipient
from . import journal
