# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""`make validators`: what foreign validators say of the documents of every kind of invoice. `ads`
and `eu` are programs for environments of their own.

Imports go down: command > ads, documents, eu, verdict.
"""
