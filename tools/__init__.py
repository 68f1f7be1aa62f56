# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What `make` calls: set-up, tests, shell and demo. Standard library only, so that it starts
on a bare machine; whatever needs more runs in the virtual environment that it makes.

Imports go down: commands > docs, linting, native, test_prepared, test_runs > field_limits,
house, test_share > screens > lifecycle > validators > bench > hosts, oca > year > chaos > demo >
sandbox > simulator_process > odoo > setup > processes > console.
"""
