# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""How recipients treat the invoices that they get: scripted lives, step after step.

Order and habits follow AIFE's documentation of the life cycle (optional steps, accounts kept
through Hélios that report the order to pay after the payment, payments that are not reported);
the delays are made up.
"""

from dataclasses import dataclass

MINUTE, DAY = 60, 86400


@dataclass(frozen=True)
class Step:
    """`delay`: seconds after the step before; None: it waits for the supplier to act."""

    code: str
    delay: int | None
    comment: str | None = None


# (status, seconds after the deposit)
WALK = (
    ("DEPOSEE", 0),
    ("EN_COURS_ACHEMINEMENT", 60),
    ("MISE_A_DISPOSITION", 300),
    ("SERVICE_FAIT", 1 * DAY),
    ("MANDATEE", 3 * DAY),
    ("MISE_A_DISPOSITION_COMPTABLE", 5 * DAY),
    ("COMPTABILISEE", 6 * DAY),
    ("MISE_EN_PAIEMENT", 7 * DAY),
)
STANDARD = "standard"

_DELIVERED = (
    Step("DEPOSEE", 0),
    Step("EN_COURS_ACHEMINEMENT", MINUTE),
    Step("MISE_A_DISPOSITION", 4 * MINUTE),
)
_AGAIN = (Step("DEPOSEE", None), *_DELIVERED[1:])
_COMPLETED = (Step("COMPLETEE", None), Step("MISE_A_DISPOSITION", 4 * MINUTE))
_VALIDATED = (Step("VALIDEE_1", 2 * DAY), *_DELIVERED[1:])

# The validator decides within this time, else its silence is an agreement
TACIT_DELAY = 15 * DAY
TACIT = "ABSENCE_VALIDATION_1_HORS_DELAI"
VALIDATED = "validated"

LIVES = {
    STANDARD: tuple(
        Step(code, seconds - (WALK[rank - 1][1] if rank else 0))
        for rank, (code, seconds) in enumerate(WALK)
    ),
    # As the standard one, once the contractor named by the deposit has decided
    VALIDATED: (
        Step("DEPOSEE", 0),
        Step("A_VALIDER_1", MINUTE),
        Step(TACIT, TACIT_DELAY),
        Step("EN_COURS_ACHEMINEMENT", MINUTE),
        *(
            Step(code, seconds - WALK[rank][1])
            for rank, (code, seconds) in enumerate(WALK[2:], 1)
        ),
    ),
    # Reports little: no service done, no accountant's step before the payment
    "town_hall": (*_DELIVERED, Step("MANDATEE", 12 * DAY), Step("MISE_EN_PAIEMENT", 9 * DAY)),
    # Rejects the service at first, then reports every step, slowly
    "hospital": (
        *_DELIVERED,
        Step("A_RECYCLER", 2 * DAY, "Le service indiqué ne traite pas cette dépense."),
        *_AGAIN,
        Step("PRISE_EN_COMPTE_DESTINATAIRE", 2 * DAY),
        Step("SERVICE_FAIT", 10 * DAY),
        Step("MANDATEE", 15 * DAY),
        Step("COMPTABILISEE", 10 * DAY),
        Step("MISE_EN_PAIEMENT", 10 * DAY),
    ),
    "ministry": (
        *_DELIVERED,
        Step("SERVICE_FAIT", 4 * DAY),
        Step("MANDATEE", 10 * DAY),
        Step("MISE_A_DISPOSITION_COMPTABLE", 1 * DAY),
        Step("COMPTABILISEE", 3 * DAY),
        Step("MISE_EN_PAIEMENT", 5 * DAY),
    ),
    # The order to pay is reported after the payment
    "helios": (
        *_DELIVERED,
        Step("MISE_A_DISPOSITION_COMPTABLE", 10 * DAY),
        Step("MISE_EN_PAIEMENT", 6 * DAY),
        Step("MANDATEE", 1 * DAY),
    ),
    # Pays without saying so
    "silent": (*_DELIVERED, Step("MANDATEE", 20 * DAY), Step("COMPTABILISEE", 5 * DAY)),
    # Receives invoices and leaves them lying
    "forgets": _DELIVERED,
    # Suspends everything, and once more
    "suspends": (
        *_DELIVERED,
        Step("SUSPENDUE", 1 * DAY, "Bon de livraison manquant."),
        *_COMPLETED,
        Step("SUSPENDUE", 3 * DAY, "Le bon de livraison n'est pas signé."),
        *_COMPLETED,
        Step("MANDATEE", 15 * DAY),
        Step("MISE_EN_PAIEMENT", 10 * DAY),
    ),
    "rejects": (*_DELIVERED, Step("REJETEE", 5 * DAY, "Prestation non commandée.")),
    # A subcontractor's invoice goes to the contractor first
    "validates": (
        Step("DEPOSEE", 0),
        Step("A_VALIDER_1", MINUTE),
        *_VALIDATED,
        Step("MANDATEE", 20 * DAY),
        Step("MISE_EN_PAIEMENT", 10 * DAY),
    ),
    "refuses_to_validate": (
        Step("DEPOSEE", 0),
        Step("A_VALIDER_1", MINUTE),
        Step("REFUSEE_1", 2 * DAY, "Situation de travaux à revoir."),
        Step("A_VALIDER_1", None),
        *_VALIDATED,
        Step("MISE_EN_PAIEMENT", 25 * DAY),
    ),
}


def rank_of(life, code, reached):
    """Where in a life (its name) a status stands: the next one after the step `reached`, else the
    last one before it; None when this life has no such step."""
    ranks = [rank for rank, step in enumerate(LIVES[life]) if step.code == code]
    later = [rank for rank in ranks if rank > reached]
    return later[0] if later else ranks[-1] if ranks else None


def walked(life, code, pace=None):
    """Seconds from the deposit to the first step with this status, when nobody has to act before.

    ValueError names those that exist. `pace`: seconds of each step instead.
    """
    if life not in LIVES:
        raise ValueError(f"unknown life {life}; known: {', '.join(LIVES)}")
    seconds = 0
    for step in LIVES[life]:
        if step.delay is None:
            break
        seconds += step.delay if pace is None or not step.delay else pace
        if step.code == code:
            return seconds
    known = ", ".join(dict.fromkeys(step.code for step in LIVES[life]))
    raise ValueError(f"status must be one of {known}, before the supplier has to act")
