# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""One scenario of `make chaos EDI=1`, drawn from a seed. Needs no Odoo."""

import random

from .scenario import (
    EDI_STEPS,
    EDIT,
    END_DATABASE,
    EVENTS_WITHIN_S,
    FETCH_STEPS,
    KILL,
    SENDERS,
    Event,
    Order,
    Scenario,
    Wave,
)

FORMATS = ("facturx", "ubl", "cii")
# Faults of the simulator's side of the exchange, each about one operation.
FAULTS = (
    "edi_put_cut", "edi_cut_before_rename", "edi_cut_after_rename", "edi_disk_full",
    "edi_get_cut", "edi_half_file", "edi_twice", "edi_no_report", "edi_life_before_report",
)
# Simulated seconds between two waves: a pause is over, a report is ready, patience is over.
PAUSES = (240, 2400, 90_000)


def draw(seed):
    """The scenario of a seed (a whole number): always the same one."""
    chance = random.Random(f"edi {seed}")
    formats = tuple(chance.choice(FORMATS) for _invoice in range(chance.randint(4, 8)))
    orders = [_order(chance, KILL, len(formats)) for _kill in range(chance.randint(1, 3))]
    if chance.random() < 0.5:
        orders.append(_order(chance, END_DATABASE, len(formats)))
    pauses = (0, *sorted(chance.sample(PAUSES, chance.randint(1, 3))))
    waves = tuple(_wave(chance, pause, len(formats)) for pause in pauses)
    return Scenario(seed, {}, formats, tuple(orders), waves)


def _order(chance, action, invoices):
    """A file passes each step of a put once; files are fetched and read several times."""
    step = chance.choice(EDI_STEPS)
    passes = chance.choice((1, 2, 3)) if step in FETCH_STEPS else 1
    return Order(action, step, chance.randrange(invoices), passes)


def _wave(chance, pause_s, invoices):
    faults = [
        {"name": chance.choice(FAULTS), "times": chance.choice((1, 1, 2))}
        for _fault in range(chance.randint(1, 3))
    ]
    kinds = ((KILL, SENDERS, 0.4), (END_DATABASE, SENDERS, 0.2), (EDIT, invoices, 0.4))
    events = [
        Event(chance.uniform(0, EVENTS_WITHIN_S), action, chance.randrange(targets))
        for action, targets, likely in kinds if chance.random() < likely
    ]
    return Wave(pause_s, tuple(faults), tuple(sorted(events, key=lambda event: event.at)))
