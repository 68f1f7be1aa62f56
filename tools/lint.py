# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""`make lint`: each check is made, whatever the ones before it said."""

import os

from . import setup
from .console import say
from .home import CHECKOUT
from .processes import foreground

GROUPS = ["lint"]
# Checks of pylint-odoo that are not ours.
NOT_OURS = (
    "manifest-required-author",  # wants one association's name among the authors
    "missing-readme",            # wants README.rst, ours is README.md
    "missing-return",            # the methods of Odoo that we extend there give nothing back
)


def run(_arguments):
    """Make all checks; 0 when none has anything to say."""
    home = setup.light(GROUPS)
    # The order of these options counts, which a settings file does not keep.
    pylint = [home.python, "-m", "pylint", "--rcfile", CHECKOUT / "pyproject.toml",
              "--disable=all", "--enable=odoolint", f"--disable={','.join(NOT_OURS)}", home.link]
    checks = {
        "ruff (style)": [home.python, "-m", "ruff", "check", "--no-cache", CHECKOUT],
        "pylint-odoo (Odoo's conventions)": pylint,
        "files (length, XML, translations, names)": [home.python, "-m", "tools.lint_files"],
    }
    failed = []
    for title, command in checks.items():
        say(title)
        if foreground(command, env=os.environ, cwd=CHECKOUT):
            failed.append(title)
    say(f"lint: failed: {', '.join(failed)}" if failed else "lint: nothing to say")
    return 1 if failed else 0
