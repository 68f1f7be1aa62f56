# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What a request must be: its fields, by tables, and the business rules of an invoice.

Imports go down: validator_tables > action_tables, deposit_tables, document, query_tables > fields,
submission.
"""
