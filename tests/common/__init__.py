# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What tests share: companies, users and invoices to start from, tables of who may do what, faults,
golden documents. It holds no test.
"""
