# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""How many access tokens four senders request from PISTE at once, starting without any."""

SENDERS = 4
INVOICES = 40
HOUR_S = 3600


def measure(bench):
    """Give the figures of the first hour, then those of the hour after."""
    bench.database.forget_tokens()
    bench.simulator.post("reset")
    asked = 0
    with bench.senders(SENDERS) as workers:
        for name in ("token", "token_next_hour"):
            rows = bench.queue(INVOICES)
            bench.send_all(workers, rows)
            requests = bench.requests("token") - asked
            asked += requests
            yield name, {"requests": requests, "senders": SENDERS, "invoices": len(rows)}
            bench.database.pass_time([], HOUR_S)
            bench.simulator.post("clock", advance_s=HOUR_S)
