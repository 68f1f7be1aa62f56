# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""`make year`: a simulated year of following many invoices.

Imports go down: runner > command, population.
"""
