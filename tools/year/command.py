# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""`make year`: a simulated year of following, with every kind of recipient and rows that move while
they are paged; then Odoo and the local Chorus Pro are compared, invoice by invoice."""

import random

from ..chaos.command import whole_number
from ..console import say
from ..odoo import installation
from ..sandbox import sandbox

NAME = "year"
INVOICES, MOST = 10_000, 50_000


def run(_arguments):
    """INVOICES invoices over a year, of the seed SEED; gives the exit code."""
    invoices = whole_number("INVOICES", INVOICES, 1, MOST)
    seed = whole_number("SEED", random.randrange(1_000_000), 0, 10 ** 9)
    with installation.full() as databases, sandbox(databases, NAME, ("--travels",)) as here:
        say(f"a year of {invoices} invoices, seed {seed} (log: {here.log})")
        return here.run("tools.year.runner", invoices=invoices, seed=seed)
