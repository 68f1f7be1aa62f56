# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Why rules of the French reform of 2026 do not concern a direct deposit to Chorus Pro.

The reform's rules are for approved platforms; Chorus Pro's API was left as it was for suppliers of
the public sector (AIFE and DGFiP, July 2025).
"""

REASONS = {
    "BR-FR-08_BT-23": "Chorus Pro wants A1 or A2 as framework, the reform B1, S1, M1 …",
    "BR-FR-10_BT-30": "Chorus Pro identifies by SIRET of 14 digits, the reform by SIREN of 9",
    "BR-FR-32-LEGALID": "the same, for every party",
    "BR-FR-12_BT-49": "an electronic address routes between platforms; a deposit has no route",
    "BR-FR-13_BT-34": "the same, for the seller",
    "BR-FR-09_BT-29": "compares the SIRET with the SIREN that it expects as legal identifier",
    "BR-FR-09_BT-46": "the same, for the buyer",
    "BR-FR-CO-05_BT-3": "Chorus Pro accepts a credit note that names no invoice",
    "BR-FR-05_BT-22_AAB": "wants the notes that the law asks for under codes; here they are in "
    "the user's own texts, and Chorus Pro reads no codes of notes",
    "BR-FR-05_BT-22_PMD": "the same, for penalties of late payment",
    "BR-FR-05_BT-22_PMT": "the same, for the indemnity of recovery",
}


def reason(rule):
    """Why this rule does not concern a direct deposit, else ""."""
    return REASONS.get(rule, "")
