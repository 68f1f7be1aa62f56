# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The rooms of `tests/`: those of `models/`, one for the whole product, one for what they share."""

import ast

import pytest

from tools.house import House
from tools.setup.home import CHECKOUT

MOST_FILES = 14
COMMON = "common"
TESTS = CHECKOUT / "tests"
ROOMS = [*House().order, "whole_product"]


def imports(path):
    """[(level, module, name)] of the imports of a file from its own package."""
    return [
        (node.level, node.module or "", alias.name)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.level
        for alias in node.names
    ]


def test_tests_have_the_rooms_of_models_in_their_order():
    assert imports(TESTS / "__init__.py") == [(1, room, "*") for room in ROOMS]
    assert {path.parent.name for path in TESTS.glob("*/__init__.py")} == {*ROOMS, COMMON}
    assert [path.name for path in TESTS.glob("*.py")] == ["__init__.py"]


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_each_of_its_test_files_and_holds_nothing_else(room):
    """Odoo finds no other; so few that one can survey them."""
    files = [path.stem for path in (TESTS / room).glob("*.py") if path.stem != "__init__"]
    imported = imports(TESTS / room / "__init__.py")
    assert sorted(imported) == sorted((1, "", each) for each in files)
    assert all(each.startswith("test_") for each in files)
    assert 0 < len(files) <= MOST_FILES


def test_names_of_test_files_are_unique():
    """The second of two would hide the first from Odoo."""
    names = [path.name for path in TESTS.rglob("test_*.py")]
    assert sorted(names) == sorted(set(names))


def test_no_test_file_is_used_by_another():
    used = [(path.name, module.partition(".")[0]) for room in ROOMS
            for path in (TESTS / room).glob("test_*.py")
            for level, module, _name in imports(path) if level <= 2]
    assert used
    assert not [(name, other) for name, other in used if other != COMMON]


def test_what_tests_share_uses_no_room():
    levels = [(path.name, level) for path in (TESTS / COMMON).glob("*.py")
              for level, _module, _name in imports(path)]
    assert levels
    assert not [name for name, level in levels if level == 2]
