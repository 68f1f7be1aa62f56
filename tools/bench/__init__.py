# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""`make bench`: what the add-on costs. Each bench is a file with a function `measure`.

Imports go down: command, runner > edi, directory, documents, month, queue, scale, sync, token,
triage > deposit, in_shell, stock.
"""
