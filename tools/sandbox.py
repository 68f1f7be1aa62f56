# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""A fresh database next to a simulator, where programs of this folder run in Odoo's Python."""

import contextlib
import json
import os

from . import simulator_process
from .processes import foreground
from .setup.home import CHECKOUT


class Sandbox:
    """`database`: its name. `simulator`: a Simulator. `log`: path of the programs' log."""

    def __init__(self, server, database, simulator, log, modules=()):
        self._server = server
        self._modules = modules
        self._settings = {"config": str(server.home.config), "database": database,
                          "log": str(log), "simulator": simulator.url}
        self.log = log

    def run(self, module, **settings):
        """Run `python -m MODULE SETTINGS`: our settings and the given ones, as JSON.

        Gives its exit code.
        """
        environment = self._server.environment(self._modules)
        environment["PYTHONPATH"] += f"{os.pathsep}{CHECKOUT}"
        argument = json.dumps({**self._settings, **settings})
        return foreground([self._server.home.python, "-m", module, argument], env=environment,
                          cwd=self._server.home.root)


@contextlib.contextmanager
def sandbox(databases, name, simulator_options=(), also=()):
    """Give a Sandbox until the end of the block. `name` is that of the command that runs there;
    `also`: see Databases.fresh."""
    home = databases.home
    log = home.logs / f"{name}.log"
    with home.locked(name), simulator_process.running(home, simulator_options) as simulator:
        database = f"chorus_pro_{name}"
        databases.fresh(database, also=also)
        log.write_text("")
        yield Sandbox(databases.server, database, simulator, log, also)
