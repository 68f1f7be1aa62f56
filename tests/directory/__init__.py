# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from . import test_customer
from . import test_directory
from . import test_directory_refresh
from . import test_import_template
from . import test_name_search
