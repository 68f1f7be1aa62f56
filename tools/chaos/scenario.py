# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""One scenario of `make chaos`: what goes wrong and when, drawn from a seed. Needs no Odoo."""

import random
from dataclasses import dataclass

# The steps of sending at which a sender may end, in their order.
STEPS = ("before_row", "after_row", "during_post", "after_answer", "before_commit")
# Those of an exchange of files: of a put, of a fetch, and of reading what was fetched.
PUT_STEPS = ("before_row", "after_row", "during_put", "before_rename", "after_rename",
             "before_commit")
FETCH_STEPS = ("during_get", "before_keep", "after_keep", "during_read", "after_batch")
EDI_STEPS = (*PUT_STEPS, *FETCH_STEPS)
KILL = "kill"
KILL_MIDWAY = "kill_midway"    # with half of the request sent
END_DATABASE = "end_database"  # PostgreSQL closes the sender's connection, the sender survives
EDIT = "edit"                  # an accountant writes a note on an invoice
POISON = "poison"              # making the document of an invoice ends its sender, each time
DOCUMENT = "document"          # where that happens; no step, for no other order is given there
TOGETHER = "together"          # among invoices that are read together, by the hundred for files
# After so many senders in a row an invoice may be set aside: it says so, and a person must act.
MOST_UNFINISHED = 3
ODD_TEXT = "odd_text"          # fault of the simulator: a text that no database can hold
# Formats that an invoice may be sent in.
FORMATS = ("pdf", "facturx", "ubl")
SENDERS = 4
DEPOSITS = ("soumettre", "soumettre", "deposer_pdf", "deposer_flux", "deposer_flux")
QUERIES = ("rechercher_fournisseur", "structures_rechercher", "structures_consulter", "tauxtva",
           "consulter_cr_detaille")
# (fault of the simulator, its options, operations). Twice 401 is an account that is refused.
FAULTS = (
    ("connection_refused_like", {}, DEPOSITS + QUERIES),
    ("unauthorized_once", {}, DEPOSITS + QUERIES),
    ("rate_limited", {"retry_after": 60}, DEPOSITS + QUERIES),
    ("bad_gateway", {}, DEPOSITS + QUERIES),
    ("maintenance_page", {}, DEPOSITS + QUERIES),
    ("lost_answer", {}, DEPOSITS + QUERIES),
    ("lost_answer", {}, ("soumettre", "deposer_flux")),
    ("bad_gateway_after", {}, DEPOSITS + QUERIES),
    ("truncated_json", {}, DEPOSITS + QUERIES),
    ("slow", {"seconds": 0.3}, DEPOSITS + QUERIES),
    ("half_answer", {}, DEPOSITS),
    ("spurious_invalid_client", {}, ("token",)),
)
# Chorus Pro says that it has a number that it does not have: only a person can settle that.
RARE_FAULT = ("duplicate_deposit", {}, ("soumettre",))
RARE = 0.03
POISONED = 0.6
KILLED_TOGETHER = 0.4
# Simulated seconds that pass between two waves: the first look-ups, the patience, a day.
PAUSES = (180, 2400, 90_000)
# A file holds this many invoices at most, so that a run has several files.
FILE_MOST = 3
EVENTS_WITHIN_S = 0.8


@dataclass(frozen=True)
class Order:
    """What happens to the sender that passes `step` for the invoice `rank` of the run the
    `passes`-th time, counted over all senders."""

    action: str
    step: str
    rank: int
    passes: int


@dataclass(frozen=True)
class Event:
    """What is done from outside, `at` seconds after its wave began, to the sender `target`; by
    EDIT to the invoice `target`."""

    at: float
    action: str
    target: int


@dataclass(frozen=True)
class Wave:
    """A time in which things go wrong; before it `pause_s` simulated seconds pass. `faults`:
    arguments of the simulator's order, armed at its beginning."""

    pause_s: int
    faults: tuple
    events: tuple


