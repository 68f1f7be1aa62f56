# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from . import models
from .hooks import uninstall_hook
