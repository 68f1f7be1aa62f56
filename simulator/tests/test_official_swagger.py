# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The request tables against the official Swagger files, when somebody has them.

``CHORUS_PRO_OPENAPI`` names the folder with ``factures.swagger.json`` and
``structures.swagger.json`` as AIFE published them.
"""

import json
import os
from pathlib import Path

import pytest

from simulator.api.operations import OPERATIONS
from simulator.world.code_lists import INVOICE_STATUSES

FOLDER = os.environ.get("CHORUS_PRO_OPENAPI")

if not FOLDER:
    pytest.skip(
        "CHORUS_PRO_OPENAPI does not name a folder with the official Swagger files",
        allow_module_level=True,
    )

KINDS = {
    "text": "string",
    "integer": "integer",
    "amount": "number",
    "flag": "boolean",
    "day_or_moment": "string",
    "moment": "string",
    "one_of": "string",
    "one_of_or_number": "string",
    "rows": "array",
    "row_or_rows": None,
    "integers": "array",
    "texts": "array",
    "group": None,
}
# The generic names of a page leak from the server's classes; nobody sends them
GENERIC = {"champsDeTri", "ordreTriGenerique", "taillePageGenerique", "indexPageGenerique"}
# Spellings of typed clients, in addition to the Swagger's
OTHER_SPELLINGS = {"pLigneRecapTva", "pListePiecesJointes", "pLignesPoste"}
# Of one typed client: see the switch rejection_reason
OTHER_FIELDS = {"motifRejet", "cpltInfos"}
# Documented for every request, missing from the Swagger of the API Structures
EVERYWHERE = {"idUtilisateurCourant"}


def load(name):
    return json.loads((Path(FOLDER) / f"{name}.swagger.json").read_text(encoding="utf-8"))


def resolve(swagger, schema):
    if "$ref" in schema:
        return swagger["definitions"][schema["$ref"].rpartition("/")[2]]
    return schema


def compare(swagger, table, schema, path):
    properties = resolve(swagger, schema)["properties"]
    ours = set(table) - OTHER_SPELLINGS - OTHER_FIELDS - EVERYWHERE
    assert ours == set(properties) - GENERIC - EVERYWHERE, path
    for name, official in properties.items():
        if name not in table:
            continue
        rule, where = table[name], f"{path}.{name}"
        inner = resolve(swagger, official.get("items", official))
        if rule.fields:
            compare(swagger, rule.fields, inner, where)
        if KINDS[rule.kind]:
            assert KINDS[rule.kind] == official["type"], where
        if "enum" in official:
            assert rule.kind == "one_of", where
            assert set(official["enum"]) == set(rule.values), where


@pytest.mark.parametrize("family", ["factures", "structures"])
def test_request_tables_agree_with_the_swagger(family):
    swagger = load(family)
    compared = 0
    for operation in OPERATIONS.values():
        start, _, rest = operation.path.partition("/")
        if start != family:
            continue
        parameters = swagger["paths"]["/" + rest]["post"]["parameters"]
        (body,) = [row["schema"] for row in parameters if row["in"] == "body"]
        compare(swagger, operation.table, body, operation.key)
        compared += 1
    assert compared == {"factures": 17, "structures": 5}[family]


def test_invoice_statuses_are_those_of_the_swagger():
    swagger = load("factures")
    lists = []

    def walk(node):
        if isinstance(node, dict):
            if len(node.get("enum", ())) == len(INVOICE_STATUSES):
                lists.append(node["enum"])
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(swagger["definitions"])
    assert lists
    assert all(tuple(row) == INVOICE_STATUSES for row in lists)
