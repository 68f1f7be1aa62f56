# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Runs of pytest: the floors without Odoo, and the add-on's tests inside Odoo."""

import os
import shlex

from .chaos import command as chaos
from .console import Problem, say
from .odoo import installation
from .processes import foreground
from .setup.home import ADDON, CHECKOUT

FLOORS = ("choruspro", "documents", "simulator", "tools")
DATABASE = "chorus_pro_test"
# What an administrator turns on to understand an exchange: the log is searched for secrets. Not
# the tests' own loggers: a tour's browser tells them what it types.
LOUD = ",".join([*(f"odoo.addons.{ADDON}.{part}:DEBUG" for part in ("choruspro", "models")),
                 "urllib3:DEBUG"])


def unit(_arguments):
    """The floors' tests; gives the exit code."""
    home = installation.light(["unit"])
    return _unit(home, shlex.split(os.environ.get("PYTEST_ARGS", "")))


def _unit(home, extra):
    """Each floor is a run of its own, for each has its own settings; all of them are made, the
    exit code is the first one that is not zero."""
    failed = 0
    for floor in FLOORS:
        ini = CHECKOUT / floor / "tests" / "pytest.ini"
        if not ini.exists():
            continue
        say(f"tests of {floor}/")
        code = foreground(
            [home.python, "-m", "pytest", "-q", "-c", ini, "--rootdir", CHECKOUT / floor,
             "-p", "no:cacheprovider", CHECKOUT / floor / "tests", *extra],
            env={**os.environ, "HYPOTHESIS_STORAGE_DIRECTORY": str(home.root / "hypothesis")},
            cwd=CHECKOUT)
        failed = failed or code
    return failed


def everything(_arguments):
    """The floors' tests, a short chaos, then the add-on's tests in Odoo; gives the exit code.

    TESTS: files or folders below tests/ to run instead of all, without the floors.
    PYTEST_ARGS: further arguments of pytest, for each run.
    """
    chosen = shlex.split(os.environ.get("TESTS", ""))
    extra = shlex.split(os.environ.get("PYTEST_ARGS", ""))
    with installation.full(browser=True) as databases:
        failed = 0 if chosen else _unit(databases.home, extra) or chaos.rehearse(databases)
        with databases.home.locked("tests"):
            code = _in_odoo(databases, chosen or ["tests"], extra)
    if failed and not code:
        say("the add-on's tests pass, but tests of the floors or chaos failed: see above")
    return failed or code


def _in_odoo(databases, chosen, extra):
    """pytest-odoo names a module after its folder, hence the link's path and its root folder."""
    home, server = databases.home, databases.server
    paths = [home.link / path for path in chosen]
    for path in paths:
        if not (path.parent / path.name.partition("::")[0]).exists():
            raise Problem(f"no tests at {path.relative_to(home.link)} in the checkout: name them "
                          "as in make test TESTS=tests/test_x.py")
    databases.fresh(DATABASE)
    log = home.logs / "test.log"
    log.write_text("")
    say(f"tests of the add-on in Odoo (its log: {log})")
    return foreground(
        [home.python, "-m", "pytest", "-q", "--rootdir", home.addons, "-p", "no:cacheprovider",
         "--odoo-config", home.config, "--odoo-database", DATABASE, "--odoo-http",
         "--odoo-log-level", "info", "--odoo-extra", f"logfile={log}",
         "--odoo-extra", f"log-handler={LOUD}", *paths, *extra],
        env={**server.environment(), "CHORUS_PRO_TEST_LOG": str(log)}, cwd=home.addons)
