# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""One readable XML for each rule, to be reviewed as a difference when it changes.

Written anew by: CHORUS_PRO_GOLDEN=write make test-unit
"""

import os
from pathlib import Path

import pytest
from test_rules import CASES

from documents.rendering import Syntax, render

FOLDER = Path(__file__).parent / "golden"
NAMES = [(case, Syntax.FACTURX) for case in (
    "simple several_rates line_discount more_decimals line_allowance_and_charge "
    "document_allowance_and_charge negative_price deposit deposit_deducted already_paid rounding "
    "credit_note credit_note_alone foreign_currency exempt_without_vat_number exempt_and_taxed "
    "reverse_charge outside_vat intra_community vat_on_debits vat_on_receipts overseas_department "
    "outside_the_union new_caledonia paid_by_direct_debit everything"
).split()]  # fmt: skip
NAMES += [
    (case, Syntax.UBL)
    for case in ("everything", "credit_note", "foreign_currency_rounded", "new_caledonia")
]
FILES = {
    f"{case}.{'cii' if syntax is Syntax.FACTURX else 'ubl'}.xml": (case, syntax)
    for case, syntax in NAMES
}


@pytest.mark.parametrize("name", FILES)
def test_document_is_as_reviewed(name):
    case, syntax = FILES[name]
    xml, path = render(CASES[case], syntax), FOLDER / name
    if os.environ.get("CHORUS_PRO_GOLDEN") == "write":
        path.write_bytes(xml)
    assert xml.decode() == path.read_text()


def test_every_golden_file_has_its_case():
    assert {path.name for path in FOLDER.iterdir()} == set(FILES)
