# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""`make lint`: every check runs, even after another has failed."""

import os

from ..console import say
from ..odoo import installation
from ..processes import foreground
from ..setup.home import CHECKOUT, addons

# The libraries compared with the list of weaknesses are those of the packages without Odoo.
GROUPS = ["lint", "unit"]
# Checks of pylint-odoo that are not ours.
NOT_OURS = (
    # One model is extended by several rooms on purpose: a topic is whole in its folder. The check
    # reports nothing in a clone, where it finds no manifest, but does in a copy without .git.
    "consider-merging-classes-inherited",
    "manifest-required-author",  # wants one association's name among the authors
    "missing-readme",            # wants README.rst, ours is README.md
    "missing-return",            # the methods of Odoo that we extend there give nothing back
)
# Checks of pylint itself that the OCA's repositories run in addition to those of pylint-odoo.
OF_PYLINT = (
    "anomalous-backslash-in-string", "assignment-from-none", "dangerous-default-value",
    "deprecated-module", "duplicate-key", "eval-used", "redefined-builtin",
    "redundant-keyword-arg", "reimported", "return-in-init", "too-few-format-args", "unreachable",
)
# What runs inside Odoo, and the programs outside it.
ADD_ON = ("choruspro", "documents", "controllers", "models", "wizard", "report", "migrations",
          "hooks.py", "addons")
BESIDE = ("simulator", "tools")
# bandit's checks that say nothing about programs that run here, for who started them, on loopback.
NOT_OF_PROGRAMS = (
    "B310",  # they open addresses that they made themselves
    "B314", "B405",  # the simulator's parser takes no declaration of a document type
    "B404", "B603", "B607",  # they start programs, by lists of arguments; a shell is still found
    "B608",  # they build SQL only from their own constants
)


def run(_arguments):
    """Run all checks; 0 when none finds a fault."""
    home = installation.light(GROUPS)
    # The order of these options counts, which a settings file does not keep.
    pylint = [home.python, "-m", "pylint", "--rcfile", CHECKOUT / "pyproject.toml",
              "--disable=all", f"--enable=odoolint,{','.join(OF_PYLINT)}",
              f"--disable={','.join(NOT_OURS)}", *(home.addons / name for name in addons())]
    bandit = [home.python, "-m", "bandit", "--quiet", "--configfile",
              CHECKOUT / "pyproject.toml", "--recursive"]
    checks = {
        "ruff (style)": [home.python, "-m", "ruff", "check", "--no-cache", CHECKOUT],
        "pylint-odoo (Odoo's conventions)": pylint,
        "bandit (security, in Odoo)": [*bandit, *ADD_ON],
        "bandit (security, other programs)": [
            *bandit, "--skip", ",".join(NOT_OF_PROGRAMS), *BESIDE],
        "libraries (known weaknesses)": [home.python, "-m", "tools.linting.advisories"],
        "libraries (what they ask of each other)": [home.python, "-m", "pip", "check"],
        "files (length, XML, translations, names)": [home.python, "-m", "tools.linting.files"],
    }
    failed = []
    for title, command in checks.items():
        say(title)
        if foreground(command, env=os.environ, cwd=CHECKOUT):
            failed.append(title)
    say(f"lint: failed: {', '.join(failed)}" if failed else "lint: no faults")
    return 1 if failed else 0
