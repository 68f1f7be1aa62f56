# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The operations of the API: what each does with a request that has the right shape.

Imports go down: operations > validation > commitments, consultation, search, structures > actions,
deposits, directory_queries, downloads, flows, integration, pages, reference_lists.
"""
