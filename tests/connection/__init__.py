# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from . import test_connection
from . import test_establishments
from . import test_exchange
from . import test_host
from . import test_network
from . import test_pace
from . import test_secret_place
