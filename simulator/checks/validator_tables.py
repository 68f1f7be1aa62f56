# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The requests of a validator, and the supplier's list of what waits, field by field.

Names, types and lists come from the AIFE Swagger (API Factures 1.0.0), which says of no field that
it is mandatory and gives no list for traiter/factureAValider: its actions are those of a typed
client, its lengths those of the same things elsewhere.
"""

from ..world import code_lists as lists
from .fields import CURRENT_USER, amount, flag, integer, moment, one_of, text, texts
from .query_tables import CONSULTER_FOURNISSEUR, page

RECHERCHER_A_TRAITER_FOURNISSEUR = {
    **CURRENT_USER,
    "idStructure": integer(),
    "masquerRejetee": flag(),
    "rechercheFactureATraiterParFournisseur": page(lists.TO_HANDLE_SORT_COLUMNS, maximum=True),
    "recupererTaille": flag(),
}

RECHERCHER_A_TRAITER_VALIDEUR = {
    **CURRENT_USER,
    "idStructure": integer(),
    "typeIdentifiantStructure": one_of(*lists.IDENTIFIER_TYPES),
    "identifiantStructure": text(18),
    "pagination": page(lists.TO_VALIDATE_SORT_COLUMNS),
}

RECHERCHER_VALIDEUR = {
    **CURRENT_USER,
    "typeDemandePaiement": one_of(*lists.PAYMENT_REQUESTS),
    "idDestinataire": integer(),
    "rechercheSirenDestinataire": flag(),
    "idServiceExecutant": integer(),
    "numeroFacture": text(20),
    "periodeDateDepotDu": moment(),
    "periodeDateDepotAu": moment(),
    "listeTypeFacture": texts(50),
    "listeTypeFactureTravaux": texts(50),
    "idFournisseur": integer(),
    "rechercheSirenFournisseur": flag(),
    "idServiceFournisseur": integer(),
    "idStructureValideur": integer(),
    "idStructureMoe": integer(),
    "idStructureMoa": integer(),
    "cadreFacturation": one_of(*lists.FRAMEWORKS),
    "statutCourant": texts(50),
    "periodeDateFactureDu": moment(),
    "periodeDateFactureAu": moment(),
    "montantHTMin": amount(),
    "montantHTMax": amount(),
    "montantTTCMin": amount(),
    "montantTTCMax": amount(),
    "montantAPayerMin": amount(),
    "montantAPayerMax": amount(),
    "numeroMarche": text(50),
    "numeroEngagement": text(50),
    "pagination": page(lists.AS_VALIDATOR_SORT_COLUMNS),
}

CONSULTER_VALIDEUR = {
    **CURRENT_USER,
    "identifiantFactureCPP": integer(mandatory=True),
    "codeLangue": text(2),
    "rechercheLigneTvaRecap": CONSULTER_FOURNISSEUR["getpLigneRecapTva"],
    "recherchePj": CONSULTER_FOURNISSEUR["getpListePiecesJointes"],
    "rechercheLignePoste": CONSULTER_FOURNISSEUR["getpLignesPoste"],
}

TRAITER_FACTURE_A_VALIDER = {
    "idFacture": integer(),
    "action": text(50),
    "typeValideur": text(50),
    "idValideur": integer(),
    "motifRefus": text(100),
    "complementInfo": text(2000),
}

STATUTS_VISIBLES_VALIDEUR = {**CURRENT_USER}
