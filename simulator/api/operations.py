# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The routes of the API: which request table and which function serve each operation.

There are two ways in: PISTE, and the older access by client certificate, whose paths are the same
without the version.
"""

from collections.abc import Callable
from dataclasses import dataclass

from ..checks import action_tables, deposit_tables, query_tables, validator_tables
from . import (
    actions,
    commitments,
    consultation,
    deposits,
    directory_queries,
    downloads,
    flows,
    reference_lists,
    search,
    structures,
    validation,
)

TOKEN_PATH = "/api/oauth/token"
API_PATH = "/cpro/"
# Production and qualification; the simulator makes no difference between them
OLDER_PATHS = ("/service/", "/service-qualif/")
TOKEN = "token"


@dataclass(frozen=True)
class Operation:
    """`run` takes (platform, supplier, request body) and gives the body of the answer."""

    key: str
    path: str
    table: dict
    run: Callable
    method: str = "POST"


def _health_check(platform, supplier, body):
    return {"body": "OK", "statusCodeValue": 200, "statusCode": "OK"}


_ALL = (
    Operation(
        "deposer_pdf", "factures/v1/deposer/pdf", deposit_tables.DEPOSER_PDF, deposits.deposer_pdf
    ),
    Operation("soumettre", "factures/v1/soumettre", deposit_tables.SOUMETTRE, deposits.soumettre),
    Operation(
        "deposer_flux", "factures/v1/deposer/flux", deposit_tables.DEPOSER_FLUX, flows.deposer_flux
    ),
    Operation("completer", "factures/v1/completer", action_tables.COMPLETER, actions.completer),
    Operation("recycler", "factures/v1/recycler", action_tables.RECYCLER, actions.recycler),
    Operation(
        "traiter_rejet",
        "factures/v1/traiterRejet",
        action_tables.TRAITER_REJET,
        actions.traiter_rejet,
    ),
    Operation(
        "corriger_valideur",
        "factures/v1/corriger/valideur/facture",
        action_tables.CORRIGER_VALIDEUR,
        actions.corriger_valideur,
    ),
    Operation(
        "rechercher_fournisseur",
        "factures/v1/rechercher/fournisseur",
        query_tables.RECHERCHER_FOURNISSEUR,
        search.rechercher_fournisseur,
    ),
    Operation(
        "consulter_fournisseur",
        "factures/v1/consulter/fournisseur",
        query_tables.CONSULTER_FOURNISSEUR,
        consultation.consulter_fournisseur,
    ),
    Operation(
        "consulter_historique",
        "factures/v1/consulter/historique",
        query_tables.CONSULTER_HISTORIQUE,
        consultation.consulter_historique,
    ),
    Operation(
        "rechercher_a_traiter_fournisseur",
        "factures/v1/rechercher/atraiter/fournisseur",
        validator_tables.RECHERCHER_A_TRAITER_FOURNISSEUR,
        validation.rechercher_a_traiter_fournisseur,
    ),
    Operation(
        "rechercher_a_traiter_valideur",
        "factures/v1/rechercher/aTraiter/valideur",
        validator_tables.RECHERCHER_A_TRAITER_VALIDEUR,
        validation.rechercher_a_traiter_valideur,
    ),
    Operation(
        "rechercher_valideur",
        "factures/v1/rechercher/valideur",
        validator_tables.RECHERCHER_VALIDEUR,
        validation.rechercher_valideur,
    ),
    Operation(
        "consulter_valideur",
        "factures/v1/consulter/valideur",
        validator_tables.CONSULTER_VALIDEUR,
        validation.consulter_valideur,
    ),
    Operation(
        "traiter_facture_a_valider",
        "factures/v1/traiter/factureAValider",
        validator_tables.TRAITER_FACTURE_A_VALIDER,
        validation.traiter_facture_a_valider,
    ),
    Operation(
        "statuts_visibles_valideur",
        "factures/v1/recuperer/statutsFactureVisibles/valideur",
        validator_tables.STATUTS_VISIBLES_VALIDEUR,
        validation.statuts_visibles_valideur,
    ),
    Operation(
        "telecharger_groupe",
        "factures/v1/telecharger/groupe",
        action_tables.TELECHARGER_GROUPE,
        downloads.telecharger_groupe,
    ),
    Operation(
        "ajouter_fichier",
        "transverses/v1/ajouter/fichier",
        deposit_tables.AJOUTER_FICHIER,
        deposits.ajouter_fichier,
    ),
    Operation(
        "consulter_cr_detaille",
        "transverses/v1/consulterCRDetaille",
        deposit_tables.CONSULTER_CR_DETAILLE,
        flows.consulter_cr_detaille,
    ),
    Operation(
        "consulter_cr",
        "transverses/v1/consulterCR",
        deposit_tables.CONSULTER_CR,
        flows.consulter_cr,
    ),
    Operation(
        "coordbanc_valides",
        "transverses/v1/recuperer/coordbanc/valides",
        query_tables.COORDBANC_VALIDES,
        reference_lists.coordbanc_valides,
    ),
    Operation(
        "tauxtva", "transverses/v1/recuperer/tauxtva", query_tables.TAUXTVA, reference_lists.tauxtva
    ),
    Operation(
        "devises", "transverses/v1/recuperer/devises", query_tables.DEVISES, reference_lists.devises
    ),
    Operation(
        "typespj", "transverses/v1/recuperer/typespj", query_tables.TYPESPJ, reference_lists.typespj
    ),
    Operation(
        "modereglements",
        "transverses/v1/recuperer/modereglements",
        query_tables.MODEREGLEMENTS,
        reference_lists.modereglements,
    ),
    Operation(
        "cadrefacturation",
        "transverses/v1/recuperer/cadrefacturation",
        query_tables.CADREFACTURATION,
        reference_lists.cadrefacturation,
    ),
    Operation("pays", "transverses/v1/recuperer/pays", query_tables.PAYS, reference_lists.pays),
    Operation(
        "modedepot",
        "transverses/v1/recuperer/modedepot",
        query_tables.MODEDEPOT,
        reference_lists.modedepot,
    ),
    Operation(
        "formatflux",
        "transverses/v1/recuperer/formatflux",
        query_tables.FORMATFLUX,
        reference_lists.formatflux,
    ),
    Operation(
        "motifs_exonerationtva",
        "transverses/v1/recuperer/motifs/exonerationtva",
        query_tables.MOTIFS_EXONERATIONTVA,
        reference_lists.motifs_exonerationtva,
    ),
    Operation(
        "structures_actives_fournisseur",
        "transverses/v1/recuperer/structures/actives/fournisseur",
        query_tables.STRUCTURES_ACTIVES_FOURNISSEUR,
        directory_queries.structures_actives_fournisseur,
    ),
    Operation(
        "structures_pour_utilisateur",
        "transverses/v1/recuperer/structuresPourUtilisateur",
        query_tables.STRUCTURES_POUR_UTILISATEUR,
        directory_queries.structures_pour_utilisateur,
    ),
    Operation(
        "informations_siret",
        "transverses/v1/consulter/information/siret",
        query_tables.INFORMATIONS_SIRET,
        directory_queries.informations_siret,
    ),
    Operation(
        "annuaire_destinataire",
        "transverses/v1/telecharger/annuaire/destinataire",
        query_tables.ANNUAIRE_DESTINATAIRE,
        directory_queries.annuaire_destinataire,
    ),
    Operation("health_check", "transverses/v1/health-check", {}, _health_check, "GET"),
    Operation(
        "structures_rechercher",
        "structures/v1/rechercher",
        query_tables.STRUCTURES_RECHERCHER,
        structures.structures_rechercher,
    ),
    Operation(
        "structures_consulter",
        "structures/v1/consulter",
        query_tables.STRUCTURES_CONSULTER,
        structures.structures_consulter,
    ),
    Operation(
        "structures_rechercher_services",
        "structures/v1/rechercher/services",
        query_tables.STRUCTURES_RECHERCHER_SERVICES,
        structures.structures_rechercher_services,
    ),
    Operation(
        "structures_consulter_service",
        "structures/v1/consulter/service",
        query_tables.STRUCTURES_CONSULTER_SERVICE,
        structures.structures_consulter_service,
    ),
    Operation(
        "structures_rechercher_espaces",
        "structures/v1/rechercher/espaces",
        query_tables.STRUCTURES_RECHERCHER_ESPACES,
        structures.structures_rechercher_espaces,
    ),
    Operation(
        "engagements_rechercher",
        "engagementsJuridiques/v1/rechercher",
        query_tables.ENGAGEMENTS_RECHERCHER,
        commitments.engagements_rechercher,
    ),
)

OPERATIONS = {operation.key: operation for operation in _ALL}
BY_PATH = {API_PATH + operation.path: operation for operation in _ALL}
BY_OLDER_PATH = {
    base + operation.path.replace("/v1/", "/"): operation
    for base in OLDER_PATHS
    for operation in _ALL
}
