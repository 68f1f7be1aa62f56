# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The requests that bring something to the platform, field by field.

Names, types and lists come from the AIFE Swagger (APIs Factures and Structures 1.0.0) and, for
the API Transverses, from its clients; lengths and what is mandatory come from the AIFE
documentation.
"""

from ..world import code_lists as lists
from .fields import (
    CURRENT_USER,
    amount,
    base64_file,
    day_or_moment,
    flag,
    group,
    integer,
    moment,
    one_of,
    row_or_rows,
    rows,
    text,
)

DEPOSER_PDF = {
    **CURRENT_USER,
    "fichierFacture": base64_file(),
    "nomFichier": text(200, mandatory=True),
    "formatDepot": one_of(*lists.PDF_FORMATS, mandatory=True),
}

DEPOSER_FLUX = {
    **CURRENT_USER,
    "fichierFlux": base64_file(),
    "nomFichier": text(200, mandatory=True),
    "syntaxeFlux": one_of(*lists.FLOW_SYNTAXES, mandatory=True),
    "avecSignature": flag(),
}

CONSULTER_CR_DETAILLE = {
    **CURRENT_USER,
    "numeroFluxDepot": text(25, mandatory=True),
    "syntaxeFlux": one_of(*lists.FLOW_SYNTAXES),
}

CONSULTER_CR = {**CONSULTER_CR_DETAILLE, "dateDepot": moment()}

AJOUTER_FICHIER = {
    **CURRENT_USER,
    "pieceJointeFichier": base64_file(),
    "pieceJointeNom": text(50, mandatory=True),
    "pieceJointeExtension": text(10, mandatory=True),
    "pieceJointeTypeMime": text(255, mandatory=True),
}

SOUMETTRE = {
    **CURRENT_USER,
    "modeDepot": one_of(*lists.SUBMISSION_MODES, mandatory=True),
    # Its length and characters are business rules, with their own messages
    "numeroFactureSaisi": text(0),
    "dateFacture": day_or_moment(),
    "destinataire": group(
        {"codeDestinataire": text(14, mandatory=True), "codeServiceExecutant": text(100)},
        mandatory=True,
    ),
    "fournisseur": group(
        {
            "idFournisseur": integer(mandatory=True),
            "idServiceFournisseur": integer(),
            "codeCoordonneesBancairesFournisseur": integer(),
        },
        mandatory=True,
    ),
    "cadreDeFacturation": group(
        {
            "codeCadreFacturation": one_of(*lists.SUBMISSION_FRAMEWORKS, mandatory=True),
            "codeStructureValideur": text(18),
            "codeServiceValideur": text(100),
        },
        mandatory=True,
    ),
    "references": group(
        {
            "deviseFacture": text(3, mandatory=True),
            "typeFacture": one_of("FACTURE", "AVOIR", mandatory=True),
            "typeTva": one_of(*lists.VAT_REGIMES, mandatory=True),
            "motifExonerationTva": text(100),
            "numeroMarche": text(50),
            "numeroBonCommande": text(50),
            "numeroFactureOrigine": text(20),
            "modePaiement": one_of(*lists.PAYMENT_MEANS, mandatory=True),
        },
        mandatory=True,
    ),
    "lignePoste": rows(
        {
            "lignePosteNumero": integer(mandatory=True),
            "lignePosteReference": text(50),
            "lignePosteDenomination": text(255),
            "lignePosteQuantite": amount(),
            "lignePosteUnite": text(50),
            "lignePosteMontantUnitaireHT": amount(),
            "lignePosteMontantRemiseHT": amount(),
            "lignePosteTauxTva": text(20),
            "lignePosteTauxTvaManuel": amount(),
        }
    ),
    "ligneTva": rows(
        {
            "ligneTvaTaux": text(20),
            "ligneTvaTauxManuel": amount(),
            "ligneTvaMontantBaseHtParTaux": amount(mandatory=True),
            "ligneTvaMontantTvaParTaux": amount(mandatory=True),
        }
    ),
    "montantTotal": group(
        {
            "montantHtTotal": amount(mandatory=True),
            "montantTVA": amount(mandatory=True),
            "montantTtcTotal": amount(mandatory=True),
            "montantRemiseGlobaleTTC": amount(),
            "motifRemiseGlobaleTTC": text(255),
            "montantAPayer": amount(mandatory=True),
        },
        mandatory=True,
    ),
    "pieceJointePrincipale": row_or_rows(
        {
            "pieceJointePrincipaleDesignation": text(100, mandatory=True),
            "pieceJointePrincipaleId": integer(mandatory=True),
        }
    ),
    "pieceJointeComplementaire": rows(
        {
            "pieceJointeComplementaireDesignation": text(100, mandatory=True),
            "pieceJointeComplementaireType": text(30, mandatory=True),
            "pieceJointeComplementaireNumeroLigneFacture": integer(),
            "pieceJointeComplementaireId": integer(mandatory=True),
            "pieceJointeComplementaireIdLiaison": integer(),
        }
    ),
    "commentaire": text(2000),
}
