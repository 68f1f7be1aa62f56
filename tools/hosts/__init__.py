# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""`make hosts`: several Odoo servers at work on one database. How fast one of them is.

Imports go down: rate_runner > runner, rates > balancer, command,
odoo_process.
"""
