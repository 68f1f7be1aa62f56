# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Where a direct deposit to Chorus Pro and the French reform of 2026 want different things.

The reform's rules are for approved platforms; Chorus Pro's API was left as it was for suppliers of
the public sector (AIFE and DGFiP, July 2025).
"""

from datetime import date

import pytest
from samples import invoice, line

from documents.invoice import InvoiceType, Note, PrecedingInvoice
from documents.rendering import Syntax, render

BOTH = {
    "BR-FR-08_BT-23": "Chorus Pro wants A1 or A2 as framework, the reform B1, S1, M1 …",
    "BR-FR-10_BT-30": "Chorus Pro identifies by SIRET of 14 digits, the reform by SIREN of 9",
    "BR-FR-32-LEGALID": "the same, for every party",
    "BR-FR-12_BT-49": "an electronic address routes between platforms; a deposit has no route",
    "BR-FR-13_BT-34": "the same, for the seller",
}
DIFFERENCES = {
    Syntax.FACTURX: BOTH,
    Syntax.UBL: BOTH
    | {
        "BR-FR-09_BT-29": "compares the SIRET with the SIREN that it expects as legal identifier",
        "BR-FR-09_BT-46": "the same, for the buyer",
    },
}
# What French law wants to read on an invoice: notes that the user's own texts give.
MENTIONS = (
    Note(text="Pas d'escompte pour paiement anticipé", subject="AAB"),
    Note(text="Indemnité forfaitaire de recouvrement : 40 €", subject="PMT"),
    Note(text="Pénalités de retard : trois fois le taux légal", subject="PMD"),
)


@pytest.mark.parametrize("syntax", Syntax)
@pytest.mark.parametrize("type_", InvoiceType)
def test_differences_to_the_reform_are_the_known_ones(reform_schematrons, type_, syntax):
    document = invoice(
        line("3", "33.333333"),
        type=type_,
        notes=MENTIONS,
        preceding=(PrecedingInvoice(number="FA/2026/00001", issue_date=date(2026, 10, 1)),),
    )
    found = {rule for rule, _text in reform_schematrons[syntax].errors(render(document, syntax))}
    assert found == set(DIFFERENCES[syntax])


def test_credit_note_without_origin_is_a_difference_too(reform_schematrons):
    """EN 16931 has no such rule."""
    document = invoice(type=InvoiceType.CREDIT_NOTE, notes=MENTIONS)
    xml = render(document, Syntax.FACTURX)
    found = {rule for rule, _text in reform_schematrons[Syntax.FACTURX].errors(xml)}
    assert found - set(BOTH) == {"BR-FR-CO-05_BT-3"}
