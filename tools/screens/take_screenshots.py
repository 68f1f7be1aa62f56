# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Takes the pictures of one language: `python -m tools.screens.take_screenshots ERRAND`.

Run by the virtual environment's Python, which has playwright and Pillow. The browser is the
distribution's. Prints one line for each picture; on the first screen that cannot be reached one
line that says which, and the exit code is 1.
"""

import io
import json
import os
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Error, sync_playwright

from ..console import PREFIX, Problem, say
from ..odoo.rpc import OdooSession
from .catalogue import ANY_VIEW, AWAITED, NOTIFICATION, chosen, dismiss

HEIGHT = 900
PATIENCE_MS = 60_000
SETTLE_MS = 400
NEWS_MS = 3_000  # what happened while the user was away comes as notifications
COLOURS = 256  # a picture of a screen needs no more, and is a third of the size
# Odoo at rest: nothing is being fetched, nothing covers the screen, every picture is there, and so
# is the first page of a PDF that is shown.
AT_REST = """() => !document.querySelector(".o_loading_indicator, .o_blockUI, .fa-spin")
    && document.fonts.status === "loaded"
    && [...document.images].every(image => image.complete)
    && [...document.querySelectorAll("iframe[src*=pdfjs]")].every(
        frame => frame.contentDocument?.querySelector(".page[data-loaded=true] .textLayer"))"""


class Screenshots:
    """A browser with one window for each user, each logged in."""

    def __init__(self, browser, errand):
        self.browser = browser
        self.errand = errand
        self.folder = Path(errand["folder"])
        self.folder.mkdir(parents=True, exist_ok=True)
        self._pages = {}

    def take(self, screen):
        """Go to a screen and write its picture. Raises Problem when it cannot be reached."""
        try:
            page = self._page(screen.user)
            if screen.address:
                page.goto(self.errand["url"] + screen.address.format(**self.errand["records"]))
            page.wait_for_selector(ANY_VIEW if self.errand["is_phone"] else screen.shows)
            self._rest(page)
            for step in screen.steps:
                step(page)
                self._rest(page)
            if screen.notifications == AWAITED:
                self._send_what_is_queued()
                page.wait_for_selector(NOTIFICATION)
                self._rest(page)
            elif not screen.notifications:
                dismiss(page)
            page.mouse.move(0, HEIGHT - 1)  # where nothing changes under it
            picture = page.screenshot(animations="disabled")
        except Error as error:
            raise Problem(f"the screen {screen.name} cannot be reached: {_reason(error)}") from None
        path = self.folder / f"{screen.name}.png"
        Image.open(io.BytesIO(picture)).convert("RGB").quantize(COLOURS).save(path, optimize=True)
        say(f"{path.parent.name}/{path.name}  {screen.about}")

    def _send_what_is_queued(self):
        administrator = OdooSession(self.errand["url"], self.errand["database"],
                                    **self.errand["users"]["administrator"])
        administrator.call("ir.cron", "method_direct_trigger", [self.errand["records"]["job"]])

    def _rest(self, page):
        """Wait until the page is still: its data has arrived and is drawn."""
        page.wait_for_timeout(SETTLE_MS)
        page.wait_for_function(AT_REST)
        page.wait_for_timeout(SETTLE_MS)

    def _page(self, user):
        """The window of a user, logged in at its first use."""
        if user not in self._pages:
            context = self.browser.new_context(
                viewport={"width": self.errand["width"], "height": HEIGHT},
                device_scale_factor=1, has_touch=self.errand["is_phone"],
                is_mobile=self.errand["is_phone"], timezone_id="Europe/Paris",
                locale=self.errand["language"].replace("_", "-"))
            context.set_default_timeout(PATIENCE_MS)
            answer = context.request.post(
                f"{self.errand['url']}/web/session/authenticate",
                data={"jsonrpc": "2.0", "params": {
                    "db": self.errand["database"], **self.errand["users"][user]}})
            if "error" in answer.json():
                raise Problem(f"Odoo does not let the {user} in")
            self._pages[user] = page = context.new_page()
            page.goto(self.errand["url"] + "/odoo")
            page.wait_for_selector(".o_main_navbar")
            page.wait_for_timeout(NEWS_MS)
        return self._pages[user]


def _reason(error):
    """What playwright says, and what it was waiting for, on one line."""
    lines = [line.strip(" -") for line in error.message.splitlines()]
    return " ".join([lines[0], *(line for line in lines[1:] if line.startswith("waiting for"))])


def take_all(playwright, errand):
    """Start the browser, take every picture, end the browser."""
    browser = playwright.chromium.launch(
        executable_path=errand["browser"], chromium_sandbox=os.geteuid() != 0,
        args=["--disable-background-networking", "--disable-component-update", "--disable-sync",
              "--no-first-run", "--disable-quic", "--disable-gpu", "--font-render-hinting=none"])
    try:
        screenshots = Screenshots(browser, errand)
        for screen in chosen(errand["screens"]):
            screenshots.take(screen)
    finally:
        browser.close()


def main(errand):
    """Take every picture; the exit code."""
    try:
        with sync_playwright() as playwright:
            take_all(playwright, errand)
    except Problem as problem:
        print(f"{PREFIX}{problem} (Odoo's log: {errand['log']})", file=sys.stderr)
        return 1
    except Error as error:
        print(f"{PREFIX}the browser {errand['browser']} does not work: {_reason(error)}",
              file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
