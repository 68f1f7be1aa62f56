# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""How fast the queue empties with 1, 2 and 4 senders, each in its own process. Every invoice must
be deposited once, and every sender must work."""

from ..console import Problem

SENDERS = (1, 2, 4)
EACH = 100  # invoices for each sender
WARM_UP = 4


def measure(bench):
    """Give (name, figures) for each number of senders. Every invoice is deposited once."""
    for senders in SENDERS:
        bench.simulator.post("reset")
        warm_up, rows = bench.queue(WARM_UP * senders), []
        with bench.senders(senders) as workers:
            bench.send_all(workers, warm_up)
            rows = bench.queue(EACH * senders)
            before, known = bench.requests(), bench.at_work("soumettre")
            seconds = bench.send_all(workers, rows)
        calls = bench.requests() - before
        deposited = len(bench.simulator.invoices()) - len(warm_up)
        asked = bench.requests("soumettre") - len(warm_up)
        shares = bench.at_work("soumettre") - known
        if not deposited == asked == len(rows) or len(shares) != senders:
            raise Problem(f"{len(rows)} invoices: {asked} asked for, {deposited} deposited, by "
                          f"{dict(shares)}")
        yield f"queue_senders_{senders}", {
            "invoices": len(rows),
            "deposited": deposited,
            "least_share": min(shares.values()),
            "invoices_per_s": round(len(rows) / seconds, 2),
            "calls_per_invoice": round(calls / len(rows), 2),
        }
