# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""`make screenshots`: the screens of the add-on as pictures, in each language of the add-on.

With WIDTH they are as wide as that, in FOLDER: for looking at them on other screens. On a phone's
width only those that need no click are taken: their buttons lie elsewhere.

Each language has its own new database, because what Odoo stores (why an invoice is refused) is in
the language of the user at work.
"""

import contextlib
import json
import os
import shutil
import subprocess
from pathlib import Path

from .. import simulator_process
from ..console import Problem, say
from ..demo import command as demo
from ..odoo import installation
from ..odoo.rpc import OdooSession
from ..processes import foreground, free_port, server
from ..setup.home import CHECKOUT
from ..setup.system_packages import require
from .catalogue import chosen
from .showcase import Showcase, prepare_users

DATABASE = "chorus_pro_screenshots"
PORT = 8369
FOLDER = CHECKOUT / "docs" / "images"
WIDTH = 1400
PHONE = 768  # pixels; Odoo's own limit
LANGUAGES = {"fr": "fr_FR", "en": "en_US"}
# What Odoo's pages ask for where neither Apple's nor Microsoft's fonts are.
FONT = "Roboto"


def run(_arguments):
    """Make every picture, or those that SCREENS names; the exit code is not zero when a screen
    cannot be reached."""
    screens, width = os.environ.get("SCREENS", "").split(), int(os.environ.get("WIDTH") or WIDTH)
    target = Path(os.environ.get("FOLDER") or FOLDER)
    if width != WIDTH and target == FOLDER:
        raise Problem(f"the pictures of the documentation are {WIDTH} pixels wide: name a FOLDER "
                      "for others")
    languages = os.environ.get("LANGUAGES", "").split() or LANGUAGES
    try:
        found = chosen(screens)
    except KeyError as error:
        raise Problem(f"no screen {error}: see tools/screens/catalogue.py") from None
    if width < PHONE:
        screens = [screen.name for screen in found if screen.address and not screen.steps]
    with contextlib.ExitStack() as stack:
        databases = stack.enter_context(installation.full(browser=True))
        home = databases.home
        stack.enter_context(home.locked("screenshots", busy="screenshots are being made already: "
                                        "wait for them, or set CHORUS_PRO_HOME to another folder"))
        installation.light(["screenshots"])
        if not _has_font():
            require(["fontconfig", "fonts-roboto-unhinted"], home=home,
                    why=f"the font {FONT} is missing")
        simulator = stack.enter_context(
            simulator_process.running(home, options=("--tls-port", 0)))
        for folder in languages:
            say(f"screens in {LANGUAGES[folder]}")
            failed = _make_pictures(databases, simulator, LANGUAGES[folder],
                                    {"folder": str(target / folder), "screens": screens,
                                     "width": width, "is_phone": width < PHONE})
            if failed:
                return failed
    size = sum(picture.stat().st_size for picture in target.rglob("*.png"))
    say(f"{target}: {size / 1e6:.1f} MB in all")
    return 0


def _has_font():
    if not shutil.which("fc-match"):
        return False
    found = subprocess.run(["fc-match", "--format", "%{family}", FONT], capture_output=True,
                           text=True, check=False)
    return FONT in found.stdout


def _make_pictures(databases, simulator, language, wanted):
    """The pictures of one language, on a database and a Chorus Pro where nothing happened yet.

    wanted: the folder, the width, and the screens, all when none is named. Gives the exit code.
    """
    databases.fresh(DATABASE)
    simulator.post("reset")
    home = databases.home
    port = free_port(PORT)
    url = f"http://127.0.0.1:{port}"
    chorus = simulator.credentials()
    demo.set_up_company(databases.server, DATABASE, url, chorus, chorus["recipients"])
    # Without Odoo's own clock: each job runs when the showcase wants it, and never in between.
    command = databases.server.command(
        "-d", DATABASE, "-c", home.config, "--db-filter", f"^{DATABASE}$", "--http-port", port,
        "--max-cron-threads", 0)
    log = home.logs / "screenshots.log"
    with server("Odoo", command, url=f"{url}/web/login", log=log,
                env=databases.server.environment(), cwd=home.root):
        prepare_users(OdooSession(url, DATABASE, **demo.ADMINISTRATOR), language)
        showcase = Showcase(OdooSession(url, DATABASE, **demo.ACCOUNTANT),
                            OdooSession(url, DATABASE, **demo.ADMINISTRATOR), simulator)
        showcase.run()
        # Nobody writes it from outside.
        databases.sql("UPDATE chorus_pro_connection SET database_stamp = 'another database' "
                      "WHERE id = %s", str(showcase.records["copied"]), database=DATABASE)
        return _take_screenshots(home, {
            **wanted, "url": url, "database": DATABASE, "language": language,
            "browser": next(filter(None, map(shutil.which, installation.BROWSERS))),
            "log": str(log), "records": showcase.records,
            "users": {"accountant": demo.ACCOUNTANT, "administrator": demo.ADMINISTRATOR}})


def _take_screenshots(home, errand):
    """Take the pictures with the virtual environment's Python, which has the browser's driver.
    It prints a line for each picture, or why it fails; gives its exit code."""
    return foreground([home.python, "-m", "tools.screens.take_screenshots", json.dumps(errand)],
                      env={**os.environ, "PYTHONUNBUFFERED": "1"}, cwd=CHECKOUT)
