# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Requests are read strictly: each offence is refused with HTTP 400 and its own number."""

import base64

import pytest

from simulator.api.operations import OPERATIONS
from simulator.world.refusals import REFUSALS

SOUMETTRE = "factures/v1/soumettre"
SEARCH = "factures/v1/rechercher/fournisseur"


def refused(response, name):
    assert response.status_code == 400
    assert response.json()["codeRetour"] == REFUSALS[name][0], response.text
    return response.json()["libelle"]


@pytest.mark.parametrize(
    "key", sorted(key for key, operation in OPERATIONS.items() if operation.method == "POST")
)
def test_every_operation_refuses_an_unknown_field(caller, key):
    response = caller.post(OPERATIONS[key].path, {"champInconnu": 1})
    assert "champInconnu" in refused(response, "unknown_field")


@pytest.mark.parametrize(
    "key",
    sorted(
        key
        for key, operation in OPERATIONS.items()
        if any(field.mandatory for field in operation.table.values())
    ),
)
def test_every_operation_refuses_a_missing_mandatory_field(caller, key):
    refused(caller.post(OPERATIONS[key].path, {}), "missing")


@pytest.mark.parametrize(
    "path, value, refusal",
    [
        ("destinataire.autre", "x", "unknown_field"),
        ("ligneTva.0.autre", 1, "unknown_field"),
        ("destinataire.codeDestinataire", ..., "missing"),
        ("destinataire.codeDestinataire", None, "missing"),
        ("destinataire.codeDestinataire", "", "missing"),
        ("montantTotal", ..., "missing"),
        ("pieceJointePrincipale.0.pieceJointePrincipaleDesignation", ..., "missing"),
        ("destinataire.codeDestinataire", 12345678200051, "wrong_type"),
        ("destinataire", [], "wrong_type"),
        ("ligneTva", {}, "wrong_type"),
        ("pieceJointePrincipale", "x", "wrong_type"),
        ("fournisseur.idFournisseur", "40012345001", "wrong_type"),
        ("fournisseur.idFournisseur", 1.5, "wrong_type"),
        ("fournisseur.idFournisseur", True, "wrong_type"),
        ("fournisseur.idFournisseur", 2**63, "wrong_type"),
        ("montantTotal.montantHtTotal", "1000.10", "wrong_type"),
        ("montantTotal.montantHtTotal", True, "wrong_type"),
        ("montantTotal.montantHtTotal", 1000.1000001, "wrong_type"),
        ("montantTotal.montantHtTotal", 10**13, "wrong_type"),
        ("dateFacture", "20/11/2026", "wrong_type"),
        ("dateFacture", "2026-02-30", "wrong_type"),
        ("dateFacture", "2026-11-20T00:00:00.000+01:00", "wrong_type"),
        ("destinataire.codeDestinataire", "1" * 15, "too_long"),
        ("destinataire.codeServiceExecutant", "S" * 101, "too_long"),
        ("references.numeroBonCommande", "B" * 51, "too_long"),
        ("references.numeroMarche", "M" * 51, "too_long"),
        ("references.numeroFactureOrigine", "F" * 21, "too_long"),
        ("references.deviseFacture", "EURO", "too_long"),
        ("commentaire", "c" * 2001, "too_long"),
        ("modeDepot", "DEPOT_PDF_PORTAIL", "not_in_list"),
        ("cadreDeFacturation.codeCadreFacturation", "A3_MEMOIRE_JUSTICE", "not_in_list"),
        ("cadreDeFacturation.codeCadreFacturation", "A1", "not_in_list"),
        ("references.typeFacture", "ACOMPTE", "not_in_list"),
        ("references.typeTva", "TVA", "not_in_list"),
        ("references.modePaiement", "CARTE", "not_in_list"),
    ],
)
def test_soumettre_is_read_strictly(caller, path, value, refusal):
    body = caller.submission(**{path.replace(".", "__"): value})
    label = refused(caller.post(SOUMETTRE, body), refusal)
    assert path.rpartition(".")[2] in label
    assert caller.numbers() == []


def test_shape_refusals_are_400_whatever_the_switch(sim, caller):
    for status in (200, 400):
        sim.control.switch(refusal_status=status)
        refused(caller.post(SEARCH, {"inconnu": 1}), "unknown_field")


@pytest.mark.parametrize(
    "body, refusal",
    [
        ({"statutCourant": "DEPOSEE"}, "wrong_type"),
        ({"statutCourant": [1]}, "wrong_type"),
        ({"periodeDateHeureEtatCourantDu": "2026-11-20T10:00:00"}, "wrong_type"),
        ({"periodeDateHeureEtatCourantDu": "2026-11-20 10:00"}, "wrong_type"),
        ({"periodeDateHeureEtatCourantDu": 1763629200000}, "wrong_type"),
        ({"recupererTaille": "true"}, "wrong_type"),
        ({"idUtilisateurCreateur": ["1"]}, "wrong_type"),
        ({"rechercheFactureParFournisseur": {"triSens": "Ascendant "}}, "not_in_list"),
        ({"rechercheFactureParFournisseur": {"triSense": "Ascendant"}}, "unknown_field"),
        ({"rechercheFactureParFournisseur": {"triColonne": "numeroFacture"}}, "not_in_list"),
        ({"rechercheFactureParFournisseur": {"nbResultatsParPage": "10"}}, "wrong_type"),
    ],
)
def test_searches_are_read_strictly(caller, body, refusal):
    refused(caller.post(SEARCH, body), refusal)


