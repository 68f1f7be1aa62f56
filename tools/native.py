# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""`make test-native`: Odoo's own runner on the add-on, and Odoo's lint of add-ons (test_lint)."""

from .console import say
from .odoo import installation
from .processes import foreground
from .setup.home import ADDON

DATABASE = "chorus_pro_native"
TAGS = f"/{ADDON},/test_lint"


def run(_arguments):
    """Install the add-on and test_lint on a fresh database with their tests; the exit code."""
    with (installation.full(browser=True, linters=True) as databases,
          databases.home.locked("native")):
        server = databases.server
        databases.fresh(DATABASE, with_addon=False)
        say(f"Odoo's own runner, tests {TAGS}")
        return foreground(
            server.command("-d", DATABASE, "-c", server.home.config, "-i", f"{ADDON},test_lint",
                           "--test-tags", TAGS, "--stop-after-init", "--log-level", "test"),
            env=server.environment(), cwd=server.home.root)
