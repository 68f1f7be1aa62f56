# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Runs the year in Odoo's Python: `python -m tools.year.runner SETTINGS`.

SETTINGS is a JSON object: config, database, log, simulator, invoices, seed.
"""

import importlib
import random
import time
from unittest.mock import patch

from .. import processes
from ..chaos.database import Database
from ..console import Problem
from ..odoo.job import load
from ..setup.home import ADDON
from ..simulator_process import Simulator
from .population import Population

LIVES = ("standard", "town_hall", "hospital", "ministry", "helios", "silent", "suspends", "rejects",
         "validates", "refuses_to_validate")
DAYS, POLLS_A_DAY = 365, 6
# Small pages are paged through; on some days rows move in the meantime.
PAGE_SIZE = 50
MOVING_EVERY, MOVING_ROWS = 10, 3
SEARCH, HISTORY = "rechercher_fournisseur", "consulter_historique"


def simulate(population, simulator, invoices, seed):
    """Simulate the year and compare; returns the figures. Problem says what is wrong."""
    chance, started = random.Random(seed), time.monotonic()
    followed = 0
    for day in range(DAYS):
        simulator.post("switches", moving_rows=MOVING_ROWS if day % MOVING_EVERY == 0 else 0)
        due = invoices * (day + 1) // DAYS - followed
        if due:
            population.arrive(due, f"Y{day:03}-", life=chance.choice(LIVES), status="DEPOSEE",
                              age_s=0)
            followed += due
        for _poll in range(POLLS_A_DAY):
            population.advance(24 / POLLS_A_DAY)
            population.follow()
        population.answer()
    simulator.post("switches", moving_rows=0)
    population.advance(1)
    asked = population.requests()
    population.follow_all()
    differences = list(population.differences())
    figures = {"invoices": followed, "polls": DAYS * POLLS_A_DAY, "searches": asked.get(SEARCH, 0),
               "histories": asked.get(HISTORY, 0), **population.standing(),
               "differences": len(differences), "seconds": round(time.monotonic() - started)}
    print("year: " + " ".join(f"{key}={value}" for key, value in figures.items()), flush=True)
    if differences:
        raise Problem("; ".join(differences[:5]))


def main(settings):
    """Set up, simulate; returns the exit code."""
    registry = load(settings["config"], settings["database"], settings["log"])
    simulator = Simulator(settings["simulator"])
    Database(registry).set_up(simulator.credentials())
    population = Population(registry, simulator)
    follower = importlib.import_module(f"odoo.addons.{ADDON}.models.tracking.poll")
    with patch.object(follower, "PAGE_SIZE", PAGE_SIZE), population.travelling():
        simulate(population, simulator, settings["invoices"], settings["seed"])
    return 0


if __name__ == "__main__":
    processes.run_program(main)
