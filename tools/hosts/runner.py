# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Runs two hosts in Odoo's Python: `python -m tools.hosts.runner SETTINGS`.

SETTINGS is a JSON object: config, database, log, simulator, way, invoices, restarts (whether the
database server is our own, to restart).
"""

import contextlib
import importlib
import json
import os
import re
import signal
import sys
import time
from pathlib import Path

from psycopg2.extensions import TransactionRollbackError

from .. import processes
from ..chaos.database import Database
from ..chaos.verdict import FOUND, Tally
from ..odoo.job import load
from ..setup.home import Home
from ..setup.postgres import OwnServer
from ..simulator_process import Simulator
from . import balancer

# On Linux all of 127.0.0.0/8 is this machine.
HOSTS = ("127.0.0.2", "127.0.0.3")
PORT = 8269
SENDERS = 4  # both ways, on both hosts together
CHUNK = 100
# Seconds by which the clock of each is ahead.
CLOCKS = (15, -15)
PROGRAM = Path(__file__).with_name("odoo_process.py")
CLOCK = Path(__file__).with_name("wrong_clock")
# One is killed when this part is deposited; then the database server is restarted.
KILL_AFTER, RESTART_AFTER = 1 / 3, 2 / 3
TURN_S = 0.5
# When nothing moves for so long, an hour passes: what the killed host left is looked up.
STILL_S, HOUR_S = 15, 3600
# On top of a second for each invoice.
LIMIT_S = 240
SUBMITTED = re.compile(r'"POST \S*soumettre\S* HTTP[^"]*" 200')


class Host:
    """One Odoo server at work, with a process for each that sends: threads for scheduled actions
    end with the database server. number: 1 or 2; senders: how many work at the same time; ahead_s:
    seconds by which its clock is ahead."""

    def __init__(self, number, settings, port, stack, *, senders, ahead_s):
        self.address = HOSTS[number - 1]
        self._log = Path(settings["log"]).with_name(f"hosts-{number}.log")
        path = os.pathsep.join([str(CLOCK), os.environ["PYTHONPATH"]])
        environment = {**os.environ, "PYTHONPATH": path, "CLOCK_AHEAD_S": str(ahead_s)}
        by_queue = settings["way"] == "queue_job"
        crons, workers = (1, senders) if by_queue else (senders, 1)
        load_first = ["--load", "base,rpc,web,queue_job"] if by_queue else []
        command = [sys.executable, PROGRAM, "-c", settings["config"],
                   "-d", settings["database"], "--http-interface", self.address, "--http-port",
                   port, "--workers", workers, "--max-cron-threads", crons,
                   "--log-handler", "urllib3:DEBUG", *load_first]
        self._process = stack.enter_context(processes.server(
            f"host {number}", command, url=f"http://{self.address}:{port}/web/login",
            log=self._log, env=environment, cwd=Path(settings["config"]).parent))

    def kill(self):
        """As a power cut."""
        os.killpg(self._process.pid, signal.SIGKILL)

    def submitted(self):
        """How many invoices it created at Chorus Pro and got the answer of."""
        return len(SUBMITTED.findall(self._log.read_text(encoding="utf-8", errors="replace")))


class Runner:
    """Invoices of one database, sent by whoever works on it."""

    def __init__(self, settings):
        registry = load(settings["config"], settings["database"], settings["log"])
        self._settings = settings
        self._registry = registry
        self._database = Database(registry)
        self._simulator = Simulator(settings["simulator"])
        self._rows = []

    def set_up(self):
        """The company, and as many senders as both ways have."""
        self._database.set_up(self._simulator.credentials())
        if self._settings["way"] == "scheduler":
            odoo = importlib.import_module("odoo.api")
            with self._registry.cursor() as cr:
                env = odoo.Environment(cr, odoo.SUPERUSER_ID, {})
                env["res.config.settings"].create({"chorus_pro_senders": str(SENDERS)}).execute()

    def queue(self):
        """Queue the invoices as an accountant does."""
        wanted = self._settings["invoices"]
        while len(self._rows) < wanted:
            formats = ["pdf"] * min(CHUNK, wanted - len(self._rows))
            self._rows += [each["row"] for each in self._database.queue(formats)]

    def work(self, hosts):
        """Wait until all is deposited, or the time is over; kill the first host, then restart the
        database server on the way. Gives (how many were killed, how often it was restarted)."""
        count = self._settings["invoices"]
        ends = time.monotonic() + LIMIT_S + count
        known, since, killed, restarted = 0, time.monotonic(), 0, 0
        self._wake_schedulers()
        while time.monotonic() < ends:
            deposited = self.deposited()
            if deposited >= count:
                break
            if deposited >= count * KILL_AFTER and not killed:
                hosts[0].kill()
                killed = 1
            if deposited >= count * RESTART_AFTER and self._settings["restarts"] and not restarted:
                self._restart_database()
                restarted = 1
            if deposited > known:
                known, since = deposited, time.monotonic()
            elif time.monotonic() - since > STILL_S:
                self._pass_an_hour()
                since = time.monotonic()
            time.sleep(TURN_S)
        return killed, restarted

    def judge(self):
        """The Tally of these invoices."""
        tally = Tally()
        tally.compare(self._database.look(self._rows), json.loads(self._simulator.get("invoices")))
        requests = json.loads(self._simulator.get("requests?operation=soumettre"))
        tally.repeated([request["body"]["numeroFactureSaisi"] for request in requests
                        if request["status"] == 400], explained=0)
        return tally

    def _restart_database(self):
        """Under the feet of whoever works on it."""
        importlib.import_module("odoo.sql_db").close_all()
        OwnServer(Home()).restart()

    def calls(self):
        """How many calls Chorus Pro got, by operation."""
        return json.loads(self._simulator.get("request_counts"))

    def deposited(self):
        """How many of the invoices are there, as Odoo says."""
        return sum(row["state"] == "deposited" for row in self._database.look(self._rows))

    def _pass_an_hour(self):
        """For the rows and for what is to look at them. A sender may hold one of them."""
        with contextlib.suppress(TransactionRollbackError):
            self._database.pass_time(self._rows, HOUR_S)
        with self._registry.cursor() as cr, contextlib.suppress(TransactionRollbackError):
            cr.execute("UPDATE ir_cron_trigger SET call_at = call_at - interval '1 hour'")
            if self._settings["way"] == "queue_job":
                cr.execute("UPDATE queue_job SET eta = eta - interval '1 hour' "
                           "WHERE state = 'pending'")
        self._wake_schedulers()

    def _wake_schedulers(self):
        """They sleep for a minute otherwise."""
        sql_db = importlib.import_module("odoo.sql_db")
        with sql_db.db_connect("postgres").cursor() as cr:
            cr.execute("SELECT pg_notify('cron_trigger', %s)", [self._settings["database"]])


def main(settings):
    """Send, print one line; FOUND when an invoice is lost, duplicated, or not deposited."""
    os.environ["no_proxy"] = os.environ["NO_PROXY"] = ",".join(
        [os.environ.get("no_proxy", ""), *HOSTS])
    runner = Runner(settings)
    runner.set_up()
    port = processes.free_port(PORT)
    with contextlib.ExitStack() as stack:
        # The runner of queue_job, at work on one host only, gives its jobs to both by this.
        front = stack.enter_context(balancer.running([(address, port) for address in HOSTS]))
        os.environ.update(ODOO_QUEUE_JOB_CHANNELS=f"root:{SENDERS}",
                          ODOO_QUEUE_JOB_HOST="127.0.0.1", ODOO_QUEUE_JOB_PORT=str(front))
        # One that is left does all jobs.
        senders = SENDERS if settings["way"] == "queue_job" else SENDERS // len(HOSTS)
        hosts = [Host(number, settings, port, stack, senders=senders, ahead_s=ahead_s)
                 for number, ahead_s in enumerate(CLOCKS, 1)]
        runner.queue()
        killed, restarted = runner.work(hosts)
        shares = [host.submitted() for host in hosts]
    tally = runner.judge()
    for problem in tally.problems:
        print(f"hosts: {problem}")
    print(f"hosts: way={settings['way']} invoices={tally.invoices} deposited={tally.deposited} "
          f"duplicated={tally.duplicated} lost={tally.lost + tally.stuck} "
          f"first_host={shares[0]} second_host={shares[1]} killed={killed} "
          f"restarted={restarted} clocks_apart_s={CLOCKS[0] - CLOCKS[1]}", flush=True)
    is_done = killed and restarted == settings["restarts"] and all(shares)
    return 0 if tally.is_clean and is_done else FOUND


if __name__ == "__main__":
    processes.run_program(main)
