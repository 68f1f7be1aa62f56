# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Coming from the OCA connector: a database as it leaves one, generated; then imported, compared.

Imports go down: comparison > former > versions.
"""
