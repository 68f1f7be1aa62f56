# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The virtual environment of the cache folder, filled group by group from requirements files."""

import hashlib
import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

from ..console import run_long
from .system_packages import require

REQUIREMENTS = Path(__file__).parents[1]
_VERSION = f"{sys.version_info[0]}.{sys.version_info[1]}"
# Names of PKG-INFO that our own list serves under another name.
REPLACED = {"psycopg2": "psycopg2-binary", "pypdf2": "pypdf"}


def ensure(home, groups, pkg_info=None):
    """Install the requirements of the groups, those whose list has changed.

    groups: names of requirements-NAME.txt, all installed in one call of pip. pkg_info: Odoo's
    PKG-INFO; what it requires beyond our lists is installed with the group "odoo".
    """
    _make(home)
    stamps = home.venv / "installed"
    wanted, lists = [], []
    for group in groups:
        file = REQUIREMENTS / f"requirements-{group}.txt"
        extra = unlisted(pkg_info) if group == "odoo" and pkg_info else []
        key = hashlib.sha256(file.read_bytes() + " ".join(extra).encode()).hexdigest()
        stamp = stamps / group
        if not stamp.exists() or stamp.read_text() != key:
            wanted.append((stamp, key))
            lists += ["-r", file, *extra]
    if not wanted:
        return
    # Always as a module: a script's first line cannot hold a path with spaces.
    run_long([home.python, "-m", "pip", "install", "--no-input", "--disable-pip-version-check",
              "--progress-bar", "off", *lists],
             title="installing Python packages for " + ", ".join(s.name for s, _key in wanted),
             log=home.logs / "pip.log", cwd=home.root)
    stamps.mkdir(exist_ok=True)
    for stamp, key in wanted:
        stamp.write_text(key)


def _make(home):
    """Make the environment; again when its Python is gone or is another version."""
    if home.python.exists() and _version(home.python) == _VERSION:
        return
    if importlib.util.find_spec("ensurepip") is None:
        require(["python3-venv"], home=home, why="Python's module venv is missing")
    fresh = home.root / "venv.new"
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.rmtree(home.venv, ignore_errors=True)
    run_long([sys.executable, "-m", "venv", "--without-pip", fresh],
             title="making the virtual environment", log=home.logs / "venv.log")
    fresh.rename(home.venv)
    run_long([home.python, "-m", "ensurepip", "--default-pip"],
             title="adding pip to it", log=home.logs / "venv.log")


def _version(python):
    answer = subprocess.run(
        [python, "-c", "import sys, pip; print('%d.%d' % sys.version_info[:2])"],
        capture_output=True, text=True, check=False)
    return answer.stdout.strip()


def unlisted(pkg_info):
    """Requirements of Odoo's PKG-INFO that no list of ours names."""
    listed = {_name(line) for file in REQUIREMENTS.glob("requirements-*.txt")
              for line in file.read_text().splitlines() if line[:1].isalpha()}
    required = [line.partition(":")[2].strip() for line in pkg_info.read_text().splitlines()
                if line.startswith("Requires-Dist:") and "extra ==" not in line]
    return [requirement for requirement in required
            if REPLACED.get(_name(requirement), _name(requirement)) not in listed]


def _name(requirement):
    return re.match(r"[\w.-]+", requirement)[0].lower().replace("_", "-")
