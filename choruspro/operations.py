# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The operations of the API: a stable key, a path under the base address, the effect of repeating.

Paths are those of the AIFE Swagger files "Factures" and "Structures" 1.0.0; those of the family
"transverses" and of commitments are in the AIFE documentation and observed by clients. They are
PISTE's: the older access has them without their version, see Environment.address.
"""

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """The effect of sending the same request twice."""

    QUERY = "query"  # nothing: it is repeated at once when the answer is lost
    UPLOAD = "upload"  # a file that no invoice uses: harmless, but not repeated automatically
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


def _query(key, path):
    return Operation(key, path, Kind.QUERY)


DEPOSIT_PDF = Operation("deposer_pdf", "factures/v1/deposer/pdf", Kind.UPLOAD)
DEPOSIT_FLOW = Operation("deposer_flux", "factures/v1/deposer/flux", Kind.DEPOSIT)
SUBMIT_INVOICE = Operation("soumettre", "factures/v1/soumettre", Kind.DEPOSIT)
COMPLETE_INVOICE = Operation("completer", "factures/v1/completer", Kind.ACTION)
RECYCLE_INVOICE = Operation("recycler", "factures/v1/recycler", Kind.ACTION)
ACKNOWLEDGE_REJECTION = Operation("traiter_rejet", "factures/v1/traiterRejet", Kind.ACTION)
CORRECT_VALIDATOR = Operation(
    "corriger_valideur", "factures/v1/corriger/valideur/facture", Kind.ACTION
)
SEARCH_INVOICES = _query("rechercher_fournisseur", "factures/v1/rechercher/fournisseur")
READ_INVOICE = _query("consulter_fournisseur", "factures/v1/consulter/fournisseur")
SEARCH_TO_HANDLE = _query(
    "rechercher_a_traiter_fournisseur", "factures/v1/rechercher/atraiter/fournisseur"
)
# As a main contractor, who validates what subcontractors and co-contractors deposit
SEARCH_TO_VALIDATE = _query(
    "rechercher_a_traiter_valideur", "factures/v1/rechercher/aTraiter/valideur"
)
SEARCH_AS_VALIDATOR = _query("rechercher_valideur", "factures/v1/rechercher/valideur")
READ_AS_VALIDATOR = _query("consulter_valideur", "factures/v1/consulter/valideur")
VALIDATE_INVOICE = Operation(
    "traiter_facture_a_valider", "factures/v1/traiter/factureAValider", Kind.ACTION
)
VALIDATOR_STATUSES = _query(
    "statuts_visibles_valideur", "factures/v1/recuperer/statutsFactureVisibles/valideur"
)
READ_HISTORY = _query("consulter_historique", "factures/v1/consulter/historique")
DOWNLOAD_INVOICES = _query("telecharger_groupe", "factures/v1/telecharger/groupe")
ADD_FILE = Operation("ajouter_fichier", "transverses/v1/ajouter/fichier", Kind.UPLOAD)
READ_FLOW_REPORT = _query("consulter_cr_detaille", "transverses/v1/consulterCRDetaille")
DOWNLOAD_FLOW_REPORT = _query("consulter_cr", "transverses/v1/consulterCR")
BANK_ACCOUNTS = _query("coordbanc_valides", "transverses/v1/recuperer/coordbanc/valides")
VAT_RATES = _query("tauxtva", "transverses/v1/recuperer/tauxtva")
CURRENCIES = _query("devises", "transverses/v1/recuperer/devises")
ATTACHMENT_TYPES = _query("typespj", "transverses/v1/recuperer/typespj")
SEARCH_STRUCTURES = _query("structures_rechercher", "structures/v1/rechercher")
READ_STRUCTURE = _query("structures_consulter", "structures/v1/consulter")
SEARCH_SERVICES = _query("structures_rechercher_services", "structures/v1/rechercher/services")
READ_SERVICE = _query("structures_consulter_service", "structures/v1/consulter/service")
SEARCH_SPACES = _query("structures_rechercher_espaces", "structures/v1/rechercher/espaces")
SEARCH_COMMITMENTS = _query("engagements_rechercher", "engagementsJuridiques/v1/rechercher")

OPERATIONS = tuple(each for each in vars().values() if isinstance(each, Operation))