@dataclass(frozen=True)
class Scenario:
    """`formats`: that of each invoice, one per invoice. `switches`: sides that
    the simulator takes where the sources about Chorus Pro disagree. `odd`: ranks of the invoices
    about which Chorus Pro sends text that cannot be stored."""

    seed: int
    switches: dict
    formats: tuple
    orders: tuple
    waves: tuple
    odd: tuple = ()

    @property
    def kills(self):
        """How many senders this may end, besides those that poison ends."""
        orders = sum(order.action in (KILL, KILL_MIDWAY) for order in self.orders)
        return orders + sum(event.action == KILL for wave in self.waves for event in wave.events)

    def can_be_set_aside(self, rank):
        """Whether the invoice of this rank may end as one that ended its sender too often.

        A poisoned one does. Another one of its format shares its file until each travels alone: it
        has all but the last attempt of it, and those that a kill or the loss of the database left
        unfinished. As PDF they share the first attempt only, when they are read together.
        """
        poisoned = [order.rank for order in self.orders if order.action == POISON]
        if rank in poisoned:
            return True
        ended = sum(order.action == END_DATABASE for order in self.orders)
        shared = any(self.formats[other] == self.formats[rank] for other in poisoned)
        most = 1 if self.formats[rank] == "pdf" else MOST_UNFINISHED - 1
        together = most if shared else 0
        return self.kills + ended + together >= MOST_UNFINISHED


def draw(seed):
    """The scenario of a seed (a whole number): always the same one."""
    chance = random.Random(seed)
    formats = tuple(chance.choice(FORMATS) for _invoice in range(chance.randint(5, 10)))
    orders = [_kill(chance, len(formats)) for _kill_ in range(chance.randint(1, 3))]
    if chance.random() < 0.5:
        orders.append(_order(chance, END_DATABASE, len(formats)))
    pauses = (0, *chance.sample(PAUSES, chance.randint(0, 2)))
    switches = {"empty_search": chance.choice((0, 20000))}
    waves = tuple(_wave(chance, pause, len(formats)) for pause in pauses)
    # Drawn apart, so that a seed still means what it meant before there was poison.
    chance = random.Random(f"poison {seed}")
    if chance.random() < POISONED:
        orders.append(Order(POISON, DOCUMENT, chance.randrange(len(formats)), 1))
    odd = chance.sample(range(len(formats)), chance.randint(0, 2))
    if chance.random() < KILLED_TOGETHER:
        orders.append(Order(KILL, TOGETHER, chance.randrange(len(formats)), 1))
    return Scenario(seed, switches, formats, tuple(orders), waves, tuple(odd))


def _kill(chance, invoices):
    order = _order(chance, KILL, invoices)
    if order.step == "during_post" and chance.random() < 0.3:
        return Order(KILL_MIDWAY, order.step, order.rank, order.passes)
    return order


def _order(chance, action, invoices):
    """An invoice that is sent alone passes each step twice, for its PDF and for itself, more after
    a failure; the outcome is written down once."""
    step = chance.choice(STEPS)
    passes = 1 if step == "before_commit" else chance.choice((1, 2, 2, 2, 3))
    return Order(action, step, chance.randrange(invoices), passes)


def _wave(chance, pause_s, invoices):
    faults = [_fault(chance) for _fault_ in range(chance.randint(1, 4))]
    kinds = ((KILL, SENDERS, 0.5), (END_DATABASE, SENDERS, 0.25), (EDIT, invoices, 0.5))
    events = [Event(chance.uniform(0, EVENTS_WITHIN_S), action, chance.randrange(targets))
              for action, targets, likely in kinds if chance.random() < likely]
    return Wave(pause_s, tuple(faults), tuple(sorted(events, key=lambda event: event.at)))


def _fault(chance):
    rare = chance.random() < RARE
    name, options, operations = RARE_FAULT if rare else chance.choice(FAULTS)
    return {"name": name, "operation": chance.choice(operations), **options,
            "times": chance.choice((1, 1, 1, 2))}
