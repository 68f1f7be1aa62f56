# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""`make lint` says the same in a clone and in a copy without .git."""

from pathlib import Path

from tools.linting.command import NOT_OURS
from tools.linting.files import files


def test_the_check_that_only_speaks_without_git_is_decided_in_the_list():
    assert "consider-merging-classes-inherited" in NOT_OURS


def test_the_files_of_a_checkout_are_found_without_git(tmp_path):
    kept = {".ci/run", ".gitignore", "a.py", "static/b.xml"}
    left = {".git/config", "static/__pycache__/a.pyc", ".ruff_cache/x", "c.pyc"}
    for name in kept | left:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    (tmp_path / ".gitignore").write_text("# comment\n__pycache__/\n*.pyc\n.ruff_cache/\n")
    assert set(map(Path.as_posix, files(tmp_path))) == kept
