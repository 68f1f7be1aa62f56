# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The official rules that these tests lean on do find errors."""

import pytest
from samples import invoice

from documents.rendering import Syntax, render

BREAKAGES = {
    "total": (b">120.00<", b">121.00<"),
    "country": (b">FR<", b">XX<"),
    "payment means": (b">30<", b">999<"),
    "VAT category": (b">S<", b">Y<"),
}


@pytest.mark.parametrize("syntax", Syntax)
@pytest.mark.parametrize("what", BREAKAGES)
def test_broken_document_is_found_out(schematrons, what, syntax):
    good, bad = BREAKAGES[what]
    xml = render(invoice(), syntax)
    assert good in xml
    assert schematrons[syntax].errors(xml.replace(good, bad, 1))
