# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""`make screenshots`: what is shown on the add-on's screens, and the pictures of them.

Imports go down: command > showcase, take_screenshots > catalogue, guides.
"""
