# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""A plugin of pytest: several runs share the same tests, a file at a time: `-p tools.test_share`.

Each run collects all tests. It takes a file, when it comes to it, by making an entry in the folder
that the runs share, and passes over a file that another run has taken: all end at about the same
time, whatever each file takes. Files with tests in a browser are for one run only. At its end a run
writes what it did as JSON: numbers of tests by outcome, names of its files and of all files.
"""

import json
import os
from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol

# It looks at the log of the run, and each run has its own.
OF_EVERY_RUN = "test_whole_run.py"
OUTCOMES = ("passed", "failed", "error", "skipped")


class Share:
    """What one run takes. folder: shared, empty at the start. browser: whether it takes the files
    with tests in a browser, which it then does first."""

    def __init__(self, folder, browser=False):
        self._folder = Path(folder)
        self._browser = browser
        self._with_browser = set()
        self._is_mine = {}

    def order(self, items):
        """The tests of one run, in the order in which it reaches them."""
        self._is_mine = dict.fromkeys((item.path for item in items), None)
        self._with_browser = {item.path for item in items if in_browser(item)}
        return sorted(items, key=self._rank)

    def _rank(self, item):
        if item.path.name == OF_EVERY_RUN:
            return 2
        return 0 if item.path in self._with_browser else 1

    def takes(self, item):
        """Whether the test is in a file of this run; takes the file unless another run did."""
        path = item.path
        if self._is_mine[path] is None:
            self._is_mine[path] = self._take(path)
        return self._is_mine[path]

    def _take(self, path):
        if path.name == OF_EVERY_RUN:
            return True
        if path in self._with_browser and not self._browser:
            return False
        try:
            (self._folder / str(path).replace(os.sep, "+")).touch(exist_ok=False)
        except FileExistsError:
            return False
        return True

    def report(self, counts):
        """What the run did, for JSON. counts: numbers of tests by outcome."""
        return {"counts": dict(counts), "all": sorted(map(str, self._is_mine)),
                "taken": sorted(str(path) for path, mine in self._is_mine.items() if mine)}


def in_browser(item):
    """Whether the test is of Odoo's class of tests that call its web server."""
    return any(each.__name__ == "HttpCase" for each in getattr(item.cls, "__mro__", ()))


def pytest_addoption(parser):
    group = parser.getgroup("share")
    group.addoption("--share", metavar="FOLDER", help="the folder that the runs share")
    group.addoption("--share-report", metavar="FILE", help="where to write what this run did")
    group.addoption("--share-browser", action="store_true", help="take the tests in a browser")


def pytest_configure(config):
    if config.getoption("--share"):
        share = Share(config.getoption("--share"), config.getoption("--share-browser"))
        config.pluginmanager.register(Plugin(share, config.getoption("--share-report")))


class Plugin:
    """The hooks of a run that has a share."""

    def __init__(self, share, report):
        self._share = share
        self._report = report

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items):
        items[:] = self._share.order(items)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item, nextitem):
        if not self._share.takes(item):
            return True
        if nextitem is None or nextitem.path == item.path:
            return None
        # What is torn down now depends on the test that this run comes to next: not on one that it
        # will pass over, which may be in another folder.
        items = item.session.items
        later = items[items.index(item) + 1:]
        following = next(filter(self._share.takes, later), None)
        item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        runtestprotocol(item, nextitem=following)
        item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        return True

    def pytest_terminal_summary(self, terminalreporter):
        counts = {name: len(terminalreporter.stats.get(name, ())) for name in OUTCOMES}
        Path(self._report).write_text(json.dumps(self._share.report(counts)), encoding="utf-8")
