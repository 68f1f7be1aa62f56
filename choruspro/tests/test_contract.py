# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The contract in spec/: what we send keeps it, and it says what the AIFE says.

The last tests compare it with the AIFE's own files, which are not part of this project: name the
folder of its Swagger files (factures.swagger.json, structures.swagger.json) in CHORUS_PRO_OPENAPI,
that of its published examples in CHORUS_PRO_SAMPLES.
"""

import json
import os
from dataclasses import replace
from datetime import date
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator
from requests.structures import CaseInsensitiveDict
from scripted_gateway import CLIENT_SECRET, PASSWORD
from strategies import identifiers, moments, submissions

import choruspro
from choruspro import wire
from choruspro.auth import PisteAuth
from choruspro.client import ChorusProClient
from choruspro.credentials import PisteCredentials, TechnicalAccount
from choruspro.environment import QUALIFICATION
from choruspro.lifecycle import INVOICE_STATUSES
from choruspro.messages import (
    AttachmentReference,
    FileReceipt,
    FileUpload,
    FlowDeposit,
    FlowReport,
    FlowSyntax,
    PdfDeposit,
    PdfReceipt,
    Service,
    StructureDetails,
    StructureSummary,
    SubmissionReceipt,
    SupplierInvoiceSearch,
    reading,
)
from choruspro.operations import OPERATIONS
from choruspro.transport import HttpAnswer

SPEC = Path(choruspro.__file__).parent / "spec"
OPENAPI = os.environ.get("CHORUS_PRO_OPENAPI")
SAMPLES = os.environ.get("CHORUS_PRO_SAMPLES")
with_openapi = pytest.mark.skipif(
    not OPENAPI, reason="CHORUS_PRO_OPENAPI does not name the folder of the AIFE's Swagger files"
)
with_samples = pytest.mark.skipif(
    not SAMPLES, reason="CHORUS_PRO_SAMPLES does not name the folder of the AIFE's examples"
)

ANSWERS = {
    "token": {"access_token": "jeton", "token_type": "Bearer", "expires_in": 3600},
    "deposer_pdf": {"pieceJointeId": 35417001},
    "deposer_flux": {"numeroFluxDepot": "CPP0011117000000000731004"},
    "consulter_cr_detaille": {"etatCourantDepotFlux": "IN_RECU"},
    "soumettre": {"identifiantFactureCPP": 8431777, "statutFacture": "DEPOSEE"},
    "ajouter_fichier": {"pieceJointeId": 35417055},
    "rechercher_fournisseur": {
        "listeFactures": [{"identifiantFactureCPP": 8431777, "statut": "DEPOSEE"}],
        "parametresRetour": {"pageCourante": 1, "pages": 1, "nbResultatsParPage": 5, "total": 1},
    },
    "consulter_fournisseur": {"facture": {"identifiantFactureCPP": 8431777}},
    "consulter_historique": {"idFacture": 8431777},
    "structures_rechercher": {"listeStructures": [{"idStructureCPP": 25784301}]},
    "structures_consulter": {"informationGenerales": {"idStructureCPP": 25784301}},
    "structures_rechercher_services": {"listeServices": [{"idService": 1928}]},
    "coordbanc_valides": {"listeCoordonneeBancaire": [{"idCoordonneeBancaire": 88231}]},
    "tauxtva": {"listeTauxTva": [{"codeTauxTva": "TVA4", "valeurTauxTva": 20}]},
}


def schema(name):
    return json.loads((SPEC / f"{name}.json").read_text(encoding="utf-8"))


def violations(name, message):
    return [error.message for error in Draft202012Validator(schema(name)).iter_errors(message)]


class Recorder:
    """A transport that answers each operation with its sound answer and keeps what it was sent."""

    def __init__(self):
        self.sent = {}

    def send(self, operation, _url, _headers, body):
        content = body if isinstance(body, bytes) else body.read()
        self.sent.setdefault(operation.key, []).append(content)
        answer = {"codeRetour": 0, "libelle": "TRA_MSG_00.000", **ANSWERS[operation.key]}
        return HttpAnswer(200, CaseInsensitiveDict(), wire.encode(answer))

    def close(self):
        """Nothing is open."""


@pytest.fixture
def recorder():
    return Recorder()


@pytest.fixture
def recorded_client(recorder):
    auth = PisteAuth(PisteCredentials("id", CLIENT_SECRET), TechnicalAccount("login", PASSWORD))
    return ChorusProClient(QUALIFICATION, auth, transport=recorder)


def test_each_operation_has_its_two_schemas_and_no_schema_is_left_over():
    expected = {
        f"{key}.{part}.json"
        for key in ("token", *(operation.key for operation in OPERATIONS))
        for part in ("request", "answer")
    }
    assert {path.name for path in SPEC.iterdir()} == expected


@pytest.mark.parametrize("path", sorted(SPEC.glob("*.json")), ids=lambda path: path.stem)
def test_a_schema_is_one_and_says_where_it_comes_from(path):
    content = schema(path.stem)
    Draft202012Validator.check_schema(content)
    assert content["title"]
    assert "Source: " in content["description"]
    assert content.get("additionalProperties", True) is not path.stem.endswith(".request")


def test_what_each_method_sends_keeps_the_contract(recorded_client, recorder, submission):
    client = recorded_client
    client.deposit_pdf(PdfDeposit(content=b"%PDF-1.7", file_name="F.pdf"))
    client.submit_invoice(
        replace(
            submission,
            attachments=(AttachmentReference(attachment_id="5", label="B", type_code="DIVERS"),),
            comment="a\nb",
        )
    )
    client.add_file(FileUpload(content=b"x", file_name="x.txt", mime_type="text/plain"))
    client.search_invoices(
        SupplierInvoiceSearch(
            supplier_id="40012345",
            number="F1",
            flow_number="CPP0011117000000000731004",
            statuses=("SUSPENDUE", "REJETEE"),
            deposited_from=date(2026, 1, 1),
            deposited_until=date(2026, 12, 31),
        )
    )
    client.read_invoice("8431777")
    client.read_history("8431777")
    client.search_structures("12345678200028")
    client.read_structure("25784301")
    client.search_services("25784301")
    client.bank_accounts("40012345")
    client.vat_rates()
    client.deposit_flow(FlowDeposit(content=b"<a/>", file_name="F.xml", syntax=FlowSyntax.UBL))
    client.read_flow_report("CPP0011117000000000731004")
    assert set(recorder.sent) - {"token"} == {o.key for o in OPERATIONS}
    for key, bodies in recorder.sent.items():
        for body in bodies:
            content = dict(parse_qsl(body.decode())) if key == "token" else json.loads(body)
            assert violations(f"{key}.request", content) == []


@given(submission=submissions)
def test_any_sound_submission_keeps_the_contract(submission):
    assert violations("soumettre.request", json.loads(wire.encode(submission.to_json()))) == []


@given(supplier=identifiers, since=moments, until=moments)
def test_any_search_in_a_window_keeps_the_contract(supplier, since, until):
    search = SupplierInvoiceSearch(supplier_id=supplier, changed_from=since, changed_until=until)
    paging = {
        "pageResultatDemandee": 1,
        "nbResultatsParPage": 100,
        "nbResultatsMaximum": 10000,
        "triSens": "Ascendant",
        "triColonne": "NumeroFacture",
    }
    request = {**search.to_json(), "rechercheFactureParFournisseur": paging}
    assert violations("rechercher_fournisseur.request", request) == []


@pytest.mark.parametrize("key", sorted(ANSWERS))
def test_the_sound_answers_of_these_tests_keep_the_contract(key):
    code = {} if key == "token" else {"codeRetour": 0}
    assert violations(f"{key}.answer", {**code, **ANSWERS[key]}) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"commentaires": "unknown key"},
        {"modeDepot": "SAISIE_API"},
        {"numeroFactureSaisi": "F" * 21},
        {"dateFacture": "2026-11-20T00:00:00Z"},
        {"ligneTva": [{"ligneTvaMontantBaseHtParTaux": 1, "ligneTvaMontantTvaParTaux": 0}]},
        {"cadreDeFacturation": {"codeCadreFacturation": "A9_FACTURE_SOUSTRAITANT"}},
        {"pieceJointePrincipale": {"pieceJointePrincipaleId": 1}},
    ],
)
def test_the_contract_refuses_what_chorus_pro_would_refuse(submission, changes):
    request = json.loads(wire.encode(submission.to_json()))
    assert violations("soumettre.request", request) == []
    assert violations("soumettre.request", {**request, **changes})


# Where our contract leaves the Swagger on purpose: (schema, field) and why.
DISAGREEMENTS = {
    ("soumettre.request", "dateFacture"): "a day, as in all working clients; Swagger: date-time",
    ("soumettre.request", "pieceJointePrincipale"): "an array in all working clients",
    ("rechercher_fournisseur.request", "periodeDateDepotDu"): "a day, as in the AIFE's examples",
    ("rechercher_fournisseur.request", "periodeDateDepotAu"): "a day, as in the AIFE's examples",
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
    # The operations of "transverses" are in none of the two Swagger files.
    assert {operation.key for operation in OPERATIONS} - compared == {
        "ajouter_fichier",
        "consulter_cr_detaille",
        "coordbanc_valides",
        "tauxtva",
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
        ("consulterCRDetaille.response", "consulter_cr_detaille.answer", _report),
    ],
)
def test_a_published_answer_keeps_the_contract_and_is_read(sample, name, read):
    data = wire.decode((Path(SAMPLES) / f"{sample}.json").read_bytes())
    assert violations(name, data) == []
    assert read(data)
