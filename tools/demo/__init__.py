# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""`make demo`: a company, its customers and its invoices, from the first one to its payment.

Imports go down: command > story > edi > batch, morning, validation, lateness > company, customers,
evidence, invoices, pdf_embedded_files.
"""
