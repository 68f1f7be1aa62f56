# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Set-up: everything that a command needs, made once and found again the next time."""

import contextlib
import os
import shutil

from ..setup import oca_addons, odoo_source, postgres, python_env, wkhtmltopdf
from ..setup.database import Databases
from ..setup.home import Home
from ..setup.system_packages import require
from .server import OdooServer

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def light(groups):
    """The home folder with a virtual environment that holds the groups, without Odoo."""
    home = Home()
    home.prepare()
    with home.locked("setup"):
        python_env.ensure(home, groups)
    return home


@contextlib.contextmanager
def full(browser=False, linters=False, oca=False):
    """Give Databases on a running PostgreSQL, with Odoo, its Python packages and wkhtmltopdf.

    browser: also a Chromium, for tours. linters: also what `make lint` uses.
    oca: also the add-ons of the OCA, if they can be fetched.
    """
    home = Home()
    home.prepare()
    with home.locked("setup"):
        source = odoo_source.find(home)
        groups = ["unit", "odoo", "test"] + (["lint"] if linters else [])
        if not os.environ.get("PGHOST"):
            groups.append("postgres")
        python_env.ensure(home, groups, source.pkg_info)
        if oca:
            oca_addons.ensure(home)
        wkhtmltopdf.ensure(home)
        if browser and not any(map(shutil.which, BROWSERS)):
            require(["chromium"], home=home, why="browser tests need a Chromium or Chrome")
    with postgres.running(home) as access:
        yield Databases(OdooServer(home, source, access))