def test_null_and_the_id_of_the_user_are_accepted(caller):
    assert caller.numbers(idUtilisateurCourant=0, numeroFacture=None, page=None) == []


def test_both_spellings_of_the_pages_of_an_invoice_are_read(caller):
    invoice_id = caller.invoice()
    for name in ("getpListePiecesJointes", "pListePiecesJointes"):
        page = {"pageResultatDemandeeListePieceJointe": 1}
        caller.ok(
            "factures/v1/consulter/fournisseur", {"identifiantFactureCPP": invoice_id, name: page}
        )


@pytest.mark.parametrize("text", ["JVBERi0x\r\nLjcK", "JVBERi0", "JVBER*==", "é"])
def test_base64_is_read_strictly(caller, text):
    label = refused(caller.deposit(fichierFacture=text), "base64")
    assert "fichierFacture" in label


def test_line_feeds_in_base64_are_tolerated(caller):
    text = base64.encodebytes(b"%PDF-1.7" + b"x" * 100).decode()
    assert text.count("\n") > 1
    assert caller.deposit(fichierFacture=text).json()["codeRetour"] == 0


MANDATORY = {
    "deposer_pdf": {"fichierFacture", "nomFichier", "formatDepot"},
    "deposer_flux": {"fichierFlux", "nomFichier", "syntaxeFlux"},
    "ajouter_fichier": {
        "pieceJointeFichier",
        "pieceJointeNom",
        "pieceJointeExtension",
        "pieceJointeTypeMime",
    },
    "soumettre": {
        "modeDepot",
        "destinataire",
        "destinataire.codeDestinataire",
        "fournisseur",
        "fournisseur.idFournisseur",
        "cadreDeFacturation",
        "cadreDeFacturation.codeCadreFacturation",
        "references",
        "references.deviseFacture",
        "references.typeFacture",
        "references.typeTva",
        "references.modePaiement",
        "lignePoste.lignePosteNumero",
        "ligneTva.ligneTvaMontantBaseHtParTaux",
        "ligneTva.ligneTvaMontantTvaParTaux",
        "montantTotal",
        "montantTotal.montantHtTotal",
        "montantTotal.montantTVA",
        "montantTotal.montantTtcTotal",
        "montantTotal.montantAPayer",
        "pieceJointePrincipale.pieceJointePrincipaleDesignation",
        "pieceJointePrincipale.pieceJointePrincipaleId",
        "pieceJointeComplementaire.pieceJointeComplementaireDesignation",
        "pieceJointeComplementaire.pieceJointeComplementaireType",
        "pieceJointeComplementaire.pieceJointeComplementaireId",
    },
    "rechercher_fournisseur": set(),
    "consulter_fournisseur": {"identifiantFactureCPP"},
    "consulter_historique": {"idFacture"},
    "rechercher_a_traiter_fournisseur": set(),
    "rechercher_a_traiter_valideur": set(),
    "rechercher_valideur": set(),
    "consulter_valideur": {"identifiantFactureCPP"},
    "traiter_facture_a_valider": set(),
    "statuts_visibles_valideur": set(),
    "completer": {
        "identifiantFactureCPP",
        "pieceJointeComplementaire.pieceJointeComplementaireDesignation",
        "pieceJointeComplementaire.pieceJointeComplementaireType",
        "pieceJointeComplementaire.pieceJointeComplementaireId",
    },
    "recycler": {"identifiantFactureCPP"},
    "corriger_valideur": set(),
    "traiter_rejet": {"listeDemandePaiement", "listeDemandePaiement.idDemandePaiement"},
    "consulter_cr_detaille": {"numeroFluxDepot"},
    "consulter_cr": {"numeroFluxDepot"},
    "coordbanc_valides": {"idStructure"},
    "tauxtva": set(),
    "devises": set(),
    "typespj": set(),
    "modereglements": set(),
    "cadrefacturation": set(),
    "pays": set(),
    "modedepot": set(),
    "formatflux": set(),
    "motifs_exonerationtva": set(),
    "structures_actives_fournisseur": set(),
    "structures_pour_utilisateur": set(),
    "informations_siret": {"siretStructure"},
    "annuaire_destinataire": set(),
    "engagements_rechercher": set(),
    "structures_consulter_service": {"idService", "idStructure"},
    "telecharger_groupe": {"format", "listeFacture", "listeFacture.idFacture"},
    "structures_rechercher": set(),
    "structures_consulter": {"idStructureCPP"},
    "structures_rechercher_services": {"idStructure"},
    "structures_rechercher_espaces": set(),
    "health_check": set(),
}


def mandatory(table, path=""):
    found = {path + name for name, field in table.items() if field.mandatory}
    for name, field in table.items():
        found |= mandatory(field.fields, f"{path}{name}.")
    return found


def test_what_is_mandatory_is_what_is_documented():
    assert {key: mandatory(row.table) for key, row in OPERATIONS.items()} == MANDATORY
