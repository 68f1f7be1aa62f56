# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What happens to a database with the add-on: `make copy` and `make upgrade`.

Imports go down: upgrade > ties > database_copy, in_shell.
"""
