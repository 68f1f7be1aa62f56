# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""eu-einvoice on CII and UBL: `python eu.py FOLDER`, in an environment of its own.

It downloads the rules of CEN from their own place; a layer that it could not run is named.
"""

import json
import sys
from pathlib import Path

from eu_einvoice.model import prepare
from eu_einvoice.parse import parse_file
from eu_einvoice.validate import validate

PROFILES = {"cii": "facturx", "ubl": "en16931-ubl"}


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


main(*sys.argv[1:])
