# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""`make bench`: what the add-on costs, measured on real processes, a real database and the
simulator at the far end of a slow line."""

import json
import os

from ..console import Problem, say
from ..hosts import rates
from ..oca.versions import VERSIONS
from ..odoo import installation
from ..sandbox import sandbox
from . import directory, stock

NAME = "bench"
BENCHES = (
    "deposit_1000", "directory_300", "documents", "month_1000", "queue_senders", "sync_1000",
    "token", "triage_300")
# These take long: they run only when BENCH names them.
SCALE, EDI, OCA, QUEUE_JOB = "scale", "edi", "oca", "queue_job"
# Benches that are several.
PARTS = {OCA: tuple(f"{OCA}_{version}" for version in VERSIONS)}
LATENCY_S = 0.1
# What else a bench needs. Calls that are only counted need no latency; following is compared with
# the naive way over a shorter one.
OPTIONS = {
    "directory_300": (*directory.SIMULATOR_OPTIONS, "--latency", 0),
    EDI: ("--sftp-port", 0, "--travels", "--latency", 0),
    SCALE: ("--latency", 0),
    **dict.fromkeys(PARTS[OCA], ("--latency", 0)),
    "month_1000": ("--travels", "--latency", 0.05),
    "sync_1000": ("--latency", 0.05),
}


def run(_arguments):
    """Run all benches but those that take long, or the one that BENCH names; gives the exit code.

    The scale has INVOICES in its database, 400,000 by default; EDI sends 10,000 by default,
    the import from the OCA connector takes over 2,000 in the shape of each of its versions;
    queue_job and Odoo's scheduler each send 400.

    Prints one line per figure, `name: key=value ...`, and writes the same to bench.json in the
    cache folder.
    """
    wanted = os.environ.get("BENCH")
    known = (*BENCHES, SCALE, EDI, OCA, QUEUE_JOB)
    if wanted and wanted not in known:
        raise Problem(f"no bench {wanted}: BENCH is one of {', '.join(known)}")
    with installation.full(oca=wanted == QUEUE_JOB) as databases:
        if wanted == QUEUE_JOB:
            figures = rates.compare(databases)
        else:
            figures = _measure(databases, PARTS.get(wanted) or ([wanted] if wanted else BENCHES))
        results = databases.home.root / "bench.json"
        results.write_text(json.dumps(figures, indent=1) + "\n")
    return 0


def _measure(databases, benches):
    """{name: figures} of these benches."""
    figures, part = {}, databases.home.root / "bench.part.json"
    for bench in benches:
        # Each bench starts from nothing.
        options = OPTIONS.get(bench, ("--latency", LATENCY_S))
        with sandbox(databases, NAME, options) as here:
            say(f"bench {bench}, every answer {options[-1]} s away (log: {here.log})")
            if here.run("tools.bench.runner", bench=bench, results=str(part)):
                raise Problem(f"bench {bench} failed")
        figures |= json.loads(part.read_text())
        part.unlink()
        if bench == SCALE:
            figures |= stock.install(databases)
    return figures
