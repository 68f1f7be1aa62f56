# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from . import test_access
from . import test_access_matrix
from . import test_companies
from . import test_foreign_matrix
from . import test_foreign_records
from . import test_foreign_text
from . import test_forged_summary
from . import test_no_secret_leaks
from . import test_roles
from . import test_secret
from . import test_secret_api
from . import test_secret_fields
from . import test_strangers
