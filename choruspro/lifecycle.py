# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The life of an invoice and of a flow at Chorus Pro.

Statuses may come late, be skipped or go back: nothing here enforces an order. An unknown code is
followed like a non-terminal one. Codes: AIFE Swagger "Factures" 1.0.0 (the 56 invoice statuses);
flow states: AIFE documentation and observed by clients, no list is published.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum


class Phase(Enum):
    """Where the invoice stands, for someone who waits for the payment."""

    PREPARING = "preparing"
    VALIDATION = "validation"
    TRANSIT = "transit"
    AVAILABLE = "available"
    ACTION = "action"
    APPROVED = "approved"
    PAYMENT = "payment"
    PAID = "paid"
    REJECTED = "rejected"
    ABANDONED = "abandoned"
    WORKS = "works"
    UNKNOWN = "unknown"


class Actor(Enum):
    """Who must act next."""

    SUPPLIER = "supplier"
    CHORUS = "chorus"
    RECIPIENT = "recipient"
    ACCOUNTANT = "accountant"
    VALIDATOR = "validator"
    NOBODY = "nobody"


# What the actor must do.
COMPLETE = "complete"  # send the missing document
RECYCLE = "recycle"  # correct recipient, service or engagement number
REISSUE = "reissue"  # correct, and invoice again under a new number
CORRECT_VALIDATOR = "correct_validator"  # name another validating structure
PORTAL = "portal"  # what this API has no operation for: a draft, a PDF that was read, works


@dataclass(frozen=True)
class InvoiceStatus:
    """One status: ``code`` of Chorus Pro, ``name`` for programs, ``label`` in English."""

    code: str
    name: str
    label: str
    phase: Phase
    terminal: bool
    actor: Actor
    action: str | None

    @property
    def needs_action(self):
        """True when the supplier must do something for the invoice to be paid."""
        return self.actor is Actor.SUPPLIER and self.action is not None

    @property
    def delivered(self):
        """Whether the recipient has had the invoice, by this status.

        A status counts when the recipient sets it or when it follows one that he sets (AIFE
        documentation of the life cycle): he suspends, returns and rejects what he has, and what
        is completed was suspended. Until then the invoice is a draft, at Chorus Pro, or with the
        contractor who validates it. What is abandoned, deleted or superseded may never have
        reached anybody.

        Of works, the recipient is the party to whom the document is addressed: the works
        supervisor, from whose reception the time to pay runs (article R2192-15 of the public
        procurement code), then the owner. Where the supplier named the wrong party, or the wrong
        recipient, the right one has not had it.
        """
        return self.phase in _AFTER_DELIVERY or self.code in _WITH_THE_RECIPIENT


def _status(code, name, phase, actor, action=None, terminal=False):
    label = name.replace("_", " ").capitalize().replace(" ocr", " OCR").replace(" a22", " A22")
    return InvoiceStatus(code, name, label, phase, terminal, actor, action)


_S, _C, _R = Actor.SUPPLIER, Actor.CHORUS, Actor.RECIPIENT
_A, _V, _N = Actor.ACCOUNTANT, Actor.VALIDATOR, Actor.NOBODY

