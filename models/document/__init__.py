# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""From an invoice to what is deposited: EN 16931 terms, the message of the PDF format, files,
formats."""

from . import taxed_lines
from . import sections
from . import already_paid
from . import versions
from . import submission_message
from . import attachments
from . import en16931_lines
from . import en16931
from . import render
from . import formats
