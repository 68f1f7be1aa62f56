# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from . import test_access
from . import test_archived_pdf
from . import test_bad_input
from . import test_certificate
from . import test_concurrency
from . import test_connection
from . import test_document
from . import test_failures
from . import test_flow
from . import test_flow_failures
from . import test_follow
from . import test_guards
from . import test_kill
from . import test_no_secret_leaks
from . import test_send
from . import test_tours
from . import test_whole_run