# The order is the Swagger's. MOE (maître d'œuvre) is the works supervisor, MOA (maître d'ouvrage)
# the works owner; 1 and 2 are the two validators of a co-contractor's invoice.
INVOICE_STATUSES = (
    _status("BROUILLON", "draft", Phase.PREPARING, _S, PORTAL),
    _status("A_VALIDER_1", "to_validate_1", Phase.VALIDATION, _V),
    _status("ERREUR_FOURNISSEUR_SUR_VALIDEUR", "wrong_validator_by_supplier",
            Phase.VALIDATION, _S, CORRECT_VALIDATOR),
    _status("REFUSEE_1", "refused_by_validator_1", Phase.VALIDATION, _S, CORRECT_VALIDATOR),
    _status("VALIDEE_1", "validated_1", Phase.VALIDATION, _C),
    _status("ABSENCE_VALIDATION_1_HORS_DELAI", "validation_1_overdue", Phase.VALIDATION, _C),
    _status("A_VALIDER_2", "to_validate_2", Phase.VALIDATION, _V),
    _status("ERREUR_COTRAITANT_SUR_VALIDEUR", "wrong_validator_by_co_contractor",
            Phase.VALIDATION, _S, CORRECT_VALIDATOR),
    _status("REFUSEE_2", "refused_by_validator_2", Phase.VALIDATION, _S, CORRECT_VALIDATOR),
    _status("VALIDEE_2", "validated_2", Phase.VALIDATION, _C),
    _status("ABSENCE_VALIDATION_2_HORS_DELAI", "validation_2_overdue", Phase.VALIDATION, _C),
    _status("DEPOSEE", "deposited", Phase.TRANSIT, _C),
    _status("ERREUR_FOURNISSEUR_SUR_MOE", "wrong_works_supervisor_by_supplier", Phase.WORKS, _S),
    _status("EN_COURS_ACHEMINEMENT", "in_transit", Phase.TRANSIT, _C),
    _status("MISE_A_DISPOSITION", "made_available", Phase.AVAILABLE, _R),
    _status("A_RECYCLER", "to_recycle", Phase.ACTION, _S, RECYCLE),
    _status("SUSPENDUE", "suspended", Phase.ACTION, _S, COMPLETE),
    _status("REJETEE", "rejected", Phase.REJECTED, _S, REISSUE, terminal=True),
    _status("MANDATEE", "mandated", Phase.PAYMENT, _A),
    _status("MISE_EN_PAIEMENT", "payment_issued", Phase.PAID, _N, terminal=True),
    _status("COMPTABILISEE", "accounted", Phase.PAYMENT, _A),
    _status("MISE_A_DISPOSITION_COMPTABLE", "made_available_to_accountant", Phase.PAYMENT, _A),
    _status("ABANDONNEE", "abandoned", Phase.ABANDONED, _N, terminal=True),
    _status("SUPPRIMEE", "deleted", Phase.ABANDONED, _N, terminal=True),
    _status("ASSOCIEE", "associated", Phase.WORKS, _R),
    _status("EN_COURS_TRAITEMENT_PIVOT_S", "pivot_in_progress", Phase.TRANSIT, _C),
    _status("A_VALIDER_MOE", "to_validate_by_works_supervisor", Phase.WORKS, _V),
    _status("REFUSEE_MOE", "refused_by_works_supervisor", Phase.WORKS, _S, REISSUE),
    _status("EN_ATTENTE_RECYCLAGE_FOURNISSEUR", "awaiting_supplier_recycling",
            Phase.WORKS, _S, PORTAL),
    _status("ERREUR_MOE_SUR_FOURNISSEUR", "wrong_supplier_by_works_supervisor", Phase.WORKS, _V),
    _status("ERREUR_MOA_SUR_FOURNISSEUR", "wrong_supplier_by_works_owner", Phase.WORKS, _R),
    _status("INTERPRETEE_OCR", "read_by_ocr", Phase.PREPARING, _S, PORTAL),
    _status("COMPLETEE", "completed", Phase.TRANSIT, _C),
    _status("ERREUR_FOURNISSEUR_SUR_MOA", "wrong_works_owner_by_supplier", Phase.WORKS, _S),
    _status("ERREUR_MOE_SUR_MOA", "wrong_works_owner_by_works_supervisor", Phase.WORKS, _V),
    _status("ERREUR_DESTINATAIRE_PD", "wrong_recipient_of_final_account", Phase.WORKS, _S),
    _status("ERREUR_DESTINATAIRE_EA", "wrong_recipient_of_progress_statement", Phase.WORKS, _S),
    _status("SERVICE_FAIT", "service_done", Phase.APPROVED, _R),
    _status("NON_CONFORME", "non_compliant", Phase.WORKS, _S),
    _status("A_ASSOCIER_MOE", "to_associate_by_works_supervisor", Phase.WORKS, _V),
    _status("ERREUR_DE_MOE", "wrong_works_supervisor", Phase.WORKS, _S),
    _status("MISE_A_DISPOSITION_MOE", "made_available_to_works_supervisor", Phase.WORKS, _V),
    _status("PRISE_EN_COMPTE_MOE", "taken_into_account_by_works_supervisor", Phase.WORKS, _V),
    _status("A_ASSOCIER_MOA", "to_associate_by_works_owner", Phase.WORKS, _R),
    _status("ERREUR_DE_MOA", "wrong_works_owner", Phase.WORKS, _S),
    _status("REFUSEE_MOA", "refused_by_works_owner", Phase.WORKS, _S, REISSUE),
    _status("A_ASSOCIER_FOURNISSEUR", "to_associate_by_supplier", Phase.WORKS, _S),
    _status("REFUSEE_FOURNISSEUR", "refused_by_supplier", Phase.WORKS, _V),
    _status("A_COMPLETER", "to_complete", Phase.WORKS, _S, PORTAL),
    _status("TRANSMISE_MOA", "forwarded_to_works_owner", Phase.WORKS, _R),
    _status("PRISE_EN_COMPTE_DESTINATAIRE", "taken_into_account", Phase.AVAILABLE, _R),
    _status("REMPLACEE_PAR_A22", "replaced_by_a22", Phase.WORKS, _N, terminal=True),
    _status("DUPLIQUE_APRES_REFUS", "duplicated_after_refusal", Phase.WORKS, _N, terminal=True),
    _status("MISE_A_DISPOSITION_MOA", "made_available_to_works_owner", Phase.WORKS, _R),
    _status("PRISE_EN_COMPTE_MOA", "taken_into_account_by_works_owner", Phase.WORKS, _R),
    _status("TECHNIQUE_INCONNU", "technical_unknown", Phase.UNKNOWN, _C),
)

