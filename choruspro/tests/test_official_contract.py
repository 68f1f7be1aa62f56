# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The contract in spec/ against the AIFE's own files, which are not part of this project.

Name the folder of its Swagger files (factures.swagger.json, structures.swagger.json) in
CHORUS_PRO_OPENAPI, that of its published examples in CHORUS_PRO_SAMPLES.
"""

import json
import os
from pathlib import Path

import pytest
from contract import schema, violations

from choruspro import wire
from choruspro.lifecycle import INVOICE_STATUSES
from choruspro.messages import (
    AttachmentType,
    Commitment,
    FileReceipt,
    FlowReport,
    PdfReceipt,
    RecyclingReceipt,
    Service,
    ServiceDetails,
    StructureDetails,
    StructureSummary,
    SubmissionReceipt,
    reading,
)
from choruspro.operations import OPERATIONS

OPENAPI = os.environ.get("CHORUS_PRO_OPENAPI")
SAMPLES = os.environ.get("CHORUS_PRO_SAMPLES")
with_openapi = pytest.mark.skipif(
    not OPENAPI, reason="CHORUS_PRO_OPENAPI does not name the folder of the AIFE's Swagger files"
)
with_samples = pytest.mark.skipif(
    not SAMPLES, reason="CHORUS_PRO_SAMPLES does not name the folder of the AIFE's examples"
)

# Where our contract leaves the Swagger on purpose: (schema, field) and why.
DISAGREEMENTS = {
    ("soumettre.request", "dateFacture"): "a day, as in all working clients; Swagger: date-time",
    ("soumettre.request", "pieceJointePrincipale"): "an array in all working clients",
    ("rechercher_fournisseur.request", "periodeDateDepotDu"): "a day, as in the AIFE's examples",
    ("rechercher_fournisseur.request", "periodeDateDepotAu"): "a day, as in the AIFE's examples",
    ("rechercher_valideur.request", "periodeDateDepotDu"): "as in the search of a supplier",
    ("rechercher_valideur.request", "periodeDateDepotAu"): "as in the search of a supplier",
    **{
        (f"{key}.answer", f"listeFactures[].{name}"): "integer in the Swagger: no cents"
        for key in ("rechercher_a_traiter_valideur", "rechercher_valideur")
        for name in ("montantHT", "montantTTC", "montantAPayer")
    },
    ("traiter_facture_a_valider.request", "action"): "no list in the Swagger",
    ("traiter_facture_a_valider.request", "motifRefus"): "no list in the Swagger",
    ("traiter_facture_a_valider.answer", "idFacture"): "a text in the published example",
    ("deposer_pdf.answer", "codeRetour"): "forgotten by the Swagger, there in the examples",
    ("deposer_pdf.answer", "libelle"): "forgotten by the Swagger, there in the examples",
    ("structures_rechercher.answer", "listeStructures[].identifiantStructure"): (
        "a number in an example"
    ),
    ("structures_rechercher_services.answer", "listeServices[].dateDbtService"): (
        "missing from the Swagger, there in the example"
    ),
    ("structures_rechercher_services.answer", "listeServices[].dateFinService"): (
        "missing from the Swagger, dates of the end as of the beginning"
    ),
}


def _swagger_operations():
    found = {}
    for family in ("factures", "structures"):
        file = Path(OPENAPI) / f"{family}.swagger.json"
        swagger = json.loads(file.read_text(encoding="utf-8"))
        for path, methods in swagger["paths"].items():
            found[family + path] = (swagger["definitions"], methods["post"])
    return found


def _differences(ours, theirs, definitions, path=""):
    """(field, what) for each field of ours that the Swagger does not have, or has otherwise."""
    if "$ref" in theirs:
        theirs = definitions[theirs["$ref"].rpartition("/")[2]]
    types = ours.get("type", [])
    types = {types} if isinstance(types, str) else set(types)
    if types - {"null"} != {theirs.get("type", "object")}:
        yield path, f"type {types} for {theirs.get('type')}"
        return
    accepted, listed = set(ours.get("enum", [])) - {None}, set(theirs.get("enum", []))
    if accepted - listed or bool(accepted) != bool(listed):
        yield path, f"values {accepted} for {listed}"
    if ours.get("type") == "string" and theirs.get("format") == "date-time":
        if ours.get("format") != "date-time":
            yield path, "a day for a date-time"
    for name, field in ours.get("properties", {}).items():
        inner = f"{path}.{name}".lstrip(".")
        if name not in theirs.get("properties", {}):
            yield inner, "not in the Swagger"
        else:
            yield from _differences(field, theirs["properties"][name], definitions, inner)
    if "items" in ours:
        yield from _differences(ours["items"], theirs["items"], definitions, f"{path}[]")


@with_openapi
def test_the_contract_agrees_with_the_swagger_but_for_the_known_disagreements():
    swagger = _swagger_operations()
    compared, found = set(), {}
    for operation in OPERATIONS:
        if operation.path not in swagger:
            continue
        compared.add(operation.key)
        definitions, post = swagger[operation.path]
        body = next(part["schema"] for part in post["parameters"] if part["in"] == "body")
        for part, theirs in (("request", body), ("answer", post["responses"]["200"]["schema"])):
            name = f"{operation.key}.{part}"
            for field, what in _differences(schema(name), theirs, definitions):
                found[name, field] = what
    # The operations of "transverses" and of commitments are in none of the two Swagger files.
    assert {operation.key for operation in OPERATIONS} - compared == {
        "ajouter_fichier",
        "consulter_cr_detaille",
        "consulter_cr",
        "coordbanc_valides",
        "tauxtva",
        "devises",
        "typespj",
        "engagements_rechercher",
    }
    assert found.keys() == DISAGREEMENTS.keys(), found


@with_openapi
def test_the_statuses_are_those_of_the_swagger_in_its_order():
    swagger = json.loads((Path(OPENAPI) / "factures.swagger.json").read_text(encoding="utf-8"))
    receipt = swagger["definitions"]["WsRetourSoumettreFacture"]
    assert [status.code for status in INVOICE_STATUSES] == (
        receipt["properties"]["statutFacture"]["enum"]
    )


def _services(data):
    return [Service.from_json(row) for row in reading.rows(data, "listeServices")]


def _structures(data):
    return [StructureSummary.from_json(row) for row in reading.rows(data, "listeStructures")]


def _attachment_types(data):
    return [AttachmentType.from_json(row) for row in reading.rows(data, "listeTypePieceJointe")]


def _commitments(data):
    return [Commitment.from_json(row) for row in reading.rows(data, "listeEngagementJuridique")]


def _report(data):
    (error,) = FlowReport.from_json(data, "CPP0011110000000000001557").invoice_errors
    return error.messages


@with_samples
@pytest.mark.parametrize(
    "sample, name, read",
    [
        ("deposerPDFFacture.response", "deposer_pdf.answer", PdfReceipt.from_json),
        ("deposerPDFFacture.allfields.response", "deposer_pdf.answer", PdfReceipt.from_json),
        ("soumettreFacture.response", "soumettre.answer", SubmissionReceipt.from_json),
        ("ajouterFichierDansSysteme.response", "ajouter_fichier.answer", FileReceipt.from_json),
        ("rechercherStructure.response", "structures_rechercher.answer", _structures),
        ("consulterStructure.response", "structures_consulter.answer", StructureDetails.from_json),
        (
            "rechercherServicesStructure.response",
            "structures_rechercher_services.answer",
            _services,
        ),
        (
            "consulterServiceStructure.response",
            "structures_consulter_service.answer",
            ServiceDetails.from_json,
        ),
        ("recupererTypePieceJointe.response", "typespj.answer", _attachment_types),
        (
            "rechercherEngagementJuridique.response",
            "engagements_rechercher.answer",
            _commitments,
        ),
        ("recyclerFacture.response", "recycler.answer", RecyclingReceipt.from_json),
        ("consulterCRDetaille.response", "consulter_cr_detaille.answer", _report),
    ],
)
def test_a_published_answer_keeps_the_contract_and_is_read(sample, name, read):
    data = wire.decode((Path(SAMPLES) / f"{sample}.json").read_bytes())
    assert violations(name, data) == []
    assert read(data)
