# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from . import test_edi_beside_api
from . import test_edi_files
from . import test_edi_settings
