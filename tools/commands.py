# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The commands of `make`, by name."""

import os

from . import native, test_runs
from .bench import command as bench
from .chaos import command as chaos
from .demo import command as demo
from .hosts import command as hosts
from .lifecycle import database_copy, upgrade
from .linting import command as lint
from .odoo import installation
from .processes import foreground
from .screens import command as screenshots
from .setup.home import CHECKOUT
from .validators import command as validators
from .year import command as year

HELP = """\
make demo         install what is missing, start Odoo and a local Chorus Pro, send invoices and
                  follow them to payment; stays until Ctrl-C (EXIT=1: ends; PORT=8069)
make shell        Odoo's shell on the demo's database; reads a script on standard input
make test         every test; TESTS=tests/outbox chooses, or tests/outbox/test_x.py::TestX::test_y;
                  WITH="account_peppol sale" has these modules of Odoo in the database;
                  PYTEST_ARGS="-x -k word" is passed on
make test-unit    the tests that need no Odoo, in seconds
make test-native  Odoo's own test runner on the add-on, and Odoo's own lint of add-ons
make chaos        kills senders, loses answers, then compares Odoo with the local Chorus Pro;
                  RUNS=20, SEED=1 repeats what that seed did, SABOTAGE=1 must find losses,
                  EDI=1 exchanges files by SFTP
make bench        what sending and following cost, one figure per line; BENCH=name runs one
                  (documents: of INVOICES=400; scale: beside INVOICES=400000 in the database;
                  oca: imports INVOICES=2000 from each version of the OCA connector;
                  queue_job: beside Odoo's scheduler, with as many senders)
make hosts        two Odoo servers of one database send INVOICES=200, their clocks 30 s apart; one
                  is killed, PostgreSQL restarted; by Odoo's scheduler, then by queue_job
make validators   foreign validators on the documents of every kind of invoice (INVOICES=400)
make year         follows invoices of every kind of recipient over a simulated year, then compares;
                  INVOICES=10000, SEED=1
make copy         starts Odoo on a copy of a database with invoices to send: nothing may leave
make upgrade      from the former version to this one, then uninstalls and installs it again;
                  FROM=commit names another version; then uninstalls the add-ons beside the main
                  one while their work waits (FROM=now: only that)
make screenshots  the add-on's screens as pictures in docs/images, in French and in English
                  (SCREENS="name name": only these; WIDTH=390 FOLDER=phone LANGUAGES=fr:
                  as on a telephone, elsewhere)
make docs         write docs/checks-and-errors.md, docs/field-limits.md, and the picture in
                  docs/architecture.md
make lint         style, Odoo's conventions, translations, XML
make help         this

Everything that is downloaded goes to one folder, CHORUS_PRO_HOME
  (default: l10n_fr_chorus_pro in the user's cache folder). Remove it to start over.
CHORUS_PRO_PYTHON         a Python 3.10 to 3.13       ODOO_HOME  an Odoo 19 that you have already
CHORUS_PRO_DEBIAN_MIRROR  where to fetch Odoo's package from, on a system other than Debian
PGHOST PGPORT PGUSER PGPASSWORD  a PostgreSQL server to use, instead of our own"""


def show_help(_arguments):
    """Print what the commands are."""
    print(HELP)


def docs(_arguments):
    """Write the page of checks and errors."""
    home = installation.light(["unit"])
    return foreground([home.python, "-m", "tools.docs"], env=os.environ, cwd=CHECKOUT)


def odoo(arguments):
    """Run Odoo's own command line with this set-up: `tools/python -m tools odoo ARGS`."""
    with installation.full() as databases:
        return _odoo(databases.server, *arguments)


def _odoo(server, *arguments):
    return foreground(server.command(*arguments, "-c", server.home.config),
                      env=server.environment(), cwd=server.home.root)


def shell(arguments):
    """Odoo's shell on the demo's database, or on the one named; reads standard input."""
    with installation.full() as databases:
        name = arguments[0] if arguments else demo.DATABASE
        databases.ensure(name)
        return _odoo(databases.server, "shell", "-d", name, "--no-http", "--log-level", "warn")


def template(arguments):
    """Prepare the databases that others are copied from; this also tests the installation.

    arguments: modules of Odoo to have besides, joined by commas, for each further database.
    """
    with installation.full(oca=True) as databases:
        databases.template()
        for modules in arguments:
            databases.template(modules.split(","))


def packages(_arguments):
    """Install whatever `make lint` and `make test` use, so that they may run at the same time."""
    with installation.full(browser=True, linters=True, oca=True):
        return 0


COMMANDS = {
    "bench": bench.run,
    "chaos": chaos.run,
    "copy": database_copy.run,
    "demo": demo.run,
    "docs": docs,
    "help": show_help,
    "hosts": hosts.run,
    "lint": lint.run,
    "odoo": odoo,
    "packages": packages,
    "screenshots": screenshots.run,
    "shell": shell,
    "template": template,
    "test": test_runs.everything,
    "test-native": native.run,
    "test-unit": test_runs.unit,
    "upgrade": upgrade.run,
    "validators": validators.run,
    "year": year.run,
}
