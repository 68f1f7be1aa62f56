# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The requests that ask the platform something, field by field.

Names, types and lists come from the AIFE Swagger (APIs Factures and Structures 1.0.0) and, for
the APIs Transverses and EngagementsJuridiques, from the AIFE documentation and from clients;
lengths and what is mandatory come from the AIFE documentation. Where the sources disagree on a
name, both are read.
"""

from ..world import code_lists as lists
from .fields import (
    CURRENT_USER,
    amount,
    flag,
    group,
    integer,
    integers,
    moment,
    one_of,
    one_of_or_number,
    rows,
    text,
    texts,
)

_DIRECTION = one_of(*lists.SORT_DIRECTIONS)


def page(columns, maximum=False):
    fields = {
        "pageResultatDemandee": integer(),
        "nbResultatsParPage": integer(),
        "triSens": _DIRECTION,
        "triColonne": one_of(*columns),
    }
    if maximum:
        fields["nbResultatsMaximum"] = integer()
    return group(fields)


def _list_page(page, size, direction, column, columns):
    """The page of one of the lists inside an answer, whose fields all have their own names."""
    return group(
        {
            page: integer(),
            size: integer(),
            direction: _DIRECTION,
            column: one_of(*columns),
        }
    )


RECHERCHER_FOURNISSEUR = {
    **CURRENT_USER,
    "listeDestinataire": rows(
        {
            "idDestinataire": integer(),
            "listeIdServiceExecutant": integers(),
            "raisonSocialeStuctDmd": text(100),
        }
    ),
    "rechercheSirenDestinataire": flag(),
    "numeroFacture": text(20),
    "periodeDateDepotDu": moment(),
    "periodeDateDepotAu": moment(),
    "typeFacture": one_of("FACTURE", "AVOIR", "ACOMPTE"),
    "idFournisseur": integer(),
    "idServiceFournisseur": integer(),
    "idStructureValideur": integer(),
    "cadreFacturation": one_of(*lists.FRAMEWORKS),
    "statutCourant": texts(50),
    "periodeDateFactureDu": moment(),
    "periodeDateFactureAu": moment(),
    "montantHTMin": amount(),
    "montantHTMax": amount(),
    "montantTTCMin": amount(),
    "montantTTCMax": amount(),
    "montantApayerMin": amount(),
    "montantApayerMax": amount(),
    "coordonneeBancaire": integer(),
    "idUtilisateurCreateur": integers(),
    "numeroMarche": text(50),
    "numeroBonCommande": text(50),
    "numeroFactureOrigine": text(20),
    "modeDepot": one_of(*lists.DEPOSIT_MODES),
    "numeroFluxDepot": text(25),
    "rechercheFactureParFournisseur": page(lists.INVOICE_SORT_COLUMNS, maximum=True),
    "recupererTaille": flag(),
    "periodeDateHeureEtatCourantDu": moment(),
    "periodeDateHeureEtatCourantAu": moment(),
    "rejetTraite": flag(),
}

_VAT_PAGE = _list_page(
    "pageResultatDemandeeListeRecapitulatifTVA",
    "nbResultatsParPageListeListeRecapitulatifTVA",
    "triSensListeRecapitulatifTVA",
    "triColonneListeRecapitulatifTVA",
    (
        "LigneTvaMontantTvaParTaux",
        "LigneTvaTauxRefCode",
        "LigneTvaTauxRefLibelle",
        "LigneTvaTauxRefValeur",
        "LigneTvaTauxManuel",
        "LigneTvaMontantBaseHtParTaux",
    ),
)
_ATTACHMENTS_PAGE = _list_page(
    "pageResultatDemandeeListePieceJointe",
    "nbResultatsParPageListePieceJointe",
    "triSensListePiecesJointes",
    "triColonneListePiecesJointes",
    (
        "PieceJointeTypeCode",
        "PieceJointeTypeLibelle",
        "PieceJointeDesignation",
        "PieceJointeNumeroLigneFacture",
        "PieceJointeExtension",
    ),
)
_LINES_PAGE = _list_page(
    "pageResultatDemandeeLignesPoste",
    "nbResultatsParPageLignesPoste",
    "triSensListeLignesPoste",
    "triColonneListeLignesPoste",
    (
        "LignePosteNumero",
        "LignePosteReference",
        "LignePosteDenomination",
        "LignePosteQuantite",
        "LignePosteUniteCode",
        "LignePosteUniteLibelle",
        "LignePosteMontantUnitaireHT",
        "LignePosteMontantRemiseHT",
        "LignePosteTauxTva",
        "LignePosteTauxTvaManuel",
        "LignePosteMontantHtApresRemise",
        "LignePosteMontantTva",
        "LignePosteMontantTtcApresRemise",
    ),
)

CONSULTER_FOURNISSEUR = {
    **CURRENT_USER,
    "identifiantFactureCPP": integer(mandatory=True),
    "codeLangue": text(2),
    # The Swagger shows names that look like leaked Java getters; typed clients send the others
    "getpLigneRecapTva": _VAT_PAGE,
    "getpListePiecesJointes": _ATTACHMENTS_PAGE,
    "getpLignesPoste": _LINES_PAGE,
    "pLigneRecapTva": _VAT_PAGE,
    "pListePiecesJointes": _ATTACHMENTS_PAGE,
    "pLignesPoste": _LINES_PAGE,
}

_ACTION_COLUMNS = ("HistoActionDateHeure", "HistoActionCode", "HistoAction")
_PERSON = ("UtilisateurPrenom", "UtilisateurNom", "UtilisateurEmail", "UtilisateurTelephone")

CONSULTER_HISTORIQUE = {
    **CURRENT_USER,
    "idFacture": integer(mandatory=True),
    "idEspace": integer(),
    "nbResultatsMaximum": integer(),
    "paramRechercheHistoStatuts": _list_page(
        "pageResultatDemandeeListeHistoStatut",
        "nbResultatsParPageListeHistoStatut",
        "triSensListeHistoStatut",
        "triColonneListeHistoStatut",
        ("HistoStatutCode", "HistoStatutDatePassage", "HistoStatutCommentaire")
        + tuple("HistoStatut" + part for part in _PERSON),
    ),
    "paramRechercheHistoEvenementsComplementaires": _list_page(
        "pageResultatDemandeeListeHistoEvenement",
        "nbResultatsParPageListeHistoEvenement",
        "triSensListeHistoEvenement",
        "triColonneListeHistoEvenement",
        ("EvenementLibelle", "EvenementQui", "EvenementDateHeure"),
    ),
    "paramRechercheHistoActionsUtilisateurs": _list_page(
        "pageResultatDemandeeListeHistoAction",
        "nbResultatsParPageListeHistoAction",
        "triSensListeHistoAction",
        "triColonneListeHistoAction",
        _ACTION_COLUMNS + tuple("HistoAction" + part for part in _PERSON),
    ),
}

STRUCTURES_RECHERCHER = {
    **CURRENT_USER,
    "structure": group(
        {
            "adresseCodePays": text(2),
            "adresseCodePostal": text(10),
            "adresseVille": text(100),
            "estMOA": flag(),
            "estMOAUniquement": flag(),
            "identifiantStructure": text(18),
            "libelleStructure": text(100),
            "nomStructure": text(100),
            "prenomStructure": text(100),
            "raisonSocialeStructure": text(100),
            "statutStructure": one_of("ACTIF", "INACTIF"),
            "typeIdentifiantStructure": one_of(*lists.IDENTIFIER_TYPES),
            "typeStructure": one_of("PRIVEE", "PUBLIQUE"),
        }
    ),
    "restreindreStructuresPrivees": flag(),
    "parametres": page(
        ("IdentifiantStructure", "DesignationStructure", "TypeIdentifiantStructure", "Statut")
    ),
}

STRUCTURES_CONSULTER = {
    **CURRENT_USER,
    "idStructureCPP": integer(mandatory=True),
    "codeLangue": text(2),
}

STRUCTURES_RECHERCHER_SERVICES = {
    **CURRENT_USER,
    "idStructure": integer(mandatory=True),
    "parametresRechercherServicesStructure": page(
        ("CodeService", "LibelleService", "DateDbtService", "DateFinService", "EstActif")
    ),
}

STRUCTURES_RECHERCHER_ESPACES = {
    **CURRENT_USER,
    "idService": integer(),
    "structure": group(
        {
            "idStructure": integer(),
            "identifiantStructure": text(18),
            "typeIdentifiantStructure": one_of(*lists.IDENTIFIER_TYPES),
        }
    ),
    "parametresRechercherEspaces": page(
        (
            "CodeService",
            "LibelleService",
            "idEspaceFo",
            "CodeEspace",
            "LibelleEspace",
            "etatCourant",
            "TypeHabilitation",
            "IdService",
        )
    ),
}

COORDBANC_VALIDES = {**CURRENT_USER, "idStructure": integer(mandatory=True)}
TAUXTVA = {**CURRENT_USER, "codeLangue": text(2)}
DEVISES = {**CURRENT_USER, "codeLangue": text(2)}
TYPESPJ = {
    **CURRENT_USER,
    "codeLangue": text(2),
    "typeObjet": one_of_or_number(*lists.ATTACHMENT_OBJECTS),
}

MODEREGLEMENTS = {**CURRENT_USER}
CADREFACTURATION = {
    **CURRENT_USER,
    "typeDemandePaiement": one_of(*lists.PAYMENT_REQUESTS),
}
PAYS = {**CURRENT_USER, "codeLangue": text(2)}
MODEDEPOT = {**CURRENT_USER}
FORMATFLUX = {**CURRENT_USER}
MOTIFS_EXONERATIONTVA = {**CURRENT_USER, "codeLangue": text(2)}
STRUCTURES_ACTIVES_FOURNISSEUR = {**CURRENT_USER}
STRUCTURES_POUR_UTILISATEUR = {**CURRENT_USER, "espaceFo": integer()}
INFORMATIONS_SIRET = {**CURRENT_USER, "siretStructure": text(14, mandatory=True)}
ANNUAIRE_DESTINATAIRE = {**CURRENT_USER}

STRUCTURES_CONSULTER_SERVICE = {
    **CURRENT_USER,
    "idService": integer(mandatory=True),
    "idStructure": integer(mandatory=True),
    "codeLangue": text(2),
}

ENGAGEMENTS_RECHERCHER = {
    **CURRENT_USER,
    "codeEngagementJuridique": text(50),
    "numeroEngagementJuridique": text(50),
    "numeroMarcheEngagementJuridique": text(50),
    # An identifier of the platform, but a text
    "structureReceptriceEngagementJuridique": text(19),
    "etatCourantEngagementJuridique": text(50),
    "periodeDateNotificationEJDu": moment(),
    "periodeDateNotificationEJAu": moment(),
    "montantTTCMin": amount(),
    "montantTTCMax": amount(),
    "parametresRecherche": page(("DateCreationEJ",)),
}
