# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The operations of the API: a stable key, a path under the base address, what repeating does.

Paths are those of the AIFE Swagger files "Factures" and "Structures" 1.0.0; those of the family
"transverses" and of commitments are in the AIFE documentation and observed by clients. They are
PISTE's: the older access has them without their version, see Environment.address.
"""

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """What sending the same request twice would do."""

    QUERY = "query"  # nothing: it is repeated at once when the answer is lost
    UPLOAD = "upload"  # a file that no invoice uses: harmless, but not repeated by itself
    DEPOSIT = "deposit"  # a second invoice: repeated only when no connection could be made
    ACTION = "action"  # a second change of an invoice: likewise

    @property
    def leaves_doubt(self):
        """Whether a lost answer leaves unknown what was done."""
        return self in (Kind.DEPOSIT, Kind.ACTION)


@dataclass(frozen=True)
class Operation:
    """One call. ``key`` names its schemas too: spec/<key>.request.json and <key>.answer.json."""

    key: str
    path: str
    kind: Kind

    def __str__(self):
        return self.key


DEPOSIT_PDF = Operation("deposer_pdf", "factures/v1/deposer/pdf", Kind.UPLOAD)
DEPOSIT_FLOW = Operation("deposer_flux", "factures/v1/deposer/flux", Kind.DEPOSIT)
SUBMIT_INVOICE = Operation("soumettre", "factures/v1/soumettre", Kind.DEPOSIT)
COMPLETE_INVOICE = Operation("completer", "factures/v1/completer", Kind.ACTION)
RECYCLE_INVOICE = Operation("recycler", "factures/v1/recycler", Kind.ACTION)
ACKNOWLEDGE_REJECTION = Operation("traiter_rejet", "factures/v1/traiterRejet", Kind.ACTION)
CORRECT_VALIDATOR = Operation(
    "corriger_valideur", "factures/v1/corriger/valideur/facture", Kind.ACTION
)
SEARCH_INVOICES = Operation(
    "rechercher_fournisseur", "factures/v1/rechercher/fournisseur", Kind.QUERY
)
READ_INVOICE = Operation("consulter_fournisseur", "factures/v1/consulter/fournisseur", Kind.QUERY)
READ_HISTORY = Operation("consulter_historique", "factures/v1/consulter/historique", Kind.QUERY)
DOWNLOAD_INVOICES = Operation("telecharger_groupe", "factures/v1/telecharger/groupe", Kind.QUERY)
ADD_FILE = Operation("ajouter_fichier", "transverses/v1/ajouter/fichier", Kind.UPLOAD)
READ_FLOW_REPORT = Operation(
    "consulter_cr_detaille", "transverses/v1/consulterCRDetaille", Kind.QUERY
)
DOWNLOAD_FLOW_REPORT = Operation("consulter_cr", "transverses/v1/consulterCR", Kind.QUERY)
BANK_ACCOUNTS = Operation(
    "coordbanc_valides", "transverses/v1/recuperer/coordbanc/valides", Kind.QUERY
)
VAT_RATES = Operation("tauxtva", "transverses/v1/recuperer/tauxtva", Kind.QUERY)
CURRENCIES = Operation("devises", "transverses/v1/recuperer/devises", Kind.QUERY)
ATTACHMENT_TYPES = Operation("typespj", "transverses/v1/recuperer/typespj", Kind.QUERY)
SEARCH_STRUCTURES = Operation("structures_rechercher", "structures/v1/rechercher", Kind.QUERY)
READ_STRUCTURE = Operation("structures_consulter", "structures/v1/consulter", Kind.QUERY)
SEARCH_SERVICES = Operation(
    "structures_rechercher_services", "structures/v1/rechercher/services", Kind.QUERY
)
READ_SERVICE = Operation(
    "structures_consulter_service", "structures/v1/consulter/service", Kind.QUERY
)
SEARCH_SPACES = Operation(
    "structures_rechercher_espaces", "structures/v1/rechercher/espaces", Kind.QUERY
)
SEARCH_COMMITMENTS = Operation(
    "engagements_rechercher", "engagementsJuridiques/v1/rechercher", Kind.QUERY
)

OPERATIONS = (
    DEPOSIT_PDF,
    DEPOSIT_FLOW,
    SUBMIT_INVOICE,
    COMPLETE_INVOICE,
    RECYCLE_INVOICE,
    ACKNOWLEDGE_REJECTION,
    CORRECT_VALIDATOR,
    SEARCH_INVOICES,
    READ_INVOICE,
    READ_HISTORY,
    DOWNLOAD_INVOICES,
    ADD_FILE,
    READ_FLOW_REPORT,
    DOWNLOAD_FLOW_REPORT,
    BANK_ACCOUNTS,
    VAT_RATES,
    CURRENCIES,
    ATTACHMENT_TYPES,
    SEARCH_STRUCTURES,
    READ_STRUCTURE,
    SEARCH_SERVICES,
    READ_SERVICE,
    SEARCH_SPACES,
    SEARCH_COMMITMENTS,
)