# Phases that begin once the recipient has the invoice.
_AFTER_DELIVERY = {
    Phase.AVAILABLE, Phase.ACTION, Phase.APPROVED, Phase.PAYMENT, Phase.PAID, Phase.REJECTED
}
# In the other phases: what was suspended before, and works documents that the supervisor or the
# owner has, or has passed on.
_WITH_THE_RECIPIENT = frozenset(
    """
    COMPLETEE ASSOCIEE A_VALIDER_MOE REFUSEE_MOE EN_ATTENTE_RECYCLAGE_FOURNISSEUR
    ERREUR_MOE_SUR_FOURNISSEUR ERREUR_MOA_SUR_FOURNISSEUR ERREUR_MOE_SUR_MOA NON_CONFORME
    A_ASSOCIER_MOE MISE_A_DISPOSITION_MOE PRISE_EN_COMPTE_MOE A_ASSOCIER_MOA REFUSEE_MOA
    A_ASSOCIER_FOURNISSEUR REFUSEE_FOURNISSEUR A_COMPLETER TRANSMISE_MOA MISE_A_DISPOSITION_MOA
    PRISE_EN_COMPTE_MOA
    """.split()
)

_STATUS_BY_CODE = {status.code: status for status in INVOICE_STATUSES}


def invoice_status(code):
    """The status of this code; for an unknown code, one that is called so and is not terminal."""
    known = _STATUS_BY_CODE.get(code)
    return known or InvoiceStatus(code, "unknown", code, Phase.UNKNOWN, False, _N, None)


# How far the validation of a subcontractor's or co-contractor's invoice is.
TO_VALIDATE = "to_validate"
VALIDATED = "validated"
NOT_VALIDATED = "refused"
TACIT = "tacit"  # nobody answered in time

_VALIDATION_STAGES = {
    "A_VALIDER_1": TO_VALIDATE,
    "A_VALIDER_2": TO_VALIDATE,
    "VALIDEE_1": VALIDATED,
    "VALIDEE_2": VALIDATED,
    "REFUSEE_1": NOT_VALIDATED,
    "REFUSEE_2": NOT_VALIDATED,
    "ERREUR_FOURNISSEUR_SUR_VALIDEUR": NOT_VALIDATED,
    "ERREUR_COTRAITANT_SUR_VALIDEUR": NOT_VALIDATED,
    "ABSENCE_VALIDATION_1_HORS_DELAI": TACIT,
    "ABSENCE_VALIDATION_2_HORS_DELAI": TACIT,
}


def validation_stage(code):
    """TO_VALIDATE, VALIDATED, NOT_VALIDATED or TACIT for the raw code of an invoice's status; None
    for a status that is not about its validation."""
    return _VALIDATION_STAGES.get(code)


@dataclass(frozen=True)
class FlowState:
    """State of a deposited file. ``integrated``: it made invoices; ``partial``: not all of them."""

    code: str
    name: str
    label: str
    terminal: bool
    integrated: bool = False
    partial: bool = False


