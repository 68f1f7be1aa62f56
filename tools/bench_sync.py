# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What it costs to learn that 1,000 invoices have moved on; beside it the naive way, which asks
Chorus Pro for each invoice and writes on each."""

import importlib
import json
import time

from .console import Problem
from .odoo_job import DONE, OdooJob

INVOICES = 1000
AGE_S = 1800
MOVED_ON = "MISE_A_DISPOSITION"
SEARCH = "rechercher_fournisseur"


def measure(bench):
    """Give the figures of a sync in which all have changed, and of the next one, in which none
    has."""
    rows = bench.queue(INVOICES)
    bench.simulator.post("reset")
    bench.simulator.post("invoices", count=INVOICES, status=MOVED_ON, age_s=AGE_S)
    ids = [str(invoice["invoice_id"])
           for invoice in json.loads(bench.simulator.get("invoices"))]
    bench.clerk.mark_deposited(rows, ids, 2 * AGE_S)
    job = _CountedJob(bench.registry)
    ours = _sync(bench, job)
    _check(bench, rows)
    quiet = _sync(bench, job)
    naive = _naive(bench, rows)
    yield f"sync_{INVOICES}", {
        **ours, **{f"naive_{key}": value for key, value in naive.items()},
        "ratio": round(naive["seconds"] / ours["seconds"], 1)}
    yield "sync_nothing_new", quiet


class _CountedJob(OdooJob):
    """The following job; `sql` and `seconds` are what the add-on's part of its last run took."""

    def __init__(self, registry):
        super().__init__(registry, "ir_cron_follow")
        self.sql, self.seconds = 0, 0.0
        sql_db = importlib.import_module("odoo.sql_db")
        model = registry["chorus.pro.connection"]
        follow = model._cron_follow

        def counted(connections):
            before, started = sql_db.sql_counter, time.monotonic()
            follow(connections)
            self.sql, self.seconds = sql_db.sql_counter - before, time.monotonic() - started

        model._cron_follow = counted


def _sync(bench, job):
    calls, searches = bench.requests(), bench.requests(SEARCH)
    if job.run() != DONE:
        raise Problem("the following job failed: see the log")
    return {"searches": bench.requests(SEARCH) - searches, "calls": bench.requests() - calls,
            "sql": job.sql, "seconds": round(job.seconds, 2)}


def _check(bench, rows):
    missed = [row for row in bench.clerk.look(rows) if row["status_code"] != MOVED_ON]
    if missed:
        raise Problem(f"{len(missed)} of {len(rows)} invoices were not followed")


def _naive(bench, rows):
    """One call for the history, one write on the invoice and one commit for each."""
    api, sql_db = (importlib.import_module(name) for name in ("odoo.api", "odoo.sql_db"))
    calls, statements, started = bench.requests(), sql_db.sql_counter, time.monotonic()
    with bench.registry.cursor() as cr:
        env = api.Environment(cr, api.SUPERUSER_ID, {})
        submissions = env["chorus.pro.submission"].browse(rows)
        with submissions.connection_id._client() as client:
            for submission in submissions:
                history = client.read_history(submission.chorus_invoice_id)
                last = history.events[-1]
                submission.move_id.write({
                    "chorus_pro_state": submission.status,
                    "chorus_pro_status_date": last.date.replace(tzinfo=None),
                    "chorus_pro_reason": last.comment})
                cr.commit()
    return {"calls": bench.requests() - calls, "sql": sql_db.sql_counter - statements,
            "seconds": round(time.monotonic() - started, 2)}
