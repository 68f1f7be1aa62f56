# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Set-up: everything that a command needs, made once and found again the next time."""

import contextlib
import shutil

from . import odoo_source, postgres, python_env
from .database import Databases
from .home import Home
from .odoo_server import OdooServer
from .system_packages import require

PROGRAMS = {"wkhtmltopdf": ("wkhtmltopdf", "fonts-dejavu-core")}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def light(groups):
    """The home folder with a virtual environment that holds the groups, without Odoo."""
    home = Home()
    home.prepare()
    with home.locked("setup"):
        python_env.ensure(home, groups)
    return home


@contextlib.contextmanager
def full(browser=False, linters=False):
    """Give Databases on a running PostgreSQL, with Odoo, its Python packages and wkhtmltopdf.

    browser: also a Chromium, for tours. linters: also what `make lint` uses.
    """
    home = Home()
    home.prepare()
    with home.locked("setup"):
        source = odoo_source.find(home)
        groups = ["unit", "odoo", "test", "postgres"] + (["lint"] if linters else [])
        python_env.ensure(home, groups, source.pkg_info)
        missing = [package for program, packages in PROGRAMS.items()
                   if not shutil.which(program) for package in packages]
        if browser and not any(map(shutil.which, BROWSERS)):
            missing.append("chromium")
        if missing:
            require(missing, home=home, why="programs of the distribution are missing")
    with postgres.running(home) as access:
        yield Databases(OdooServer(home, source, access))
