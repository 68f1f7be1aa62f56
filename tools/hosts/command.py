# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""`make hosts`: two Odoo servers of one database send invoices, their clocks 30 s apart; one is
killed in the middle, and the database server restarted once."""

import os

from ..chaos.command import whole_number
from ..console import say
from ..odoo import installation
from ..sandbox import sandbox

NAME = "hosts"
INVOICES, MOST = 200, 2000
LATENCY_S = 0.1
# How the work is given out, and the modules that it needs.
WAYS = {"scheduler": (), "queue_job": ("queue_job",)}


def run(_arguments):
    """INVOICES invoices each way; gives the exit code."""
    invoices = whole_number("INVOICES", INVOICES, 20, MOST)
    failed = 0
    with installation.full(oca=True) as databases:
        for way, modules in WAYS.items():
            if missing := [each for each in modules if not databases.server.has(each)]:
                say(f"hosts by {way}: left out, there is no {', '.join(missing)}")
                continue
            with sandbox(databases, NAME, ("--latency", LATENCY_S), modules) as here:
                say(f"two hosts, {invoices} invoices by {way} (log: {here.log})")
                failed |= here.run("tools.hosts.runner", way=way, invoices=invoices,
                                   restarts=not os.environ.get("PGHOST"))
    return failed
