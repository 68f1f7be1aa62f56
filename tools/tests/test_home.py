# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import pytest

from tools.console import Problem
from tools.setup.home import CHECKOUT, Home


@pytest.fixture
def home(tmp_path):
    home = Home({"CHORUS_PRO_HOME": str(tmp_path / "a folder with spaces")})
    home.prepare()
    return home


def test_the_cache_folder_follows_the_environment(tmp_path):
    named = Home({"CHORUS_PRO_HOME": str(tmp_path / "x"), "XDG_CACHE_HOME": "/cache"})
    assert named.root == tmp_path / "x"
    assert str(Home({"XDG_CACHE_HOME": "/cache"}).root) == "/cache/l10n_fr_chorus_pro"


def test_the_link_has_the_technical_name_whatever_the_checkout_is_called(home):
    assert home.link.name == "l10n_fr_chorus_pro"
    assert home.link.resolve() == CHECKOUT


def test_the_link_moves_to_the_checkout_that_calls_and_says_so(home, tmp_path, capsys):
    home.link.unlink()
    home.link.symlink_to(tmp_path)
    home.prepare()
    assert home.link.resolve() == CHECKOUT
    assert str(tmp_path) in capsys.readouterr().out


def test_nobody_else_may_look_into_the_folder(home):
    assert home.root.stat().st_mode & 0o077 == 0


def test_a_comma_in_the_path_is_refused(tmp_path):
    with pytest.raises(Problem, match="CHORUS_PRO_HOME"):
        Home({"CHORUS_PRO_HOME": str(tmp_path / "a,b")})


def test_a_file_in_the_way_is_one_sentence(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(Problem, match="CHORUS_PRO_HOME"):
        Home({"CHORUS_PRO_HOME": str(tmp_path / "file" / "home")}).prepare()


def test_a_lock_that_is_held_can_be_refused(home):
    with home.locked("demo"), pytest.raises(Problem, match="runs already"):
        with home.locked("demo", busy="it runs already"):
            pass


def test_a_lock_is_free_again_after_an_error(home):
    with pytest.raises(ZeroDivisionError), home.locked("demo"):
        raise ZeroDivisionError
    with home.locked("demo", busy="it runs already"):
        pass
