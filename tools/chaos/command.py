# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""`make chaos`: senders are killed and answers lost, then Odoo and Chorus Pro are compared."""

import os
import random

from ..console import Problem, say
from ..odoo import installation
from ..sandbox import sandbox
from .verdict import FOUND

NAME = "chaos"
RUNS = 20
MOST_RUNS = 10_000
# What `make test` runs: (runs, seed, sabotaged); a sabotage must be detected.
REHEARSAL = ((3, 1, False), (3, 6, True))


def run(_arguments):
    """RUNS scenarios, of the seeds SEED, SEED + 1 ...; gives the exit code.

    SEED: a whole number; drawn and printed when not given. SABOTAGE=1: look-ups are switched off
    in the senders, so that losses or duplicates must be found.
    """
    runs = whole_number("RUNS", RUNS, 1, MOST_RUNS)
    seed = whole_number("SEED", random.randrange(1_000_000), 0, 10 ** 9)
    sabotage = os.environ.get("SABOTAGE", "") not in ("", "0")
    with installation.full() as databases, sandbox(databases, NAME) as here:
        return _play(here, runs, seed, sabotage)


def rehearse(databases):
    """A short run for `make test`, then one that must find something; gives the exit code."""
    with sandbox(databases, NAME) as here:
        for runs, seed, sabotage in REHEARSAL:
            code = _play(here, runs, seed, sabotage)
            if code != (FOUND if sabotage else 0):
                say("chaos: failed" + (": it did not find the sabotage" if not code else ""))
                return code or 1
    say("chaos: nothing lost, and the sabotage was found")
    return 0


def _play(here, runs, seed, sabotage):
    say(f"chaos: {runs} runs from seed {seed}{', sabotaged' if sabotage else ''} "
        f"(log: {here.log})")
    return here.run("tools.chaos.runner", runs=runs, seed=seed, sabotage=sabotage)


def whole_number(name, default, least, most):
    """The whole number in the environment variable `name`, or the default; Problem for another."""
    text = os.environ.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        raise Problem(f"{name}={text}: give a whole number from {least} to {most}")
    return int(text)
