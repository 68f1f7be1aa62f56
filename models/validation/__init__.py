# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Invoices of subcontractors and co-contractors that we validate as their main contractor: read,
shown with their deadline, accepted or refused once."""

from . import validation
from . import decision
from . import reading
