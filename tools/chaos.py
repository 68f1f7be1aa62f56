# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""`make chaos`: senders are killed and answers lost, then Odoo and Chorus Pro are compared."""

import contextlib
import json
import os
import random

from . import setup, simulator_process
from .chaos_verdict import FOUND
from .console import Problem, say
from .home import CHECKOUT
from .processes import foreground

DATABASE = "chorus_pro_chaos"
RUNS = 20
MOST_RUNS = 10_000
# What `make test` plays: (runs, seed, sabotaged), where the sabotage must be found.
REHEARSAL = ((3, 1, False), (3, 6, True))


def run(_arguments):
    """RUNS scenarios, of the seeds SEED, SEED + 1 ...; gives the exit code.

    SEED: a whole number; drawn and printed when not given. SABOTAGE=1: look-ups are switched off
    in the senders, so that losses or duplicates must be found.
    """
    runs = _number("RUNS", RUNS, 1, MOST_RUNS)
    seed = _number("SEED", random.randrange(1_000_000), 0, 10 ** 9)
    sabotage = os.environ.get("SABOTAGE", "") not in ("", "0")
    with setup.full() as databases, stage(databases) as play:
        return play(runs, seed, sabotage)


def rehearse(databases):
    """A short run for `make test`, then one that must find something; gives the exit code."""
    with stage(databases) as play:
        for runs, seed, sabotage in REHEARSAL:
            code = play(runs, seed, sabotage)
            if code != (FOUND if sabotage else 0):
                say("chaos: failed" + (": it did not find the sabotage" if not code else ""))
                return code or 1
    say("chaos: nothing lost, and the sabotage was found")
    return 0


@contextlib.contextmanager
def stage(databases):
    """A fresh database beside a simulator; gives a function (runs, seed, sabotage) that plays
    there and gives the exit code."""
    home, server = databases.home, databases.server
    log = home.logs / "chaos.log"
    with home.locked("chaos"), simulator_process.running(home, options=()) as simulator:
        databases.fresh(DATABASE)
        log.write_text("")

        def play(runs, seed, sabotage):
            say(f"chaos: {runs} runs from seed {seed}{', sabotaged' if sabotage else ''} "
                f"(log: {log})")
            settings = {"config": str(home.config), "database": DATABASE, "log": str(log),
                        "simulator": simulator.url, "runs": runs, "seed": seed,
                        "sabotage": sabotage}
            return in_odoo(server, "tools.chaos_play", settings)

        yield play


def in_odoo(server, module, settings):
    """Run a module of this folder in Odoo's Python with its settings; gives the exit code."""
    environment = server.environment()
    environment["PYTHONPATH"] += f"{os.pathsep}{CHECKOUT}"
    return foreground([server.home.python, "-m", module, json.dumps(settings)], env=environment,
                      cwd=server.home.root)


def _number(name, default, least, most):
    text = os.environ.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        raise Problem(f"{name}={text}: give a whole number from {least} to {most}")
    return int(text)
