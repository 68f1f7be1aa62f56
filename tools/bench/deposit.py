# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What it costs to deposit 1,000 small invoices as Factur-X files: calls, memory.

Their PDFs are archived beforehand, with our XML inside: what wkhtmltopdf takes is not measured.
"""

import json

from ..console import Problem
from ..odoo.job import DONE, OdooJob
from .memory import MEGABYTE, forget_peak, peak

INVOICES = 1000
WEIGHT = 40_000  # bytes of what does not compress in a small invoice: its font, its logo
MOST_RUNS = 60
DEPOSIT = "deposer_flux"


def measure(bench):
    """Give the figures of one sender, in this process."""
    job = OdooJob(bench.registry, "ir_cron_send")
    _settle_down(bench, job)
    rows = bench.queue(INVOICES, "facturx", WEIGHT)
    before = forget_peak()
    for _run in range(MOST_RUNS):
        if job.run() != DONE:
            raise Problem("the sending job failed: see the log")
        if not bench.database.due(rows):
            break
    most = peak() - before
    states = {row["state"] for row in bench.database.look(rows)}
    if states != {"deposited"}:
        raise Problem(f"not all are deposited: {states}")
    flows = json.loads(bench.simulator.get("flows"))
    largest = max(flow["size"] for flow in flows)
    if most >= 2 * largest:
        raise Problem(f"{most} bytes above the base: the largest file has {largest}")
    yield f"deposit_{INVOICES}", {
        "calls": bench.requests(DEPOSIT),
        "all_calls": bench.requests(),
        "flows": len(flows),
        "largest_flow_mb": round(largest / MEGABYTE, 2),
        "peak_rss_over_base_mb": round(most / MEGABYTE, 1),
    }


def _settle_down(bench, job):
    """Send one invoice first: what every process needs once is not part of the cost."""
    first = bench.queue(1, "facturx")
    while bench.database.due(first):
        job.run()
    bench.simulator.post("reset")
