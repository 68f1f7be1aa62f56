# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Runs of pytest: the packages without Odoo, and the add-on's tests inside Odoo."""

import contextlib
import json
import os
import re
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
from .setup import addon
from .setup.home import ADDON, CHECKOUT, addons

# The first takes about as long as all others.
PACKAGES = ("choruspro", "documents", "simulator", "tools")
DATABASE = "chorus_pro_test"
RUNS = 2
# Odoo's other way to a public body, which French databases get by themselves. Whatever imports the
# tests' module about it runs once more where it is installed.
PLATFORM = "account_peppol"
MEETS_PLATFORM = "common.platform"
# What an administrator turns on to understand an exchange: the log is searched for secrets. Not
# the tests' own loggers: a tour's browser reports to them what it types.
LOUD = ",".join([*(f"odoo.addons.{ADDON}.{part}:DEBUG" for part in ("choruspro", "models")),
                 "urllib3:DEBUG"])


def unit(_arguments):
    """The tests that need no Odoo; returns the exit code."""
    home = installation.light(["unit"])
    return _unit(home, shlex.split(os.environ.get("PYTEST_ARGS", "")))


def _unit(home, extra, besides=()):
    """One run per package, because each has its own settings. All of them run; the exit code is
    the first that is not zero.

    besides: another command, for `together`.
    """
    env = {**os.environ, "HYPOTHESIS_STORAGE_DIRECTORY": str(home.root / "hypothesis")}
    packages = {package: CHECKOUT / package / "tests" for package in PACKAGES}
    commands = [
        (f"tests of {package}/",
         [home.python, "-m", "pytest", "-q", *_colour(), "-c", tests / "pytest.ini", "--rootdir",
          CHECKOUT / package, "-p", "no:cacheprovider", tests, *extra], env, CHECKOUT)
        for package, tests in packages.items() if (tests / "pytest.ini").exists()]
    with _folder(home) as folder:
        return _first_fault(together([*commands[:1], *besides, *commands[1:]], folder))


def everything(_arguments):
    """The packages' tests, a short chaos, then the add-on's tests in Odoo; returns the exit code.

    TESTS: files or folders below tests/ or addons/, or a test as in tests/outbox/test_x.py::TestX
    to run instead of all, without those of the packages. WITH: modules of Odoo to have in the
    database. PYTEST_ARGS: further arguments of pytest, for each run.
    """
    chosen = shlex.split(os.environ.get("TESTS", ""))
    extra = shlex.split(os.environ.get("PYTEST_ARGS", ""))
    with installation.full(browser=True, oca=True) as databases:
        if chosen:
            with databases.home.locked("tests"):
                return _chosen(databases, chosen, extra)
        failed = (_unit(databases.home, extra, [_templates(databases)])
                  or chaos.rehearse(databases))
        with databases.home.locked("tests"):
            code, closing_line = _all_in_odoo(databases, extra)
    if failed and not code:
        say("the add-on's tests pass, but those of the packages or chaos failed: see above")
    print(closing_line, flush=True)
    return failed or code


def _chosen(databases, chosen, extra):
    """Some of the add-ons' tests, in one run on this terminal; gives the exit code."""
    paths, also = [], set(_with())
    for path in chosen:
        if not (CHECKOUT / path.partition("::")[0]).exists():
            raise Problem(f"no tests at {path} in the checkout: name them as in make test "
                          "TESTS=tests/outbox/test_x.py")
        name, found = _of_addon(path)
        paths.append(databases.home.addons / name / found)
        also.update(tied(name))
    title, argv, env, cwd = _run_in_odoo(databases, DATABASE, "test", [*paths, *extra], also)
    say(title)
    return foreground(argv, env=env, cwd=cwd)


def _templates(databases):
    """The command that makes what the runs in Odoo start from: one processor is enough for it, so
    it runs beside the packages' tests."""
    sets = [{*_with(), *more} for more in ((), *map(tied, list(addons())[1:]), (PLATFORM,))]
    known = [",".join(sorted(each)) for each in sets
             if each and all(map(databases.server.has, each))]
    return ("preparing Odoo's databases", [sys.executable, "-m", "tools", "template", *known],
            os.environ, CHECKOUT)


