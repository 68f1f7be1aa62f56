# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import hypothesis
import pytest
from lxml import etree
from saxonche import PySaxonProcessor
from schematron import EN_16931, Schematron

from documents.rendering import Syntax, import_facturx, render

# No deadline: the machine may be busy. No database: a run leaves nothing behind.
hypothesis.settings.register_profile("floor", deadline=None, database=None, max_examples=50)
hypothesis.settings.load_profile("floor")

RULES = {
    Syntax.FACTURX: EN_16931["CrossIndustryInvoice"],
    Syntax.UBL: EN_16931["Invoice"],
}
REFORM = {
    Syntax.FACTURX: "cii-schematron-fr-ctc/BR-FR-Flux2-Schematron-CII.xslt",
    Syntax.UBL: "ubl-2.1/BR-FR-Flux2-Schematron-UBL.xslt",
}


@pytest.fixture(scope="session")
def processor():
    with PySaxonProcessor(license=False) as saxon:
        yield saxon


def _compiled(processor, names):
    facturx = import_facturx()
    return {syntax: Schematron(processor, facturx, name) for syntax, name in names.items()}


@pytest.fixture(scope="session")
def schematrons(processor):
    """The rules of EN 16931, by syntax."""
    return _compiled(processor, RULES)


@pytest.fixture(scope="session")
def reform_schematrons(processor):
    """The rules of the French reform of 2026, by syntax."""
    return _compiled(processor, REFORM)


@pytest.fixture(scope="session")
def make_valid(schematrons):
    """Render an invoice, see that no official rule is broken, give the XML as a tree."""

    def make(invoice, syntax, supporting=()):
        xml = render(invoice, syntax, supporting)  # checks the schema
        assert schematrons[syntax].errors(xml) == []
        return etree.fromstring(xml)

    return make
