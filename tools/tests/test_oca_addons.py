# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import pytest

from tools.console import Problem
from tools.setup import oca_addons
from tools.setup.home import Home


@pytest.fixture
def home(tmp_path):
    home = Home({"CHORUS_PRO_HOME": str(tmp_path)})
    home.prepare()
    return home


@pytest.fixture
def fetched(monkeypatch):
    """What pip is called with; it makes the folder."""
    calls = []

    def run(argv, **_options):
        calls.append(argv)
        module = argv[argv.index("--target") + 1] / "odoo" / "addons" / "queue_job"
        module.mkdir(parents=True)
        (module / "__manifest__.py").touch()

    monkeypatch.setattr(oca_addons, "run_long", run)
    return calls


def test_list_is_fetched_once_and_without_another_odoo(home, fetched):
    assert not oca_addons.has(home, "queue_job")
    oca_addons.ensure(home)
    oca_addons.ensure(home)
    [argv] = fetched
    assert "--no-deps" in argv
    assert oca_addons.has(home, "queue_job")
    assert not oca_addons.has(home, "another")


def test_changed_list_is_fetched_again(home, fetched, tmp_path, monkeypatch):
    oca_addons.ensure(home)
    changed = tmp_path / "list.txt"
    changed.write_text("another==19.*\n")
    monkeypatch.setattr(oca_addons, "LIST", changed)
    oca_addons.ensure(home)
    assert len(fetched) == 2


def test_without_a_network_the_run_says_so_and_goes_on(home, monkeypatch, capsys):
    def fail(*_arguments, **_options):
        raise Problem("no connection: check the network")

    monkeypatch.setattr(oca_addons, "run_long", fail)
    oca_addons.ensure(home)
    assert "going on without" in capsys.readouterr().out
    assert not oca_addons.has(home, "queue_job")
