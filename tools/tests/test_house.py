# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The rooms of `models/`: arrows only go down, and each room stays one that can be overlooked."""

import re

import pytest

from tools.house import House
from tools.setup.home import CHECKOUT

MOST_LINES = 500
HOUSE = House()


def test_rooms_use_only_rooms_before_them():
    assert HOUSE.arrows(), "no use of one room by another was seen"
    assert not [f"{each.file}:{each.line} names {each.what}" for each in HOUSE.upward()]


def test_each_folder_of_models_is_a_room_that_says_what_it_holds():
    folders = {path.parent.name for path in HOUSE.models.glob("*/__init__.py")}
    assert folders == set(HOUSE.order)
    assert all(room.purpose for room in HOUSE.rooms)
    assert not [path for path in HOUSE.models.glob("*.py") if path.name != "__init__.py"]


@pytest.mark.parametrize("room", HOUSE.rooms, ids=lambda room: room.name)
def test_each_file_of_a_room_is_loaded_and_holds_one_concept(room):
    loaded = (HOUSE.models / room.name / "__init__.py").read_text(encoding="utf-8")
    for path in room.files:
        lines = path.read_text(encoding="utf-8").count("\n")
        assert lines <= MOST_LINES, f"{path.name} has {lines} lines"
        assert re.search(rf"^from \. import {path.stem}$", loaded, re.MULTILINE), path.name


@pytest.mark.parametrize(
    ("upper", "lower", "line"),
    [
        ("one", "two", "from ..two import thing"),
        ("one", "two", "from .. import two"),
        ("one", "two", '_inherit = "chorus.pro.thing"'),
        ("one", "two", 'env["chorus.pro.thing"]'),
    ],
)
def test_an_arrow_that_goes_up_is_found(tmp_path, upper, lower, line):
    models = tmp_path / "models"
    for room, text in ((upper, line), (lower, 'class Thing:\n    _name = "chorus.pro.thing"')):
        folder = models / room
        folder.mkdir(parents=True)
        (folder / "__init__.py").write_text('"""A room."""\n\nfrom . import part\n')
        (folder / "part.py").write_text(text + "\n")
    (models / "__init__.py").write_text(f"from . import {upper}\nfrom . import {lower}\n")
    [arrow] = House(tmp_path).upward()
    assert (arrow.source, arrow.target) == (upper, lower)


def test_picture_of_the_architecture_page_is_that_of_the_code():
    page = (CHECKOUT / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert HOUSE.picture() in page, "run make docs"
