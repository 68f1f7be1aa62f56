# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Where a direct deposit to Chorus Pro and the French reform of 2026 want different things."""

from datetime import date

import pytest
from reform import REASONS
from samples import invoice, line

from documents.invoice import InvoiceType, Note, PrecedingInvoice
from documents.rendering import Syntax, render

BOTH = {
    "BR-FR-08_BT-23", "BR-FR-10_BT-30", "BR-FR-32-LEGALID", "BR-FR-12_BT-49", "BR-FR-13_BT-34",
}  # fmt: skip
DIFFERENCES = {
    Syntax.FACTURX: BOTH,
    Syntax.UBL: BOTH | {"BR-FR-09_BT-29", "BR-FR-09_BT-46"},
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
    assert found == DIFFERENCES[syntax]
    assert found <= REASONS.keys()


def test_credit_note_without_origin_is_a_difference_too(reform_schematrons):
    """EN 16931 has no such rule."""
    document = invoice(type=InvoiceType.CREDIT_NOTE, notes=MENTIONS)
    xml = render(document, Syntax.FACTURX)
    found = {rule for rule, _text in reform_schematrons[Syntax.FACTURX].errors(xml)}
    assert found - BOTH == {"BR-FR-CO-05_BT-3"}
    assert found <= REASONS.keys()


def test_notes_without_codes_are_a_difference_too(reform_schematrons):
    """The mentions that the law asks for stand in the user's own texts."""
    xml = render(invoice(), Syntax.FACTURX)
    found = {rule for rule, _text in reform_schematrons[Syntax.FACTURX].errors(xml)}
    assert {rule[:-3] for rule in found - BOTH} == {"BR-FR-05_BT-22_"}
    assert found <= REASONS.keys()
