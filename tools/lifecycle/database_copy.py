# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""`make copy`: a database with invoices in the queue is copied, and Odoo started on the copy with
its jobs: nothing may leave from there. Neutralized, the copy holds no secret."""

import json
import re
import time
from pathlib import Path

from .. import simulator_process
from ..console import Problem, say
from ..demo import command as demo
from ..odoo import installation
from ..odoo import shell as odoo_shell
from ..processes import free_port
from ..processes import server as running_server

ORIGINAL, COPY = "chorus_pro_original", "chorus_pro_copy"
SHELL_SCRIPT = Path(__file__).with_name("in_shell.py")
INVOICES = 3
LIMIT_S = 120
JOBS = "Chorus Pro: send queued invoices", "Chorus Pro: follow invoices"
# What a deposit, or a change at Chorus Pro, begins with; the others only ask.
ACTS = ("deposer", "soumettre", "ajouter", "traiter", "completer", "recycler", "corriger")


def run(_arguments):
    """Run; returns the exit code."""
    with (installation.full() as databases, databases.home.locked("copy"),
          simulator_process.running(databases.home) as simulator):
        chorus = simulator.credentials()
        databases.fresh(ORIGINAL)
        demo.set_up_company(databases.server, ORIGINAL, "http://127.0.0.1", chorus,
                            customers=chorus["recipients"])
        numbers = odoo_shell.call(databases.server, ORIGINAL, SHELL_SCRIPT, "fill",
                                  siret=plain_recipient(chorus), invoices=INVOICES)
        databases.copy(ORIGINAL, COPY)
        asked = len(_requests(simulator))
        say("Odoo on the copy, with its jobs ...")
        run_jobs(databases, COPY)
        _expect("calls from the copy", _requests(simulator)[asked:], [])
        held = odoo_shell.call(databases.server, COPY, SHELL_SCRIPT, "states")
        _expect("submissions of the copy", held, dict.fromkeys(numbers, "queued"))
        secrets = [chorus["client_secret"], chorus["password"], chorus["client_id"],
                   chorus["login"]]
        found = odoo_shell.call(databases.server, COPY, SHELL_SCRIPT, "exposed", secrets=secrets)
        if "chorus_pro_connection" not in found:
            raise Problem("the search for secrets does not see those of the copy")
        databases.server.run("neutralize", "-d", COPY, title="neutralizing the copy",
                             log=f"{COPY}-neutralize.log")
        found = odoo_shell.call(databases.server, COPY, SHELL_SCRIPT, "exposed", secrets=secrets)
        _expect("tables of the neutralized copy with a secret", found, [])
        run_jobs(databases, COPY)
        _expect("calls from the neutralized copy", _requests(simulator)[asked:], [])
        say("Odoo on the original, with its jobs ...")
        run_jobs(databases, ORIGINAL)
        deposits = [each["operation"] for each in _requests(simulator)[asked:]
                    if each["operation"].startswith(ACTS)]
        _expect("invoices at Chorus Pro", sorted(simulator.invoices()), sorted(numbers))
        print(f"copy: invoices={len(numbers)} calls_of_copy=0 secrets_when_neutralized=0 "
              f"acts_of_original={len(deposits)}", flush=True)
    return 0


def _requests(simulator):
    return json.loads(simulator.get("requests"))


def _expect(words, found, wanted):
    if found != wanted:
        raise Problem(f"{words}: {found} instead of {wanted}")


def plain_recipient(chorus):
    """The SIRET of an active recipient that requires nothing. chorus: see
    Simulator.credentials."""
    return next(each["siret"] for each in chorus["recipients"]
                if each["active"] and not each["service_required"]
                and not each["engagement_required"]
                and not each["service_or_engagement_required"])


def run_jobs(databases, name, server=None):
    """Start Odoo on a database, until its jobs that talk to Chorus Pro have run. (Neutralizing
    stops all jobs: they are started again.) server: an OdooServer other than that of
    `databases`."""
    databases.sql("UPDATE ir_cron SET active = TRUE, nextcall = now() AT TIME ZONE 'UTC' "
                  "WHERE cron_name IN (%s, %s)", *JOBS, database=name)
    odoo, port = server or databases.server, free_port(8269)
    command = odoo.command("-d", name, "-c", odoo.home.config, "--http-port", port,
                           "--max-cron-threads", 1)
    log = odoo.home.logs / f"{name}.log"
    with running_server("Odoo", command, url=f"http://127.0.0.1:{port}/web/login", log=log,
                env=odoo.environment(), cwd=odoo.home.root):
        ends = time.monotonic() + LIMIT_S
        # A job that could send nothing is not done, and its last call not written.
        while not all(_has_run(job, log) for job in JOBS):
            if time.monotonic() > ends:
                raise Problem(f"the jobs of {name} have not run within {LIMIT_S} s")
            time.sleep(1)


def _has_run(job, log):
    return re.search(rf"Job '{re.escape(job)}' \(\d+\) (fully|partially) done",
                     log.read_text(encoding="utf-8", errors="replace"))
