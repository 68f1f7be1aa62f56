# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The simulator is independent: a mistake of the client cannot be repeated here."""

import ast
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1]
# One file each: the first and the last are loaded for their ports only, the second imports when it
# is used
NEEDS = {
    "http/authority.py": "cryptography",
    "documents/factur_x.py": "pypdf",
    "edi/ssh.py": "asyncssh",
}


def test_it_imports_itself_the_standard_library_and_werkzeug_only():
    allowed = set(sys.stdlib_module_names) | {"werkzeug"}
    modules = {
        module.relative_to(FOLDER).as_posix(): module
        for module in FOLDER.rglob("*.py")
        if "tests" not in module.parts
    }
    assert len(modules) > 20 and set(NEEDS) < set(modules)
    for name, module in modules.items():
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                assert node.level <= name.count("/") + 1, f"{name} imports from another package"
                names = [] if node.level else [node.module]
            else:
                continue
            for imported in names:
                root = imported.partition(".")[0]
                known = root in allowed or NEEDS.get(name) == root
                assert known, f"{name} imports {imported}"


def test_without_tls_the_standard_library_and_werkzeug_are_enough():
    program = (
        "import sys\n"
        "for name in ('cryptography', 'pypdf', 'asyncssh'): sys.modules[name] = None\n"
        "import simulator.__main__\n"
        "simulator.server.SimulatorServer().control.credentials()"
    )
    subprocess.run([sys.executable, "-c", program], cwd=FOLDER.parent, check=True)
