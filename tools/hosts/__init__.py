# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""`make hosts`: several Odoo servers at work on one database.

Imports go down: runner > balancer, command.
"""
