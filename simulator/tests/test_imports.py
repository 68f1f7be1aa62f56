# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The simulator is independent: a mistake of the client cannot be repeated here."""

import ast
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1]


def test_it_imports_itself_the_standard_library_and_werkzeug_only():
    allowed = set(sys.stdlib_module_names) | {"werkzeug"}
    modules = sorted(FOLDER.glob("*.py"))
    assert len(modules) > 20
    for module in modules:
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                assert node.level in (0, 1), f"{module.name} imports from another package"
                names = [] if node.level else [node.module]
            else:
                continue
            for name in names:
                assert name.partition(".")[0] in allowed, f"{module.name} imports {name}"
