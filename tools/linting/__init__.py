# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""`make lint`: what is checked of the files themselves, and which libraries have known weaknesses.

Imports go down: command, files > rules, advisories.
"""
