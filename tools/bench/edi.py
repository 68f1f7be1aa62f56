# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What the EDI mode costs: small invoices that leave as Factur-X files by SFTP, and their statuses,
which come back as files: transfers, memory, statements of SQL.

There is no API beside. INVOICES says how many, 10,000 by default.
"""

import importlib
import json

from ..chaos.command import whole_number
from ..console import Problem, say
from ..demo.edi import edi_settings
from ..odoo.job import DONE, OdooJob
from ..processes import MEGABYTE, forget_peak, peak
from .deposit import WEIGHT

INVOICES, LEAST, MOST = 10_000, 10, 100_000
MOST_RUNS = 200
DAY_S = 86_400
# From the report of the file to the payment.
STEPS_S = (600, *[2 * DAY_S] * 6)
MOST_MEMORY_MB, MOST_SQL = 100, 60


def measure(bench):
    """Give the figures of one process; Problem when an invoice is not paid at the end, or when it
    takes more memory or statements than it may."""
    count = whole_number("INVOICES", INVOICES, LEAST, MOST)
    bench.database.configure(edi_settings(bench.simulator.credentials()["edi"]))
    send = OdooJob(bench.registry, "ir_cron_send")
    say(f"confirming {count} invoices ...")
    rows = bench.queue(count, "facturx", WEIGHT)
    before = forget_peak()
    _run(send, lambda: not bench.database.due(rows))
    deposited = peak() - before
    [partner] = [each for each in _partners(bench) if each["received"]]
    fetch = OdooJob(bench.registry, "ir_cron_edi")
    before, statements = forget_peak(), _statements()
    for seconds in STEPS_S:
        bench.simulator.post("clock", advance_s=seconds)
        _run(fetch, lambda: not any(each["ready"] for each in _partners(bench)))
    read, sql = peak() - before, _statements() - statements
    states = {row["status_code"] for row in bench.database.look(rows)}
    if states != {"MISE_EN_PAIEMENT"}:
        raise Problem(f"not all are paid: {states}")
    statuses = bench.database.count_statuses()
    figures = {
        "invoices": count,
        "flows": len(partner["received"]),
        "puts": len(partner["received"]),
        "files_in": sum(len(each["fetched"]) for each in _partners(bench)),
        "peak_rss_over_base_mb": round(max(deposited, read) / MEGABYTE, 1),
        "statuses": statuses,
        "sql_per_1000_statuses": round(1000 * sql / statuses, 1),
    }
    yield f"edi_{count}", figures
    if figures["peak_rss_over_base_mb"] > MOST_MEMORY_MB:
        raise Problem(f"more than {MOST_MEMORY_MB} MB above the base")
    if figures["sql_per_1000_statuses"] > MOST_SQL:
        raise Problem(f"more than {MOST_SQL} statements for 1,000 statuses")


def _partners(bench):
    return json.loads(bench.simulator.get("edi"))


def _run(job, is_done):
    """Run a job until it is done."""
    for _attempt in range(MOST_RUNS):
        if job.run() != DONE:
            raise Problem("the job failed: see the log")
        if is_done():
            return
    raise Problem(f"not done after {MOST_RUNS} runs")


def _statements():
    return importlib.import_module("odoo.sql_db").sql_counter
