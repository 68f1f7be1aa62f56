# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The rooms of `models/`: their order, and what each uses of the others.

The order is that in which `models/__init__.py` imports them; a room may use those before it.
This reads the sources and imports nothing.
"""

import ast
from dataclasses import dataclass, field
from pathlib import Path

ADDON = Path(__file__).resolve().parents[1]
PACKAGES = ("choruspro", "documents")


@dataclass
class Room:
    """One folder of `models/`."""

    name: str
    purpose: str
    files: list = field(default_factory=list)


@dataclass(frozen=True)
class Arrow:
    """One use of a room by another: the file and line that say so, and what they name."""

    source: str
    target: str
    file: str
    line: int
    what: str


class House:
    """The rooms below a folder that holds `models/`, and the arrows between them."""

    def __init__(self, root=ADDON):
        self.root = Path(root)
        self.models = self.root / "models"
        self.rooms = self._rooms()
        self.order = [room.name for room in self.rooms]
        self._trees = {
            path: ast.parse(path.read_text(encoding="utf-8"))
            for room in self.rooms
            for path in room.files
        }
        self._owners = self._owners_of_models()

    def _rooms(self):
        rooms = []
        for name in _imported(self.models / "__init__.py"):
            folder = self.models / name
            start = ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))
            purpose = (ast.get_docstring(start) or "").partition("\n\n")[0].replace("\n", " ")
            rooms.append(Room(name, purpose, sorted(_modules(folder))))
        return rooms

    def _owners_of_models(self):
        """{name of a model: the room that defines it}"""
        owners = {}
        for path, tree in self._trees.items():
            for node in ast.walk(tree):
                if isinstance(node, ast.ClassDef):
                    attributes = _attributes(node)
                    name = attributes.get("_name")
                    if name and name not in str(attributes.get("_inherit")):
                        owners[name] = path.parent.name
        return owners

    def arrows(self):
        """Every :class:`Arrow` between two rooms: relative imports, `_inherit`, `env["…"]`, and
        any other text that is the name of a model."""
        return [each for path, tree in self._trees.items() for each in self._arrows_of(path, tree)]

    def _arrows_of(self, path, tree):
        source = path.parent.name
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                target, what = self._imported_room(path, node)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                target, what = self._owners.get(node.value), node.value
            else:
                continue
            if target and target != source:
                file = str(path.relative_to(self.root))
                yield Arrow(source, target, file, node.lineno, what)

    def _imported_room(self, path, node):
        """(room, module) of an import out of another room; (None, "") else."""
        if not node.level:
            return None, ""
        package = path.relative_to(self.root).parts[:-1]
        base = package[: len(package) - node.level + 1]
        module = [*base, *(node.module or node.names[0].name).split(".")]
        is_room = len(module) > 1 and module[0] == "models" and module[1] in self.order
        return (module[1], ".".join(module)) if is_room else (None, "")

    def upward(self):
        """Arrows from a room to one that comes after it: there should be none."""
        return [arrow for arrow in self.arrows() if not self._goes_down(arrow)]

    def _goes_down(self, arrow):
        return self.order.index(arrow.target) < self.order.index(arrow.source)

    def picture(self):
        """The rooms as a Mermaid flow chart, top room first. An arrow says that the upper room
        uses the lower one; those that follow from others are left out."""
        down = {(each.source, each.target) for each in self.arrows() if self._goes_down(each)}
        pairs = sorted(down, key=self._height)
        lines = ["flowchart TD"]
        for room in reversed(self.rooms):
            lines.append(f'    {room.name}["<b>{room.name}</b><br/>{room.purpose}"]')
        lines += [f"    {source} --> {target}" for source, target in self._direct(pairs)]
        return "\n".join(lines)

    def _height(self, pair):
        return tuple(-self.order.index(name) for name in pair)

    @staticmethod
    def _direct(pairs):
        below = {}
        for source, target in pairs:
            below.setdefault(source, set()).add(target)

        def reach(name):
            return {name}.union(*(reach(other) for other in below.get(name, ())))

        return [
            (source, target)
            for source, target in pairs
            if not any(target in reach(other) for other in below[source] - {target})
        ]


def _modules(folder):
    return (path for path in folder.glob("*.py") if path.name != "__init__.py")


def _attributes(node):
    """{`_name` or `_inherit`: value} of a class."""
    return {
        target.id: ast.literal_eval(statement.value)
        for statement in node.body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if getattr(target, "id", None) in ("_name", "_inherit")
    }


def _imported(path):
    """Names that an `__init__.py` imports from its own folder, in their order."""
    return [
        alias.name
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ImportFrom) and node.level == 1 and not node.module
        for alias in node.names
    ]
