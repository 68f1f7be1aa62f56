# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What there is and what happens to it: structures, invoices, files, time, faults, refusals.

Imports go down: invoices > directory_data, files, large_directory, life_cycle, missing_rights
> clock, code_lists, directory, faults, recipients, refusals, switches.
"""
