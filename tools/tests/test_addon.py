# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import pytest

from tools.console import Problem
from tools.setup import addon
from tools.setup.home import addons


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    monkeypatch.setattr(addon, "CHECKOUT", tmp_path)
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "x.py").write_text("x = 1\n")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_x.py").write_text("x = 1\n")
    return tmp_path


def test_a_change_of_the_addon_changes_the_key(checkout):
    before = addon.key()
    (checkout / "models" / "x.py").write_text("x = 2\n")
    assert addon.key() != before


def test_a_change_of_a_test_does_not(checkout):
    before = addon.key()
    (checkout / "tests" / "test_x.py").write_text("x = 2\n")
    assert addon.key() == before


def test_a_renamed_file_changes_the_key(checkout):
    before = addon.key()
    (checkout / "models" / "x.py").rename(checkout / "models" / "y.py")
    assert addon.key() != before


def test_an_addon_that_ties_it_to_another_is_found_and_changes_the_key(checkout):
    before = addon.key()
    glue = checkout / "addons" / "l10n_fr_chorus_pro_x"
    glue.mkdir(parents=True)
    (glue / "__manifest__.py").write_text("{'depends': ['x']}")
    assert addon.key() != before
    assert addon.manifest("l10n_fr_chorus_pro_x") == {"depends": ["x"]}
    assert list(addons(checkout)) == ["l10n_fr_chorus_pro", "l10n_fr_chorus_pro_x"]


def test_a_manifest_that_cannot_be_read_is_one_sentence(checkout):
    (checkout / "__manifest__.py").write_text("{")
    with pytest.raises(Problem, match="__manifest__.py"):
        addon.manifest()
