# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The way in: sockets, the two kinds of access, tokens, and the log of requests.

Imports go down: listener > gateway > access > answers, authority, request_log, tokens.
"""
