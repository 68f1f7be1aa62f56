# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""`make bench BENCH=queue_job`: the same queue, emptied by as many senders each way."""

import json

from ..chaos.command import whole_number
from ..console import Problem, say
from ..sandbox import sandbox
from .command import LATENCY_S, MOST, WAYS

NAME = "rates"
INVOICES = 400
# queue_job has to reach this part of the scheduler's rate: two runs of the same differ as much.
LEAST = 0.9


def compare(databases):
    """{name: figures} of both ways; Problem when queue_job is slower than Odoo's scheduler."""
    invoices = whole_number("INVOICES", INVOICES, 100, MOST)
    results, figures = databases.home.root / "rates.json", {}
    for way, modules in WAYS.items():
        if missing := [each for each in modules if not databases.server.has(each)]:
            raise Problem(f"there is no {', '.join(missing)}")
        with sandbox(databases, NAME, ("--latency", LATENCY_S), modules) as here:
            say(f"{invoices} invoices by {way}, every answer {LATENCY_S} s away (log: {here.log})")
            if here.run("tools.hosts.rate_runner", way=way, invoices=invoices,
                        results=str(results)):
                raise Problem(f"nothing measured by {way}")
        figures[f"senders_by_{way}"] = values = json.loads(results.read_text())
        results.unlink()
        print(f"senders_by_{way}: " + " ".join(f"{key}={value}" for key, value in values.items()),
              flush=True)
    scheduler, queue_job = (values["invoices_per_s"] for values in figures.values())
    if queue_job < LEAST * scheduler:
        raise Problem(f"queue_job sends {queue_job} invoices per s, Odoo's scheduler {scheduler}")
    return figures
