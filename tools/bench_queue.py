# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""How fast the queue empties with 1, 2 and 4 senders, each in a process of its own."""

SENDERS = (1, 2, 4)
EACH = 100  # invoices for each sender
WARM_UP = 4


def measure(bench):
    """Give (name, figures) for each number of senders. Every invoice is deposited once."""
    for senders in SENDERS:
        bench.simulator.post("reset")
        warm_up, rows = bench.queue(WARM_UP * senders), []
        with bench.senders(senders) as crew:
            bench.send_all(crew, warm_up)
            rows = bench.queue(EACH * senders)
            before = bench.requests()
            seconds = bench.send_all(crew, rows)
        calls = bench.requests() - before
        yield f"queue_senders_{senders}", {
            "invoices": len(rows),
            "deposited": len(bench.simulator.invoices()) - len(warm_up),
            "invoices_per_s": round(len(rows) / seconds, 2),
            "calls_per_invoice": round(calls / len(rows), 2),
        }
