# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What following 1,000 open invoices for a month costs Chorus Pro, at the job's own cadence."""

from collections import Counter

from ..console import Problem
from ..year.population import Population

# How many invoices follow which life.
LIVES = {"ministry": 500, "town_hall": 240, "helios": 120, "silent": 80, "rejects": 30,
         "suspends": 30}
DAYS, POLLS_A_DAY = 30, 6
SEARCH, HISTORY, TOKEN = "rechercher_fournisseur", "consulter_historique", "token"


def measure(bench, lives=None):
    """Give the figures of 30 days; Problem when a status was missed or a budget is exceeded."""
    lives = lives or LIVES
    bench.simulator.post("reset")
    population, needed = Population(bench.registry, bench.simulator), Counter()
    for life, count in lives.items():
        population.arrive(count, f"{life[:4].upper()}-", life=life, status="MISE_A_DISPOSITION",
                          age_s=0)
    with population.travelling():
        before = Counter(population.requests())
        for _poll in range(DAYS * POLLS_A_DAY):
            population.advance(24 / POLLS_A_DAY)
            population.follow()
            needed += population.answer()
        asked = Counter(population.requests()) - before
        ended = population.standing()["ended"]
        histories_due = ended + sum(needed.values())
        figures = {"searches": asked[SEARCH], "histories": asked[HISTORY], "tokens": asked[TOKEN],
                   "polls": DAYS * POLLS_A_DAY, "ended": ended,
                   "needed_action": sum(needed.values())}
        if asked[HISTORY] > histories_due:
            raise Problem(f"{figures}: at most {histories_due} histories were worth a question")
        population.advance(24 / POLLS_A_DAY)
        population.follow_all()
        if differences := list(population.differences()):
            raise Problem(f"{len(differences)} differences, such as: {differences[0]}")
    yield f"month_{sum(lives.values())}", figures
