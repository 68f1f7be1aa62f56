# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What it costs to find out that 1,000 invoices have moved on, compared with the naive way, which
queries Chorus Pro for each invoice and writes on each."""

import contextlib
import importlib
import json
import time

from ..console import Problem

INVOICES = 1000
AGE_S = 1800
MOVED_ON = "MISE_A_DISPOSITION"
SEARCH = "rechercher_fournisseur"


def measure(bench):
    """Return the figures of a sync in which all have changed, and of the next one, in which
    none has."""
    rows = bench.queue(INVOICES)
    bench.simulator.post("reset")
    bench.database.forget_tokens()
    bench.simulator.post("invoices", count=INVOICES, status=MOVED_ON, age_s=AGE_S)
    ids = [str(invoice["invoice_id"])
           for invoice in json.loads(bench.simulator.get("invoices"))]
    bench.database.mark_deposited(rows, ids, 2 * AGE_S)
    ours = _sync(bench)
    _check(bench, rows)
    quiet = _sync(bench)
    naive = _naive(bench, rows)
    yield f"sync_{INVOICES}_changed", {
        **ours, **{f"naive_{key}": value for key, value in naive.items()},
        "ratio": round(naive["seconds"] / ours["seconds"], 1)}
    yield f"sync_{INVOICES}_unchanged", quiet


def _sync(bench):
    """One run of the job, without the statements in which the scheduler notes its progress."""
    with bench.registry.cursor() as cr:
        api = importlib.import_module("odoo.api")
        env = api.Environment(cr, api.SUPERUSER_ID, {})
        # As if the time of the next look had come.
        env["chorus.pro.connection"].search([]).follow_wanted_at = env.cr.now()
    calls, searches = bench.requests(), bench.requests(SEARCH)
    with _measured(bench.registry) as (env, costs):
        env["chorus.pro.connection"]._cron_follow()
    return {"searches": bench.requests(SEARCH) - searches, "calls": bench.requests() - calls,
            **costs}


@contextlib.contextmanager
def _measured(registry):
    """Give an environment, and a dictionary that holds the SQL statements and the seconds of the
    block at its end."""
    api, sql_db = (importlib.import_module(name) for name in ("odoo.api", "odoo.sql_db"))
    with registry.cursor() as cr:
        env, costs = api.Environment(cr, api.SUPERUSER_ID, {}), {}
        statements, started = sql_db.sql_counter, time.monotonic()
        yield env, costs
        costs["sql"] = sql_db.sql_counter - statements
        costs["seconds"] = round(time.monotonic() - started, 2)


def _check(bench, rows):
    missed = [row for row in bench.database.look(rows) if row["status_code"] != MOVED_ON]
    if missed:
        raise Problem(f"{len(missed)} of {len(rows)} invoices were not followed")


def _naive(bench, rows):
    """One call for the history, one write on the invoice and one commit for each."""
    calls = bench.requests()
    with _measured(bench.registry) as (env, costs):
        submissions = env["chorus.pro.submission"].browse(rows)
        with submissions.connection_id._client() as client:
            for submission in submissions:
                last = client.read_history(submission.chorus_invoice_id).events[-1]
                submission.move_id.write({
                    "chorus_pro_state": submission.status,
                    "chorus_pro_status_date": last.date.replace(tzinfo=None),
                    "chorus_pro_reason": last.comment})
                env.cr.commit()
    return {"calls": bench.requests() - calls, **costs}
