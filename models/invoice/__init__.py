# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The invoice before it is there: whether it goes, to whom, what must be right, the ways to send
it."""

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
