# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The EDI mode: files of flows come in, reports and life cycles lie ready to be fetched.

What the SSH server needs, the package asyncssh, nothing else does.

Imports go down: ssh > box > answers, deposits.
"""
