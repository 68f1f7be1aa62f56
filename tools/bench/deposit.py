# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What it costs to deposit 1,000 small invoices as files of each format, and 100 as PDF: calls,
statements of SQL, processor, memory.

Their PDFs are archived beforehand, with our XML inside: what wkhtmltopdf takes is not measured.
"""

import importlib
import json
import time

from ..console import Problem
from ..odoo.job import DONE, OdooJob
from ..processes import MEGABYTE, forget_peak, peak

INVOICES = {"facturx": 1000, "cii": 1000, "ubl": 1000, "pdf": 100}
WEIGHT = 40_000  # bytes of what does not compress in a small invoice: its font, its logo
MOST_RUNS = 60
DEPOSIT = {"pdf": "soumettre"}
DEPOSIT_FLOW = "deposer_flux"


def measure(bench):
    """Give the figures of one sender, in this process, for one format after the other."""
    job = OdooJob(bench.registry, "ir_cron_send")
    for document_format, count in INVOICES.items():
        _settle_down(bench, job, document_format)
        rows = bench.queue(count, document_format, WEIGHT)
        before, cost = forget_peak(), _Cost()
        _send(bench, job, rows)
        sql, processor_s, most = *cost.since(), peak() - before
        figures = {
            "calls": bench.requests(DEPOSIT.get(document_format, DEPOSIT_FLOW)),
            "all_calls": bench.requests(),
        }
        if document_format != "pdf":
            figures |= _files(bench, most)
        yield f"deposit_{count}_{document_format}", figures | {
            "sql": sql,
            "sql_per_invoice": round(sql / count, 1),
            "cpu_ms_per_invoice": round(1000 * processor_s / count, 1),
            "peak_rss_over_base_mb": round(most / MEGABYTE, 1),
        }


class _Cost:
    """What this process has spent since its making."""

    def __init__(self):
        self._sql_db = importlib.import_module("odoo.sql_db")
        self._sql, self._processor = self._sql_db.sql_counter, time.process_time()

    def since(self):
        """(statements of SQL, seconds of processor)."""
        return self._sql_db.sql_counter - self._sql, time.process_time() - self._processor


def _send(bench, job, rows):
    for _run in range(MOST_RUNS):
        if job.run() != DONE:
            raise Problem("the sending job failed: see the log")
        if not bench.database.due(rows):
            break
    states = {row["state"] for row in bench.database.look(rows)}
    if states != {"deposited"}:
        raise Problem(f"not all are deposited: {states}")


def _files(bench, most):
    """Figures of the files deposited; ``most``: bytes above the base, bound by the largest."""
    flows = json.loads(bench.simulator.get("flows"))
    largest = max(flow["size"] for flow in flows)
    if most >= 2 * largest:
        raise Problem(f"{most} bytes above the base: the largest file has {largest}")
    return {"flows": len(flows), "largest_flow_mb": round(largest / MEGABYTE, 2)}


def _settle_down(bench, job, document_format):
    """Send one invoice first: what every process needs once is not part of the cost."""
    first = bench.queue(1, document_format)
    while bench.database.due(first):
        job.run()
    bench.simulator.post("reset")
