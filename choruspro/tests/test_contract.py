# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The contract in spec/: what we send keeps it."""

import json
from dataclasses import replace
from datetime import date
from urllib.parse import parse_qsl

import pytest
from contract import SPEC, schema, violations
from hypothesis import given
from jsonschema import Draft202012Validator
from requests.structures import CaseInsensitiveDict
from scripted_gateway import CLIENT_SECRET, PASSWORD
from strategies import identifiers, moments, submissions

from choruspro import wire
from choruspro.auth import PisteAuth, PisteCredentials, TechnicalAccount
from choruspro.client import ChorusProClient
from choruspro.environment import QUALIFICATION
from choruspro.http_answer import HttpAnswer
from choruspro.messages import (
    AttachmentReference,
    FileUpload,
    FlowDeposit,
    FlowSyntax,
    InvoiceCompletion,
    InvoiceRecycling,
    InvoiceValidation,
    PdfDeposit,
    RefusalReason,
    SupplierInvoiceSearch,
    ValidatorCorrection,
    ValidatorInvoiceSearch,
)
from choruspro.operations import OPERATIONS

ANSWERS = {
    "token": {"access_token": "jeton", "token_type": "Bearer", "expires_in": 3600},
    "deposer_pdf": {"pieceJointeId": 35417001},
    "deposer_flux": {"numeroFluxDepot": "CPP0011117000000000731004"},
    "consulter_cr_detaille": {"etatCourantDepotFlux": "IN_RECU"},
    "consulter_cr": {"etatCourantFlux": "IN_INTEGRE", "fichierCR": "JVBERi0xLjQ="},
    "soumettre": {"identifiantFactureCPP": 8431777, "statutFacture": "DEPOSEE"},
    "completer": {"identifiantFactureCPP": 8431777, "dateTraitement": "2026-11-23"},
    "recycler": {"identifiantFactureCPP": 8431777, "statutFacture": "DEPOSEE"},
    "traiter_rejet": {},
    "corriger_valideur": {"idFacture": 8431777},
    "telecharger_groupe": {"fichierResultat": "JVBERi0xLjQ="},
    "ajouter_fichier": {"pieceJointeId": 35417055},
    "rechercher_fournisseur": {
        "listeFactures": [{"identifiantFactureCPP": 8431777, "statut": "DEPOSEE"}],
        "parametresRetour": {"pageCourante": 1, "pages": 1, "nbResultatsParPage": 5, "total": 1},
    },
    "consulter_fournisseur": {"facture": {"identifiantFactureCPP": 8431777}},
    "rechercher_a_traiter_fournisseur": {
        "listeFactures": [{"identifiantFactureCPP": 8431777, "statut": "BROUILLON"}],
        "parametresRetour": {"pageCourante": 1, "pages": 1, "nbResultatsParPage": 5, "total": 1},
    },
    "rechercher_a_traiter_valideur": {
        "listeFactures": [{"idFacture": 8431777, "statut": "A_VALIDER_1"}],
        "parametresRetour": {"pageCourante": 1, "pages": 1, "nbResultatsParPage": 5, "total": 1},
    },
    "rechercher_valideur": {"listeFactures": [{"idFacture": 8431777, "statut": "VALIDEE_1"}]},
    "consulter_valideur": {"facture": {"identifiantFactureCPP": 8431777}},
    "traiter_facture_a_valider": {"idFacture": 8431777, "statutFacture": "VALIDEE_1"},
    "statuts_visibles_valideur": {"listeStatutFacture": [{"codeStatutFacture": "A_VALIDER_1"}]},
    "consulter_historique": {"idFacture": 8431777},
    "structures_rechercher": {"listeStructures": [{"idStructureCPP": 25784301}]},
    "structures_consulter": {"informationGenerales": {"idStructureCPP": 25784301}},
    "structures_rechercher_services": {"listeServices": [{"idService": 1928}]},
    "coordbanc_valides": {"listeCoordonneeBancaire": [{"idCoordonneeBancaire": 88231}]},
    "tauxtva": {"listeTauxTva": [{"codeTauxTva": "TVA4", "valeurTauxTva": 20}]},
    "typespj": {"listeTypePieceJointe": [{"codeTypePieceJointe": "RIB", "typeObjet": "FACTURE"}]},
    "structures_consulter_service": {"informationsGenerales": {"codeService": "SERV"}},
    "structures_rechercher_espaces": {
        "listeEspace": [{"libelleEspace": "Factures émises", "typeHabilitation": "MODIFICATION"}]
    },
    "engagements_rechercher": {
        "listeEngagementJuridique": [{"numeroEngagementJuridique": "147853"}],
    },
    "devises": {"listeDevises": [{"codeDevise": "XPF", "libelleDevise": "Franc CFP"}]},
}


class Recorder:
    """A transport that answers each operation with its sound answer and keeps what it was sent."""

    def __init__(self):
        self.sent = {}

    def send(self, operation, _url, _headers, body, _secrets):
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
    attachment = AttachmentReference(
        attachment_id="5", label="Bon", type_code="DIVERS"
    )
    client.complete_invoice(
        InvoiceCompletion(invoice_id="8431777", attachments=(attachment,), comment="Ci-joint\n.")
    )
    client.complete_invoice(InvoiceCompletion(invoice_id="8431777", comment="Sans pièce"))
    client.recycle_invoice(
        InvoiceRecycling(
            invoice_id="8431777",
            recipient_siret="12345678200028",
            service_code="SERV",
            engagement_number="BC-1",
            contract_number="M-1",
            comment="Service corrigé",
        )
    )
    client.recycle_invoice(InvoiceRecycling(invoice_id="8431777", engagement_number="BC-1"))
    client.acknowledge_rejection("8431777", "8431778")
    client.correct_validator(
        ValidatorCorrection(invoice_id="8431777", validator_siret="12345678200119")
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
    client.search_to_handle("40012345")
    client.search_to_validate("40012345")
    client.search_as_validator(
        ValidatorInvoiceSearch(
            validator_id="40012345",
            number="F1",
            statuses=("VALIDEE_1",),
            deposited_from=date(2026, 1, 1),
            deposited_until=date(2026, 12, 31),
        )
    )
    client.read_as_validator("8431777")
    client.validate_invoice(InvoiceValidation(invoice_id="8431777", validator_id="40012345"))
    client.validate_invoice(
        InvoiceValidation(invoice_id="8431777", refusal=RefusalReason.OTHER, comment="Non\nfait")
    )
    assert client.validator_statuses() == ("A_VALIDER_1",)
    client.read_history("8431777")
    client.search_structures("12345678200028")
    client.find_structures("MAIRIE")
    client.read_structure("25784301")
    client.search_services("25784301")
    client.bank_accounts("40012345")
    client.vat_rates()
    client.currencies()
    client.attachment_types()
    client.read_service("25784301", "1928")
    client.search_commitments("40012345", "BC-7781")
    client.search_spaces("40012345")
    assert client.download_invoice("8431777") == b"%PDF-1.4"
    client.deposit_flow(FlowDeposit(content=b"<a/>", file_name="F.xml", syntax=FlowSyntax.UBL))
    client.read_flow_report("CPP0011117000000000731004")
    assert client.download_flow_report("CPP0011117000000000731004") == b"%PDF-1.4"
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
