# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The folders of tools/ and of simulator/: each states the order of its parts, and keeps to it."""

import ast
from pathlib import Path

import pytest

from tools.setup.home import CHECKOUT

MOST_LINES, MOST_FILES = 500, 14
PROGRAMS = ("simulator", "tools")


def rooms_of(program):
    """The program's folder and those in it that hold its modules."""
    top = CHECKOUT / program
    return [top, *sorted(each.parent for each in top.glob("*/__init__.py"))]


ROOMS = [room for program in PROGRAMS for room in rooms_of(program)]


def parts_of(room):
    """The modules and rooms in a folder, by name."""
    modules = {path.stem: path for path in room.glob("*.py") if path.stem != "__init__"}
    return {**modules, **{path.parent.name: path.parent for path in room.glob("*/__init__.py")}}


def stated_order(room):
    """{part: rank} as the docstring of the folder states it, 0 for the lowest."""
    text = ast.get_docstring(ast.parse((room / "__init__.py").read_text(encoding="utf-8")))
    _, _, order = text.partition("Imports go down:")
    levels = order.strip().partition(".")[0].split(">")
    return {part.strip(): rank for rank, level in enumerate(reversed(levels))
            for part in level.split(",")}


def imported(path, room):
    """Parts of `room` that one module of it imports, at any depth below it."""
    depth = len(path.relative_to(room).parts)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level == depth:
            if node.module:
                yield node.module.partition(".")[0]
            else:
                yield from (alias.name for alias in node.names)


def name(room):
    return str(Path(room).relative_to(CHECKOUT))


@pytest.mark.parametrize("room", ROOMS, ids=name)
def test_a_room_states_the_order_of_all_its_parts(room):
    parts = set(parts_of(room)) - {"__main__"}
    assert parts and set(stated_order(room)) == parts


@pytest.mark.parametrize("room", ROOMS, ids=name)
def test_imports_only_go_down_in_the_stated_order(room):
    order = {**stated_order(room), "__main__": 1000}
    seen = 0
    for part, path in parts_of(room).items():
        for module in [path] if path.is_file() else path.glob("*.py"):
            for other in set(imported(module, room)) - ({part} if path.is_dir() else set()):
                seen += 1
                assert order[part] > order[other], f"{name(module)} imports {other}"
    assert seen, f"no import seen in {name(room)}"


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_imports_itself_relatively_and_nothing_above_itself(program):
    """So that the order of the rooms is the whole truth."""
    for room in rooms_of(program):
        for path in room.glob("*.py"):
            depth = len(path.relative_to(CHECKOUT / program).parts)
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ImportFrom):
                    assert node.level <= depth, name(path)
                    assert node.level or node.module.partition(".")[0] != program, name(path)
                elif isinstance(node, ast.Import):
                    roots = {alias.name.partition(".")[0] for alias in node.names}
                    assert program not in roots, name(path)


@pytest.mark.parametrize("room", ROOMS, ids=name)
def test_a_room_holds_a_number_of_files_that_one_can_survey(room):
    assert len(list(room.glob("*.py"))) - 1 <= MOST_FILES
    for path in room.glob("*.py"):
        assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES, name(path)
