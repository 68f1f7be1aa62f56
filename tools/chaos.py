# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""`make chaos`: senders are killed and answers lost, then Odoo and Chorus Pro are compared."""

import json
import os
import random

from . import setup, simulator_process
from .console import Problem, say
from .home import CHECKOUT
from .processes import foreground

DATABASE = "chorus_pro_chaos"
RUNS = 20
MOST_RUNS = 10_000


def run(_arguments):
    """RUNS scenarios, of the seeds SEED, SEED + 1 ...; gives the exit code.

    SEED: a whole number; drawn and printed when not given. SABOTAGE=1: look-ups are switched off
    in the senders, so that losses or duplicates must be found.
    """
    runs = _number("RUNS", RUNS, 1, MOST_RUNS)
    seed = _number("SEED", random.randrange(1_000_000), 0, 10 ** 9)
    sabotage = os.environ.get("SABOTAGE", "") not in ("", "0")
    with setup.full() as databases, databases.home.locked("chaos"):
        return play(databases, runs, seed, sabotage)


def play(databases, runs, seed, sabotage=False):
    """The same on Databases that are there; gives the exit code, 0 when nothing was lost."""
    home = databases.home
    log = home.logs / "chaos.log"
    log.write_text("")
    say(f"chaos: {runs} runs from seed {seed}{', sabotaged' if sabotage else ''} (log: {log})")
    with simulator_process.running(home, options=()) as simulator:
        databases.fresh(DATABASE)
        settings = {"config": str(home.config), "database": DATABASE, "log": str(log),
                    "simulator": simulator.url, "runs": runs, "seed": seed, "sabotage": sabotage}
        return in_odoo(databases.server, "tools.chaos_play", settings)


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
