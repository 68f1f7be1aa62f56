# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The versions of the OCA connector, whose tables differ."""

VERSIONS = ("14.0", "15.0", "16.0", "17.0", "18.0")
