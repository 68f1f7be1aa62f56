# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Who may do, read and name what: roles, fields that only the system writes, secrets, texts of
others; how columns keep moments; notifications."""

from . import roles
from . import record_access
from . import storage
from . import foreign_text
from . import web_client
from . import secret_fields
from . import odoo_fields
