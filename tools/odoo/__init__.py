# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Odoo, set up and used: as a server, in its shell, by its web client's calls, job by job.

Imports go down: installation > job, rpc, server, shell.
"""
