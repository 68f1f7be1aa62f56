# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import pytest

from tools.console import Problem
from tools.setup import odoo_source


def make_odoo(base, version="19, 0, 0", addons="odoo/addons"):
    (base / "odoo").mkdir(parents=True)
    (base / "odoo" / "release.py").write_text(f"version_info = ({version}, FINAL, 0, '')\n")
    (base / addons / "account").mkdir(parents=True)


@pytest.mark.parametrize("addons", ["odoo/addons", "addons"])
def test_odoo_home_may_be_a_package_or_a_checkout(tmp_path, addons):
    make_odoo(tmp_path, addons=addons)
    source = odoo_source.find(None, {"ODOO_HOME": str(tmp_path)})
    assert source.python_path == tmp_path
    assert tmp_path / addons in source.addons


def test_odoo_home_may_be_an_unpacked_debian_package(tmp_path):
    base = tmp_path / "usr/lib/python3/dist-packages"
    make_odoo(base)
    assert odoo_source.find(None, {"ODOO_HOME": str(tmp_path)}).python_path == base


def test_another_series_is_refused(tmp_path):
    make_odoo(tmp_path, version="18, 0, 0")
    with pytest.raises(Problem, match="is not Odoo 19.0"):
        odoo_source.find(None, {"ODOO_HOME": str(tmp_path)})


def test_a_folder_without_odoo_says_what_to_name(tmp_path):
    with pytest.raises(Problem, match="holds no Odoo"):
        odoo_source.find(None, {"ODOO_HOME": str(tmp_path)})


def test_the_version_that_was_tried_comes_first():
    assert odoo_source.choose(["19.0.1+dfsg-1", odoo_source.TRIED]) == odoo_source.TRIED


def test_else_the_newest_of_the_series_is_taken_and_said(capsys):
    assert odoo_source.choose(["20.0-1", "19.0.2-1", "19.0.1-1"]) == "19.0.2-1"
    assert "taking 19.0.2-1" in capsys.readouterr().out


def test_no_version_of_the_series_names_odoo_home():
    with pytest.raises(Problem, match="ODOO_HOME"):
        odoo_source.choose(["20.0-1"])


@pytest.mark.parametrize("header, day", [
    ('"POT-Creation-Date: 2026-07-03 10:00+0000\\n"', "2026-07-03"),
    ("nothing of the kind", "an unknown day"),
])
def test_the_date_of_a_given_odoo_is_printed(tmp_path, capsys, header, day):
    make_odoo(tmp_path)
    terms = tmp_path / "odoo/addons/account/i18n/account.pot"
    terms.parent.mkdir()
    terms.write_text(header)
    odoo_source.find(None, {"ODOO_HOME": str(tmp_path)})
    assert f"of {day}" in capsys.readouterr().out
