# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The requests that change an invoice or ask for its file, field by field.

Names, types and lists come from the AIFE Swagger (API Factures 1.0.0); lengths and what is
mandatory come from the AIFE documentation.
"""

from ..world import code_lists as lists
from .fields import CURRENT_USER, group, integer, one_of, rows, text

COMPLETER = {
    **CURRENT_USER,
    "identifiantFactureCPP": integer(mandatory=True),
    "pieceJointeComplementaire": rows(
        {
            "pieceJointeComplementaireDesignation": text(100, mandatory=True),
            "pieceJointeComplementaireType": text(30, mandatory=True),
            "pieceJointeComplementaireNumeroLigneFacture": integer(),
            "pieceJointeComplementaireId": integer(mandatory=True),
        }
    ),
    "commentaire": text(2000),
}

RECYCLER = {
    **CURRENT_USER,
    "identifiantFactureCPP": integer(mandatory=True),
    "destinataire": group({"codeDestinataire": text(14), "codeServiceExecutant": text(100)}),
    "commentaire": text(2000),
    "reference": group(
        {
            "deviseFacture": text(3),
            "typeFacture": one_of("FACTURE", "AVOIR"),
            "typeTva": one_of(*lists.VAT_REGIMES),
            "motifExonerationTva": text(100),
            "numeroMarche": text(50),
            "numeroBonCommande": text(50),
            "numeroFactureOrigine": text(20),
            "modePaiement": one_of(*lists.PAYMENT_MEANS),
        }
    ),
}

CORRIGER_VALIDEUR = {
    **CURRENT_USER,
    "idFacture": integer(),
    "idStructure": integer(),
    "typeIdentifiantStructure": one_of(*lists.IDENTIFIER_TYPES),
    "identifiantStructure": text(18),
}

TELECHARGER_GROUPE = {
    **CURRENT_USER,
    "idEspace": integer(),
    "format": one_of("PDF", "PIVOT", mandatory=True),
    "avecPiecesJointesComplementaires": one_of("OUI", "NON"),
    "listeFacture": rows({"idFacture": integer(mandatory=True)}, mandatory=True),
}

TRAITER_REJET = {
    **CURRENT_USER,
    "listeDemandePaiement": rows({"idDemandePaiement": integer(mandatory=True)}, mandatory=True),
    # Of a Go client: see the switch rejection_reason
    "motifRejet": text(255),
    "cpltInfos": text(255),
}
