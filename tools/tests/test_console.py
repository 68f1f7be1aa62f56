# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import sys

import pytest

from tools.console import Problem, cause_in, run_long


@pytest.mark.parametrize(("printed", "said"), [
    ("E: write error (28: No space left on device)", "disk is full"),
    ("Temporary failure resolving 'mirror.example'", "check the network"),
    ("ERROR: Could not find a version that satisfies x (from versions: none)", "check the network"),
    ("E: Package 'chromium' has no installation candidate", "install the program by hand"),
    ("NO_PUBKEY 0E98404D386FA1D9", "debian-archive-keyring"),
])
def test_known_causes_say_what_to_do(printed, said):
    assert said in cause_in(f"much\n{printed}\nmore")


def test_an_unknown_failure_shows_the_last_line_and_the_log(tmp_path):
    log = tmp_path / "x.log"
    with pytest.raises(Problem) as raised:
        run_long([sys.executable, "-c", "print('first'); raise SystemExit('the end')"],
                 title="trying", log=log)
    assert str(raised.value) == f"trying: failed: the end (log: {log})"


def test_a_command_that_works_says_only_its_title(tmp_path, capsys):
    run_long([sys.executable, "-c", "print('hidden')"], title="trying", log=tmp_path / "x.log")
    assert capsys.readouterr().out == "chorus-pro: trying ...\n"
    assert (tmp_path / "x.log").read_text() == "hidden\n"