FLOW_STATES = (
    FlowState("IN_DEPOT_PORTAIL_EN_ATTENTE_TRAITEMENT_SE_CPP", "deposited",
              "Deposited, waiting", False),
    FlowState("IN_RECU", "received", "Received", False),
    FlowState("IN_TRAITE_SE_CPP", "exchanged", "Through the exchange layer", False),
    FlowState("IN_EN_ATTENTE_TRAITEMENT_CPP", "waiting", "Waiting to be processed", False),
    FlowState("IN_EN_COURS_TRAITEMENT_CPP", "processing", "Being processed", False),
    FlowState("IN_EN_ATTENTE_RETRAITEMENT_CPP", "blocked", "Blocked, to be resumed by AIFE", False),
    FlowState("IN_INTEGRE", "integrated", "Integrated", True, integrated=True),
    FlowState("IN_INTEGRE_PARTIEL", "partially_integrated", "Partially integrated",
              True, integrated=True, partial=True),
    FlowState("IN_REJETE", "rejected", "Rejected", True),
    FlowState("IN_INCIDENTE", "failed", "Failed in the exchange layer", True),
    FlowState("IN_A_RELANCER", "to_restart", "To be sent again", True),
    FlowState("IN_ERREUR_INTERNE", "internal_error", "Internal error", True),
    FlowState("QP_IRRECEVABLE", "inadmissible", "Inadmissible", True),
    FlowState("QP_RECEVABLE", "admissible", "Admissible", False),
    FlowState("QP_RECEVABLE_AVEC_ERREUR", "admissible_with_errors",
              "Admissible with errors", False),
)

_FLOW_STATE_BY_CODE = {state.code: state for state in FLOW_STATES}


def flow_state(code):
    """The state of this code; for an unknown code, one that is called so and is not terminal."""
    return _FLOW_STATE_BY_CODE.get(code) or FlowState(code, "unknown", code, False)


_ASKED_AT = tuple(timedelta(minutes=minutes) for minutes in (2, 5, 15, 60))
_THEN_EVERY = timedelta(hours=1)


def next_poll_delay(attempts):
    """How long to wait (timedelta) before the next query, after so many attempts (0 or more).

    For the report of a flow and for the look-up of an uncertain deposit: 2, 5, 15 and 60 minutes
    after the deposit, then every hour.
    """
    if attempts >= len(_ASKED_AT):
        return _THEN_EVERY
    before = _ASKED_AT[attempts - 1] if attempts > 0 else timedelta(0)
    return _ASKED_AT[max(attempts, 0)] - before


# How often the status of an invoice is worth a query. One search covers all invoices of a supplier,
# so the invoice with the shortest delay decides.
FIRST_HOUR, FIRST_DAY = timedelta(hours=1), timedelta(days=1)
ON_THE_WAY_FIRST_HOUR = timedelta(minutes=5)
ON_THE_WAY_FIRST_DAY = timedelta(hours=1)
USUAL = timedelta(hours=4)
AT_THE_ACCOUNTANT = timedelta(hours=8)
# What has not moved for two months rarely moves today.
SILENT_AFTER = timedelta(days=60)
SELDOM = timedelta(days=1)
# An order to pay may be recorded after the payment (accounts kept through Hélios, AIFE
# documentation): final statuses are still queried for a while.
LINGERS_FOR = timedelta(days=30)

_ON_THE_WAY = {Phase.PREPARING, Phase.TRANSIT, Phase.UNKNOWN}


def follow_delay(status, silent_for):
    """How long to wait (timedelta) before the next query, for an invoice in this status.

    :param status: InvoiceStatus
    :param silent_for: timedelta since the invoice got it
    """
    if status.terminal or silent_for > SILENT_AFTER:
        return SELDOM
    if status.phase is Phase.PAYMENT:
        return AT_THE_ACCOUNTANT
    if status.phase in _ON_THE_WAY and silent_for < FIRST_HOUR:
        return ON_THE_WAY_FIRST_HOUR
    if status.phase in _ON_THE_WAY and silent_for < FIRST_DAY:
        return ON_THE_WAY_FIRST_DAY
    return USUAL
