# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Runs scenarios of `make chaos` in Odoo's Python: `python -m tools.chaos.runner SETTINGS`.

SETTINGS is a JSON object: config, database, log, simulator, runs, seed, sabotage.
"""

import json
import time

from .. import processes
from ..console import Problem, say
from ..odoo.job import FAILED, load
from ..simulator_process import Simulator
from .database import DatabaseProcess
from .scenario import (
    DOCUMENT,
    EDIT,
    END_DATABASE,
    FILE_MOST,
    KILL,
    ODD_TEXT,
    POISON,
    SENDERS,
    STEPS,
    TOGETHER,
    draw,
)
from .sender import Sender
from .shared_memory import ELSEWHERE, SharedMemory
from .verdict import FOUND, Tally
from .workers import Workers

DAY_S = 90_000  # a bit more: what waits for a day is due
ROUNDS = 12
WORK_LIMIT_S = 90
RUN_LIMIT_S = 30  # on average
START_LIMIT_S = 120
TURN_S = 0.03


class Runner:
    """Runs on one database, one simulator and the same processes. Context manager."""

    sender = Sender
    draw = staticmethod(draw)
    # Those whose kills are counted, in the order of the report.
    places = (*STEPS, DOCUMENT, TOGETHER)

    def __init__(self, registry, simulator, sabotage=False):
        self.simulator = simulator
        self.memory = SharedMemory(SENDERS)
        self.tally = Tally()
        self._said = 0
        self.faults = {}
        self.database = DatabaseProcess(registry)
        self.workers = Workers(
            SENDERS, lambda slot: self.sender(registry, self.memory, slot, sabotage), self.memory,
            keep_closed=[self.database.pipe])
        known = simulator.credentials()
        self.database.set_up(known)
        self.database.configure(self._settings(known))

    @staticmethod
    def _settings(_known):
        """Values of the connection; `known`: what the simulator tells of itself."""
        return {"flow_most": FILE_MOST}

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.workers.stop()
        self.database.stop()

    def run(self, scenario):
        """Run one scenario and add its outcome to the tally."""
        self.simulator.post("reset")
        self.simulator.post("switches", refusal_status=400, **scenario.switches)
        invoices = self.database.queue(scenario.formats)
        rows = [invoice["row"] for invoice in invoices]
        orders = [(order, rows[order.rank]) for order in scenario.orders]
        self.memory.give(scenario.orders)
        for wave in scenario.waves:
            self._pass_time(rows, wave.pause_s)
            for fault in wave.faults:
                self.simulator.post("faults", **fault)
            self._work(rows, orders, wave.events)
        poisoned = [(order, row) for order, row in orders if order.action == POISON]
        self._be_patient(rows, poisoned)
        self._judge(scenario, rows)
        self._follow(scenario, invoices)
        for problem in self.tally.problems[self._said:]:
            say(f"seed {scenario.seed}: {problem}")
        self._said = len(self.tally.problems)
        self.database.set_aside(rows)

    def _be_patient(self, rows, poisoned):
        """No new failures, but poison stays poison; days pass until everything has settled, at most
        ROUNDS."""
        for _round in range(ROUNDS):
            if not any(self._is_waiting(row) for row in self.database.look(rows)):
                return
            self._pass_time(rows, DAY_S)
            self._work(rows, poisoned, ())

    def _follow(self, scenario, invoices):
        """Read the statuses twice; the first answer holds text that cannot be stored.

        The other invoices must be updated by the first read, all of them by the second.
        """
        rows = [invoice["row"] for invoice in invoices]
        self.simulator.delete("faults")
        odd = [invoices[rank]["number"] for rank in scenario.odd]
        for number in odd:
            self.simulator.post("faults", name=ODD_TEXT, operation="rechercher_fournisseur",
                                field="statut", of=number)
        for left_out in (odd, ()):
            before = json.loads(self.simulator.get("invoices"))
            answer = self.database.follow()
            self.workers.answers[answer] = self.workers.answers.get(answer, 0) + 1
            after = json.loads(self.simulator.get("invoices"))
            found = [row for row in self.database.look(rows) if row["name"] not in left_out]
            self.tally.follow(found, [*before, *after])
        [fault] = [each for each in json.loads(self.simulator.get("faults"))
                   if each["name"] == ODD_TEXT]
        # An invoice that Chorus Pro does not have got no odd answer.
        self._count_faults({ODD_TEXT: len(odd) - len(fault["armed"])})

    @staticmethod
    def _is_waiting(row):
        if row["state"] == "deposited":
            # Its file is not judged yet.
            return not (row["chorus_invoice_id"] or row["edi_accepted"])
        return row["state"] in ("queued", "sending", "uncertain") and not row["needs_decision"]

    def _is_due(self, rows):
        """Whether a job has to work now."""
        return self.database.due(rows)

    def _pass_time(self, rows, seconds):
        """For Odoo and for Chorus Pro. No sender is running: passing time would have ended whatever
        it waits for."""
        if seconds:
            self.database.pass_time(rows, seconds)
            self.simulator.post("clock", advance_s=seconds)

    def _work(self, rows, orders, events):
        """Let the senders run until nothing is due, while the events happen."""
        started, events = time.monotonic(), list(events)
        while True:
            is_due = self._is_due(rows)
            if is_due:
                self.workers.command(orders)
            elif self.workers.is_idle:
                return
            self.workers.wait(TURN_S)
            time.sleep(TURN_S)
            elapsed = time.monotonic() - started
            while events and events[0].at <= elapsed:
                self._happen(events.pop(0), rows)
            if elapsed > WORK_LIMIT_S:
                raise Problem(f"the senders have not finished for {WORK_LIMIT_S} s")

    def _happen(self, event, rows):
        if event.action == KILL:
            self.workers.kill(event.target)
        elif event.action == EDIT:
            self.database.edit(rows[event.target])
            self._count_faults({EDIT: 1})
        elif backend := self.memory.backend(event.target):
            self.database.end_backend(backend)
            self._count_faults({END_DATABASE: 1})

    def _count_faults(self, taken):
        for name, count in taken.items():
            self.faults[name] = self.faults.get(name, 0) + count

    def _judge(self, scenario, rows):
        ordered, left = {}, {}
        for fault in (fault for wave in scenario.waves for fault in wave.faults):
            ordered[fault["name"]] = ordered.get(fault["name"], 0) + fault["times"]
        for fault in json.loads(self.simulator.get("faults")):
            left[fault["name"]] = sum(armed["times"] for armed in fault["armed"])
        taken = {name: count - left[name] for name, count in ordered.items()}
        may_be_set_aside = [row for rank, row in enumerate(rows) if scenario.can_be_set_aside(rank)]
        ended = [order for index, order in enumerate(scenario.orders)
                 if order.action == END_DATABASE and self.memory.is_obeyed(index)]
        self._count_faults({**taken, END_DATABASE: len(ended)})
        self.tally.compare(self.database.look(rows), json.loads(self.simulator.get("invoices")),
                           may_be_set_aside)
        self.tally.repeated(self._refused(), taken.get("duplicate_deposit", 0))

    def _refused(self):
        """Numbers of the invoices whose creation Chorus Pro refused, in a call or in a file's
        report, once per refusal."""
        requests = json.loads(self.simulator.get("requests?operation=soumettre"))
        flows = json.loads(self.simulator.get("flows"))
        return [request["body"]["numeroFactureSaisi"] for request in requests
                if request["status"] == 400] + [
            error["numeroDP"] for flow in flows for error in flow["invoice_errors"]]

    def report(self, runs):
        """Print what happened; the last line is the result."""
        kills, answers, tally = self.workers.kills, self.workers.answers, self.tally
        if answers.get(FAILED):
            say(f"an exception left the job {answers[FAILED]} times: see the log")
        _line("chaos_faults", sorted(self.faults.items()))
        _line("chaos_kills", [(step, kills.get(step, 0)) for step in (*self.places, ELSEWHERE)])
        _line("chaos_jobs", sorted(answers.items()))
        _line("chaos_rows", [("deposited", tally.deposited), ("decisions", tally.decisions),
                             ("set_aside", tally.set_aside), ("followed", tally.followed)])
        _line("chaos", [("runs", runs), ("invoices", tally.invoices),
                        ("faults", sum(self.faults.values())), ("kills", sum(kills.values())),
                        ("lost", tally.lost), ("duplicated", tally.duplicated),
                        ("stuck", tally.stuck)])


def _line(name, counts):
    print(f"{name}: " + " ".join(f"{key}={count}" for key, count in counts), flush=True)


def play(settings, make=Runner):
    """Run scenarios and report; returns the exit code.

    make: Runner, or another one of its kind.
    """
    runs, seed = settings["runs"], settings["seed"]
    ends = time.monotonic() + START_LIMIT_S + RUN_LIMIT_S * runs
    registry = load(settings["config"], settings["database"], settings["log"])
    with make(registry, Simulator(settings["simulator"]), settings["sabotage"]) as runner:
        for run in range(runs):
            if time.monotonic() > ends:
                raise Problem(f"{run} of {runs} runs took {RUN_LIMIT_S} s each: too slow to go on")
            runner.run(runner.draw(seed + run))
            if (run + 1) % 10 == 0:
                say(f"{run + 1} of {runs} runs")
        runner.report(runs)
        if not runner.tally.is_clean:
            return FOUND
        return 1 if runner.workers.answers.get(FAILED) else 0


if __name__ == "__main__":
    processes.run_program(play)
