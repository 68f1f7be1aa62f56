# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""`make demo`: database, simulator and Odoo side by side, and the story run on them."""

import contextlib
import json
import os
import subprocess
import time
from pathlib import Path

from .. import simulator_process
from ..console import Problem, last_line, say
from ..odoo import installation
from ..odoo.rpc import OdooSession
from ..processes import free_port, server
from .story import Story

DATABASE = "chorus_pro_demo"
OPTIONS = ("--life-pace", simulator_process.LIFE_PACE_S, "--sftp-port", 0)
PORT = 8069
ACCOUNTANT = {"login": "camille", "password": "camille"}
ADMINISTRATOR = {"login": "admin", "password": "admin"}  # Odoo's own, on a fresh database


def run(_arguments):
    """Run the demo, then stay until Ctrl-C; with EXIT=1 in the environment, end. Exit code."""
    leave = os.environ.get("EXIT", "") not in ("", "0")
    with contextlib.ExitStack() as stack:
        databases = stack.enter_context(installation.full())
        stack.enter_context(databases.home.locked("demo", busy="a demo runs already: end it first, "
                                                  "or set CHORUS_PRO_HOME to another folder"))
        simulator = stack.enter_context(simulator_process.running(databases.home, OPTIONS))
        port = _port()
        url = f"http://127.0.0.1:{port}"
        databases.fresh(DATABASE)
        set_up_company(databases.server, DATABASE, url, simulator.credentials())
        log = databases.home.logs / "demo.log"
        command = databases.server.command(
            "-d", DATABASE, "-c", databases.home.config, "--db-filter", f"^{DATABASE}$",
            "--http-port", port, "--max-cron-threads", 1)
        with server("Odoo", command, url=f"{url}/web/login", log=log,
                    env=databases.server.environment(), cwd=databases.home.root) as process:
            session = OdooSession(url, DATABASE, **ACCOUNTANT)
            administrator = OdooSession(url, DATABASE, **ADMINISTRATOR)
            story = Story(session, administrator, simulator, databases.home.python)
            story.run()
            if story.failures:
                raise Problem(f"the demo failed: {'; '.join(story.failures)} (log: {log})")
            say(f"Odoo: {url}  accountant: {ACCOUNTANT['login']} / {ACCOUNTANT['password']}  "
                f"administrator: {ADMINISTRATOR['login']} / {ADMINISTRATOR['password']}")
            say(f"simulator: {simulator.url}/_sim/invoices")
            if leave:
                say(f"all {len(story.invoices)} invoices did what they should")
                return 0
            say("Ctrl-C stops everything")
            while process.poll() is None:
                time.sleep(1)
            raise Problem(f"Odoo stopped unexpectedly: {last_line(log)} (log: {log})")


def _port():
    """The port asked for with PORT, or the next free one."""
    try:
        wanted = int(os.environ.get("PORT") or PORT)
    except ValueError as error:
        raise Problem(f"PORT={os.environ['PORT']} is not a port: give a number, as in "
                      "make demo PORT=9000") from error
    port = free_port(wanted)
    if port != wanted:
        say(f"port {wanted} is taken: Odoo will be at {port}")
    return port


def set_up_company(odoo, database, url, chorus, customers=()):
    """What the administrator does once, in Odoo's shell on `database`: see company.py."""
    say("setting up the company and its connection to Chorus Pro ...")
    settings = json.dumps({"odoo_url": url, "accountant": ACCOUNTANT, "chorus": chorus,
                           "customers": customers})
    script = Path(__file__).with_name("company.py").read_text(encoding="utf-8")
    script += f"\n\nimport json\nset_up(env, **json.loads({settings!r}))\n"
    log = odoo.home.logs / "demo-company.log"
    done = subprocess.run(
        odoo.command("shell", "-d", database, "-c", odoo.home.config, "--no-http", "--logfile",
                     log),
        input=script, capture_output=True, text=True, check=False, env=odoo.environment(),
        cwd=odoo.home.root)
    if done.returncode:
        with open(log, "a", encoding="utf-8") as stream:
            stream.write(done.stderr)
        raise Problem(f"the demo's company cannot be set up: {last_line(log)} (log: {log})")
    verdicts = [line.split("|") for line in done.stdout.splitlines() if line.count("|") == 2]
    say(f"connection test: {len(verdicts)} checks, "
        + ", ".join(f"{name} {verdict}" for verdict, name, _message in verdicts))
    errors = [f"{name}: {message}" for verdict, name, message in verdicts if verdict == "error"]
    if errors or not verdicts:
        raise Problem(f"the connection test fails: {'; '.join(errors) or 'it checked nothing'}")
