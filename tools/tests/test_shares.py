# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Several runs of pytest that share the same tests."""

import json
import os
import subprocess
import sys

import pytest

from tools.setup.home import CHECKOUT
from tools.test_runs import meeting_platform, summary

TESTS = {
    "test_a.py": "import unittest\n"
                 "class HttpCase(unittest.TestCase):\n    pass\n"
                 "class TestTour(HttpCase):\n    def test_tour(self):\n        pass\n",
    "test_b.py": "import unittest\n"
                 "class TestB(unittest.TestCase):\n"
                 "    def test_one(self):\n        pass\n    def test_two(self):\n        pass\n",
    "test_c.py": "def test_c():\n    assert False\n",
    "test_whole_run.py": "def test_log():\n    pass\n",
}


@pytest.fixture
def run(tmp_path):
    """Makes a run that has its share of TESTS; gives (its report, what it printed)."""
    tests, taken = tmp_path / "tests", tmp_path / "taken"
    tests.mkdir()
    taken.mkdir()
    for name, text in TESTS.items():
        (tests / name).write_text(text)

    def make(*options):
        report = tmp_path / "report.json"
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-v", "-p", "no:odoo", "-p", "no:cacheprovider", "-p",
             "tools.test_share", "--share", taken, "--share-report", report, *options, tests],
            env={**os.environ, "PYTHONPATH": str(CHECKOUT)}, cwd=tests, capture_output=True,
            text=True, check=False)
        return json.loads(report.read_text()), done.stdout
    make.taken = taken
    return make


def names(report, key="taken"):
    return [path.rpartition(os.sep)[2] for path in report[key]]


def test_a_run_passes_over_files_that_another_run_has_taken(run):
    first, printed = run("--share-browser")
    second, _printed = run("--share-browser")
    assert names(first) == names(first, "all") == list(TESTS)
    assert first["counts"] == {"passed": 4, "failed": 1, "error": 0, "skipped": 0}
    assert "test_b.py::TestB::test_two PASSED" in printed
    assert names(second) == ["test_whole_run.py"]
    assert second["counts"] == {"passed": 1, "failed": 0, "error": 0, "skipped": 0}


def test_one_run_alone_takes_the_tests_in_a_browser_and_does_them_first(run):
    without, _printed = run()
    assert names(without) == ["test_b.py", "test_c.py", "test_whole_run.py"]
    for entry in run.taken.iterdir():
        entry.unlink()
    _report, printed = run("--share-browser")
    ran = [line.partition("::")[0] for line in printed.splitlines() if "::" in line]
    assert ran[0] == "test_a.py" and ran.index("test_b.py") == 1


def test_a_run_passes_from_folder_to_folder_over_files_of_another_run(run, tmp_path):
    for path in ("k/test_k.py", "k/test_l.py", "m/test_m.py"):
        file = tmp_path / "tests" / path
        file.parent.mkdir(exist_ok=True)
        (file.parent / "__init__.py").write_text("")
        file.write_text(TESTS["test_b.py"])
    of_another = tmp_path / "tests" / "k" / "test_l.py"
    (run.taken / str(of_another).replace(os.sep, "+")).touch()
    report, _printed = run("--share-browser")
    assert report["counts"] == {"passed": 8, "failed": 1, "error": 0, "skipped": 0}
    assert {"test_k.py", "test_m.py"} < set(names(report))


def test_the_closing_line_counts_every_run():
    first = {"counts": {"passed": 3, "failed": 1, "error": 1}, "all": ["a", "b"], "taken": ["a"]}
    second = {"counts": {"passed": 2, "skipped": 1}, "all": ["a", "b"], "taken": ["b"]}
    assert summary([first, second]) == (5, 2, 1, [])


def test_a_run_without_a_report_and_a_file_that_nobody_took_are_failures():
    report = {"counts": {"passed": 3}, "all": ["x/a.py", "x/b.py"], "taken": ["x/a.py"]}
    passed, failed, _skipped, wrong = summary([report, None])
    assert (passed, failed) == (3, 2)
    assert len(wrong) == 2 and wrong[1].endswith("b.py")


def test_files_that_meet_the_platform_are_found_in_any_room(tmp_path):
    room = tmp_path / "invoice"
    room.mkdir()
    (room / "test_x.py").write_text("from ..common.platform import platform\n")
    (tmp_path / "test_y.py").write_text("# common.platform import is only spoken of\n")
    assert meeting_platform(tmp_path) == [room / "test_x.py"]
    assert meeting_platform()
