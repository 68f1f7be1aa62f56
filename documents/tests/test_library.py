# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import subprocess
import sys
from pathlib import Path

import pytest

from documents.rendering import import_facturx

# What Odoo's import hook leaves of the loader of stdnum.
HOOKED = """
import stdnum
from types import SimpleNamespace
loader = stdnum.__spec__.loader
stdnum.__spec__.loader = SimpleNamespace(
    create_module=loader.create_module, exec_module=loader.exec_module)
"""


def run(code):
    folder = Path(__file__).parents[2]
    return subprocess.run(
        [sys.executable, "-c", HOOKED + code], cwd=folder, capture_output=True, text=True
    )


def test_library_is_importable_under_the_import_hook_of_odoo():
    assert run("import facturx").returncode  # else the remedy may go
    code = "from documents.rendering import import_facturx; print(import_facturx().__name__)"
    assert run(code).stdout.strip() == "facturx"


def test_missing_library_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "facturx", None)
    with pytest.raises(ImportError, match="pip install factur-x"):
        import_facturx()
