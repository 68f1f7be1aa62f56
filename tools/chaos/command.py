# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""`make chaos`: senders are killed and answers lost, then Odoo and Chorus Pro are compared."""

import os
import random

from ..console import Problem, say
from ..odoo import installation
from ..sandbox import sandbox
from .verdict import FOUND

NAME = "chaos"
RUNS = 20
MOST_RUNS = 10_000
# What `make test` runs: (runs, seed, sabotaged); a sabotage must be detected.
REHEARSAL = ((3, 1, False), (3, 6, True))
EDI_REHEARSAL = ((2, 1, False), (1, 1, True))
EDI_OPTIONS = ("--sftp-port", 0, "--travels")


def run(_arguments):
    """RUNS scenarios, of the seeds SEED, SEED + 1 ...; gives the exit code.

    SEED: a whole number; drawn and printed when not given. SABOTAGE=1: look-ups are switched off
    in the senders, so that losses or duplicates must be found. EDI=1: invoices leave, and their
    statuses come, as files.
    """
    runs = whole_number("RUNS", RUNS, 1, MOST_RUNS)
    seed = whole_number("SEED", random.randrange(1_000_000), 0, 10 ** 9)
    sabotage, by_files = (
        os.environ.get(name, "") not in ("", "0") for name in ("SABOTAGE", "EDI"))
    with installation.full() as databases, _sandbox(databases, by_files) as here:
        return _play(here, runs, seed, sabotage, by_files)


def rehearse(databases):
    """A short run of each kind for `make test`, then one that must find something; gives the exit
    code."""
    for by_files, rehearsal in enumerate((REHEARSAL, EDI_REHEARSAL)):
        with _sandbox(databases, by_files) as here:
            for runs, seed, sabotage in rehearsal:
                code = _play(here, runs, seed, sabotage, by_files)
                if code != (FOUND if sabotage else 0):
                    say("chaos: failed" + (": it did not find the sabotage" if not code else ""))
                    return code or 1
    say("chaos: nothing lost, and the sabotage was found")
    return 0


def _sandbox(databases, by_files):
    return sandbox(databases, NAME, EDI_OPTIONS if by_files else ())


def _play(here, runs, seed, sabotage, by_files):
    say(f"chaos{' by EDI' if by_files else ''}: {runs} runs from seed {seed}"
        f"{', sabotaged' if sabotage else ''} (log: {here.log})")
    module = "tools.chaos.edi_runner" if by_files else "tools.chaos.runner"
    return here.run(module, runs=runs, seed=seed, sabotage=sabotage)


def whole_number(name, default, least, most):
    """The whole number in the environment variable `name`, or the default; Problem for another."""
    text = os.environ.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        raise Problem(f"{name}={text}: give a whole number from {least} to {most}")
    return int(text)
