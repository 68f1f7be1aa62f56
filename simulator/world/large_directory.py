# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Many public structures: every combination of what they demand, their services and their state.

They are made from their rank, always the same. Their SIRETs are valid for Luhn's algorithm.
"""

from itertools import cycle, islice, product

from .directory import Service, Structure

_FIRST_STRUCTURE_ID = 42_000_000_000
_FIRST_SERVICE_ID = 61_000_000_000
_SERVICE_IDS = 1000  # kept for each structure

DEMANDS = {
    "nothing": {},
    "service": {"service_required": True},
    "engagement": {"engagement_required": True},
    "either": {"service_or_engagement_required": True},
    "both": {"service_required": True, "engagement_required": True},
    # The services say themselves that they demand an engagement number
    "per_service": {"service_required": True},
}
STATES = {
    "plain": {},
    "inactive": {"active": False},
    "unpaid": {"payment_reported": False},
    "works_owner": {"works_owner_only": True},
    "duplicate": {},  # the next structure is the same entity
    "same_siret": {},  # it has the SIRET of the structure before
}
_ODD = (
    ("FERME", "Service fermé", {"active": False}),
    ("FACTURES_PUBLIQUES", "Factures entre entités publiques", {}),
)
_DATED = (
    ("FINIT_DEMAIN", "Service qui ferme demain", {"closes": 1}),
    ("FINI_HIER", "Service fermé hier", {"closes": -1}),
    ("OUVRE_DEMAIN", "Service qui ouvre demain", {"opens": 1}),
)
# kind: (plain services, others)
SERVICES = {"none": (0, ()), "few": (2, _ODD), "dated": (1, _DATED), "many": (40, _ODD)}
_MORE_THAN_A_PAGE = 120  # instead of 40, once in ten

COMBINATIONS = tuple(
    (demand, services, state)
    for services, demand, state in product(SERVICES, DEMANDS, STATES)
    # A service cannot be demanded where there is none
    if services != "none" or "service_required" not in DEMANDS[demand]
)


def large_directory(size):
    """`size` structures; each combination is there when it is at least len(COMBINATIONS)."""
    return tuple(
        _structure(rank, *combination, has_next=rank + 1 < size)
        for rank, combination in enumerate(islice(cycle(COMBINATIONS), size))
    )


def _structure(rank, demand, services, state, has_next):
    same_entity = (_FIRST_STRUCTURE_ID + rank + 1,) if state == "duplicate" and has_next else ()
    return Structure(
        _FIRST_STRUCTURE_ID + rank,
        _siret(rank - 1 if state == "same_siret" else rank),
        f"COMMUNE {rank:05} ({demand}, {services}, {state})".upper(),
        services=tuple(_services(rank, services, demand == "per_service")),
        duplicates=same_entity,
        **DEMANDS[demand],
        **STATES[state],
    )


def _siret(rank):
    digits = f"2{rank:08}0001"
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 if place % 2 else 2)
        total += value - 9 if value > 9 else value
    return digits + str(-total % 10)


def _services(rank, kind, engagement_required):
    count, others = SERVICES[kind]
    if kind == "many" and rank % 10 == 0:
        count = _MORE_THAN_A_PAGE
    plain = [(f"SERVICE_{number:03}", f"Service {number:03}", {}) for number in range(count)]
    for number, (code, label, options) in enumerate((*plain, *others)):
        service_id = _FIRST_SERVICE_ID + rank * _SERVICE_IDS + number
        yield Service(service_id, code, label, engagement_required=engagement_required, **options)
