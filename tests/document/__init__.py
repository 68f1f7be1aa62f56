# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from . import test_already_paid
from . import test_archived_pdf
from . import test_bad_documents
from . import test_document
from . import test_document_mapping
from . import test_generated_documents
from . import test_golden_documents
from . import test_held_back
from . import test_limits
from . import test_odoo_arithmetic
from . import test_pdfa
from . import test_sections
from . import test_vat_regime
