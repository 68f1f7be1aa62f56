# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Runs one bench in Odoo's Python: `python -m tools.bench.runner SETTINGS`.

SETTINGS is a JSON object: config, database, log, simulator, bench, results (path of a JSON file to
write).
"""

import contextlib
import functools
import importlib
import json
import time
from collections import Counter
from pathlib import Path

from .. import processes
from ..chaos.database import DatabaseProcess
from ..chaos.shared_memory import SharedMemory
from ..chaos.workers import Workers
from ..console import Problem
from ..oca import comparison
from ..oca.versions import VERSIONS
from ..odoo.job import DONE, OdooJob, load
from ..setup.home import ADDON
from ..simulator_process import Simulator
from . import deposit, directory, documents, edi, month, queue, scale, sync, token, triage

BENCHES = {"deposit_1000": deposit.measure,
           "directory_300": directory.measure, "documents": documents.measure,
           "edi": edi.measure,
           "month_1000": month.measure, "queue_senders": queue.measure,
           "scale": scale.measure, "sync_1000": sync.measure,
           "token": token.measure, "triage_300": triage.measure,
           **{f"oca_{version}": functools.partial(comparison.measure, version=version)
              for version in VERSIONS}}
LIMIT_S = 300
TURN_S = 0.05
CHUNK = 100
SIGN = "sender/"


class SignedSender(OdooJob):
    """The sending job in a process whose requests carry its `slot`, so that the simulator's log
    distinguishes the senders."""

    def __init__(self, registry, slot):
        super().__init__(registry, "ir_cron_send")
        client = importlib.import_module(f"odoo.addons.{ADDON}.choruspro.client").ChorusProClient
        made = client.__init__

        def signed(instance, *arguments, user_agent="", **options):
            made(instance, *arguments, user_agent=f"{user_agent} {SIGN}{slot}", **options)

        client.__init__ = signed


class Bench:
    """What a bench works with: `registry` of a fresh database with the demo's company, `database`,
    `simulator`. The registry's process opens no connection as long as senders are to be forked."""

    def __init__(self, registry, simulator):
        self.registry = registry
        self.simulator = simulator
        self.database = DatabaseProcess(registry)
        self.database.set_up(simulator.credentials())

    def queue(self, count, document_format="pdf", weight=0):
        """Post and queue that many invoices; gives the ids of their submissions. weight: see
        Database.queue."""
        rows = []
        while len(rows) < count:
            formats = [document_format] * min(CHUNK, count - len(rows))
            rows += [invoice["row"] for invoice in self.database.queue(formats, weight)]
        return rows

    @contextlib.contextmanager
    def senders(self, count):
        """That many processes that run the sending job."""
        workers = Workers(count, lambda slot: SignedSender(self.registry, slot),
                          SharedMemory(count), keep_closed=[self.database.pipe])
        try:
            yield workers
        finally:
            workers.stop()

    def send_all(self, workers, rows):
        """Let the workers run until nothing is due; returns the seconds this took.

        Raises Problem unless each is deposited, at once.
        """
        started = time.monotonic()
        while (is_due := self.database.due(rows)) or not workers.is_idle:
            if is_due:
                workers.command(())
            workers.wait(TURN_S)
            time.sleep(TURN_S)  # looking takes the processors' time too
            if time.monotonic() - started > LIMIT_S:
                raise Problem(f"{len(rows)} invoices are not sent after {LIMIT_S} s")
        seconds = time.monotonic() - started
        states = {row["state"] for row in self.database.look(rows)}
        if states != {"deposited"} or workers.answers.keys() != {DONE}:
            raise Problem(f"not all are deposited: {states}; the jobs ended {workers.answers}")
        return seconds

    def requests(self, operation=None):
        """How many requests the simulator has received since its last reset."""
        return len(self._requests(operation))

    def at_work(self, operation):
        """How many requests of an operation each sender made, by its slot."""
        agents = [request["headers"].get("User-Agent", "") for request in self._requests(operation)]
        return Counter(agent.rpartition(SIGN)[2] for agent in agents)

    def _requests(self, operation):
        query = f"?operation={operation}" if operation else ""
        return json.loads(self.simulator.get(f"requests{query}"))


def main(settings):
    """Measure, print, write; gives the exit code."""
    registry = load(settings["config"], settings["database"], settings["log"])
    bench = Bench(registry, Simulator(settings["simulator"]))
    figures = {}
    try:
        for name, values in BENCHES[settings["bench"]](bench):
            figures[name] = values
            print(f"{name}: " + " ".join(f"{key}={value}" for key, value in values.items()),
                  flush=True)
    finally:
        bench.database.stop()
    Path(settings["results"]).write_text(json.dumps(figures))
    return 0


if __name__ == "__main__":
    processes.run_program(main)
