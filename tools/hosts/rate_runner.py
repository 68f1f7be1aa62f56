# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Measures how fast one host empties the queue, in Odoo's Python: `python -m
tools.hosts.rate_runner SETTINGS`.

SETTINGS is a JSON object: config, database, log, simulator, way, invoices, results (path of a JSON
file to write).
"""

import contextlib
import json
import os
import time
from pathlib import Path

from .. import processes
from ..console import Problem
from .runner import HOSTS, LIMIT_S, PORT, SENDERS, Host, Runner

TURN_S = 0.1


def main(settings):
    """Measure from the first deposit on, so that the start of the server is not counted; gives the
    exit code."""
    os.environ["no_proxy"] = os.environ["NO_PROXY"] = ",".join(
        [os.environ.get("no_proxy", ""), *HOSTS])
    runner, count = Runner(settings), settings["invoices"]
    runner.set_up()
    port = processes.free_port(PORT)
    os.environ.update(ODOO_QUEUE_JOB_CHANNELS=f"root:{SENDERS}", ODOO_QUEUE_JOB_HOST=HOSTS[0],
                      ODOO_QUEUE_JOB_PORT=str(port))
    runner.queue()
    first = None
    with contextlib.ExitStack() as stack:
        Host(1, settings, port, stack, senders=SENDERS, ahead_s=0)
        ends = time.monotonic() + LIMIT_S + count
        while (deposited := runner.deposited()) < count:
            if time.monotonic() > ends:
                raise Problem(f"{count - deposited} of {count} invoices are not sent")
            if deposited and not first:
                first = time.monotonic(), deposited
            time.sleep(TURN_S)
        last = time.monotonic()
    tally = runner.judge()
    if not tally.is_clean:
        raise Problem("; ".join(tally.problems))
    if not first:
        raise Problem("all were deposited at once: INVOICES is too small to measure")
    rate = (count - first[1]) / (last - first[0])
    Path(settings["results"]).write_text(json.dumps({
        "invoices": count, "senders": SENDERS, "invoices_per_s": round(rate, 2),
        "calls_per_invoice": round(sum(runner.calls().values()) / count, 2)}))
    return 0


if __name__ == "__main__":
    processes.run_program(main)