def _with():
    """The modules of Odoo that the user wants in the database."""
    return shlex.split(os.environ.get("WITH", ""))


def _of_addon(path):
    """(technical name of the add-on, path below it) of a path below the checkout."""
    parts = Path(path).parts
    if parts[0] == "addons":
        return parts[1], Path(*parts[2:])
    return ADDON, Path(path)


def tied(name):
    """The modules of Odoo that an add-on ties to the main one; none for the main one itself."""
    return () if name == ADDON else sorted({*addon.manifest(name)["depends"]} - {ADDON})


def _all_in_odoo(databases, extra):
    """All of the add-ons' tests: the main one's in several runs at once that share them, each on a
    database of its own, then those of each add-on that ties it to others, where Odoo has these;
    gives (exit code, closing line)."""
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
                 *extra], _with()))
        (folder / "taken").mkdir()
        for name in list(addons())[1:]:
            if missing := [each for each in tied(name) if not databases.server.has(each)]:
                say(f"addons/{name}: not tested, this Odoo has no {', '.join(missing)}")
                continue
            reports.append(folder / f"report-{name}.json")
            (folder / f"taken-{name}").mkdir()
            commands.append(_run_in_odoo(
                databases, f"{DATABASE}_{name}", f"test-{name}",
                ["--share", folder / f"taken-{name}", "--share-report", reports[-1],
                 "--share-browser", *_colour(), "-o", "console_output_style=classic",
                 home.addons / name / "tests", *extra], {*_with(), *tied(name)}))
        for command, report in _beside_platform(databases, folder, extra):
            commands.append(command)
            reports.append(report)
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


def _beside_platform(databases, folder, extra):
    """The run of those tests that meet `account_peppol`, beside it, after the others: a list of
    (command, its report), empty where the others have it already, or Odoo has not."""
    if PLATFORM in _with():
        return []
    if not databases.server.has(PLATFORM):
        say(f"this Odoo has no {PLATFORM}: what meets it was tested without")
        return []
    report, taken = folder / "report-platform.json", folder / "taken-platform"
    taken.mkdir()
    tests = [databases.home.link / path.relative_to(CHECKOUT) for path in meeting_platform()]
    return [(_run_in_odoo(
        databases, f"{DATABASE}_platform", "test-platform",
        ["--share", taken, "--share-report", report, "--share-browser", *_colour(),
         "-o", "console_output_style=classic", *tests, *extra], {*_with(), PLATFORM}), report)]


def meeting_platform(tests=CHECKOUT / "tests"):
    """The files of tests that meet `account_peppol`, sorted."""
    return sorted(path for path in tests.rglob("test_*.py")
                  if re.search(rf"^from .*\b{re.escape(MEETS_PLATFORM)} import",
                               path.read_text(encoding="utf-8"), re.MULTILINE))


def _run_in_odoo(databases, database, name, arguments, also=()):
    """One run of pytest on a fresh database, for `together`. name: that of its log. also: modules
    of Odoo to have in the database.

    pytest-odoo names a module after its folder, hence the link's path and its root folder.
    """
    home, server = databases.home, databases.server
    databases.fresh(database, also=also)
    log = home.logs / f"{name}.log"
    log.write_text("")
    # The tests of jobs perform them: no runner of queue_job may.
    environment = {**server.environment(also), "CHORUS_PRO_TEST_LOG": str(log),
                   "ODOO_QUEUE_JOB_CHANNELS": "root:0"}
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
    run, and a file that no run reached, count as a failed test each."""
    known = [report for report in reports if report]
    counts = sum((Counter(report["counts"]) for report in known), Counter())
    every = {path for report in known for path in report["all"]}
    left = every - {path for report in known for path in report["taken"]}
    wrong = []
    if len(known) < len(reports):
        wrong.append("a run of the tests ended before it could report: see above")
    if left:
        wrong.append("no run reached " + ", ".join(sorted(Path(path).name for path in left)))
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
