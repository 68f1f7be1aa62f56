# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The control plane ``/_sim``: what a test or a person orders the platform to do.

Imports go down: routes > plane > serialise.
"""
