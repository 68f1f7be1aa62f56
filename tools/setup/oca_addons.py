# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Add-ons of the OCA that ours tie the main one to, in a folder of the cache folder. Without them
everything works but what needs them."""

import hashlib
import shutil

from ..console import Problem, run_long, say
from .python_env import REQUIREMENTS

LIST = REQUIREMENTS / "requirements-oca.txt"


def ensure(home):
    """Have them in `home.oca`, as the list says. Says so when they cannot be fetched."""
    stamp = home.oca / "installed"
    key = hashlib.sha256(LIST.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == key:
        return
    fresh = home.oca.with_suffix(".new")
    shutil.rmtree(fresh, ignore_errors=True)
    try:
        # They ask for a package of Odoo, which is here already.
        run_long([home.python, "-m", "pip", "install", "--no-input", "--disable-pip-version-check",
                  "--progress-bar", "off", "--retries", "1", "--no-deps", "--target", fresh, "-r",
                  LIST],
                 title="fetching add-ons of the OCA", log=home.logs / "pip-oca.log", cwd=home.root)
    except Problem as problem:
        say(f"{problem}: going on without them")
        return
    (fresh / stamp.name).write_text(key)
    shutil.rmtree(home.oca, ignore_errors=True)
    fresh.rename(home.oca)


def has(home, module):
    """Whether one of them has this technical name."""
    return (home.oca / "odoo" / "addons" / module / "__manifest__.py").exists()
