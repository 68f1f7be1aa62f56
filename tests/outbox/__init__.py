# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from . import test_batch
from . import test_concurrency
from . import test_copy
from . import test_failures
from . import test_flow
from . import test_flow_failures
from . import test_flow_report
from . import test_kill
from . import test_pdf_together
from . import test_preparation
from . import test_queue
from . import test_send
from . import test_senders
from . import test_set_aside
