# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What a set-up is made of: the cache folder, and each thing that is installed in it.

Imports go down: database, oca_addons, odoo_source, wkhtmltopdf > addon, debian_archive,
python_env > home, postgres, run_sql, system_packages.
"""
