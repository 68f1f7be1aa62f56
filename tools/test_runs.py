# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Runs of pytest: the floors without Odoo, and the add-on's tests inside Odoo."""

import contextlib
import json
import os
import shlex
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from .chaos import command as chaos
from .console import Problem, say
from .odoo import installation
from .processes import foreground, together
from .setup.home import ADDON, CHECKOUT

# The first takes about as long as all others.
FLOORS = ("choruspro", "documents", "simulator", "tools")
DATABASE = "chorus_pro_test"
RUNS = 2
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
    env = {**os.environ, "HYPOTHESIS_STORAGE_DIRECTORY": str(home.root / "hypothesis")}
    floors = {floor: CHECKOUT / floor / "tests" for floor in FLOORS}
    commands = [
        (f"tests of {floor}/",
         [home.python, "-m", "pytest", "-q", *_colour(), "-c", tests / "pytest.ini", "--rootdir",
          CHECKOUT / floor, "-p", "no:cacheprovider", tests, *extra], env, CHECKOUT)
        for floor, tests in floors.items() if (tests / "pytest.ini").exists()]
    with _folder(home) as folder:
        return _first_fault(together(commands, folder))


def everything(_arguments):
    """The floors' tests, a short chaos, then the add-on's tests in Odoo; gives the exit code.

    TESTS: files or folders below tests/, or a test as in tests/test_x.py::TestX::test_y, to run
    instead of all, without the floors. PYTEST_ARGS: further arguments of pytest, for each run.
    """
    chosen = shlex.split(os.environ.get("TESTS", ""))
    extra = shlex.split(os.environ.get("PYTEST_ARGS", ""))
    with installation.full(browser=True) as databases:
        if chosen:
            with databases.home.locked("tests"):
                return _chosen(databases, chosen, extra)
        failed = _unit(databases.home, extra) or chaos.rehearse(databases)
        with databases.home.locked("tests"):
            code, closing_line = _all_in_odoo(databases, extra)
    if failed and not code:
        say("the add-on's tests pass, but tests of the floors or chaos failed: see above")
    print(closing_line, flush=True)
    return failed or code


def _chosen(databases, chosen, extra):
    """Some of the add-on's tests, in one run on this terminal; gives the exit code."""
    paths = [databases.home.link / path for path in chosen]
    for path in paths:
        if not (path.parent / path.name.partition("::")[0]).exists():
            raise Problem(f"no tests at {path.relative_to(databases.home.link)} in the checkout: "
                          "name them as in make test TESTS=tests/test_x.py")
    title, argv, env, cwd = _run_in_odoo(databases, DATABASE, "test", [*paths, *extra])
    say(title)
    return foreground(argv, env=env, cwd=cwd)


def _all_in_odoo(databases, extra):
    """All of the add-on's tests, in several runs at once that share them, each on a database of its
    own; gives (exit code, closing line)."""
    home = databases.home
    with _folder(home) as folder:
        commands, reports = [], []
        for rank in range(1, RUNS + 1):
            reports.append(folder / f"report-{rank}.json")
            share = ["--share", folder / "taken", "--share-report",
                     reports[-1], *(["--share-browser"] if rank == 1 else [])]
            commands.append(_run_in_odoo(
                databases, f"{DATABASE}_{rank}", f"test-{rank}",
                [*share, *_colour(), "-o", "console_output_style=classic", home.link / "tests",
                 *extra]))
        (folder / "taken").mkdir()
        codes = together(commands, folder)
        found = summary(
            [json.loads(path.read_text(encoding="utf-8")) if path.exists() else None
             for path in reports])
    for sentence in found.wrong:
        say(sentence)
    if found.skipped:
        say(f"{found.skipped} of the add-on's tests were skipped: see above")
    return (_first_fault(codes) or int(bool(found.wrong)),
            f"{found.passed} passed, {found.failed} failed")


def _run_in_odoo(databases, database, name, arguments):
    """A run of pytest on a fresh database, for `together`. name: that of its log.

    pytest-odoo names a module after its folder, hence the link's path and its root folder.
    """
    home, server = databases.home, databases.server
    databases.fresh(database)
    log = home.logs / f"{name}.log"
    log.write_text("")
    environment = {**server.environment(), "CHORUS_PRO_TEST_LOG": str(log)}
    environment["PYTHONPATH"] += f"{os.pathsep}{CHECKOUT}"
    argv = [home.python, "-m", "pytest", "-q", "--rootdir", home.addons, "-p", "no:cacheprovider",
            "--odoo-config", home.config, "--odoo-database", database, "--odoo-http",
            "--odoo-log-level", "info", "--odoo-extra", f"logfile={log}",
            "--odoo-extra", f"log-handler={LOUD}", "-p", "tools.test_share", "-p",
            "tools.test_prepared", *arguments]
    return f"tests of the add-on in Odoo (log: {log})", argv, environment, home.addons


class Summary(NamedTuple):
    """Numbers of tests of all runs, and sentences about tests that were not run."""

    passed: int
    failed: int
    skipped: int
    wrong: list


def summary(reports):
    """The Summary of the reports of all runs; None stands for a run that ended without one. Such a
    run, and a file that no run came to, count as a failed test each."""
    known = [report for report in reports if report]
    counts = sum((Counter(report["counts"]) for report in known), Counter())
    every = {path for report in known for path in report["all"]}
    left = every - {path for report in known for path in report["taken"]}
    wrong = []
    if len(known) < len(reports):
        wrong.append("a run of the tests ended before it could report: see above")
    if left:
        wrong.append("no run came to " + ", ".join(sorted(Path(path).name for path in left)))
    failed = counts["failed"] + counts["error"] + len(reports) - len(known) + len(left)
    return Summary(counts["passed"], failed, counts["skipped"], wrong)


@contextlib.contextmanager
def _folder(home):
    """A folder for one command, removed at its end."""
    with tempfile.TemporaryDirectory(prefix="tests-", dir=home.root) as folder:
        yield Path(folder)


def _colour():
    """Its output goes to a file first, and is printed as it is."""
    return ["--color=yes"] if sys.stdout.isatty() else []


def _first_fault(codes):
    return next(filter(None, codes), 0)
