# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""How Odoo is called here: its configuration file, its environment, its command line."""

import configparser
import os
import re

from ..console import Problem, run_long
from ..setup import oca_addons


class OdooServer:
    """Odoo of `source` on the database server of `access`, configured in the cache folder."""

    def __init__(self, home, source, access):
        self.home = home
        self.source = source
        self.access = access
        self.addons_path = ",".join(map(str, [*source.addons, home.addons]))
        self._write_config()

    def _write_config(self):
        options = configparser.RawConfigParser()
        options["options"] = {
            "addons_path": self.addons_path,
            "data_dir": self.home.data,
            "db_host": self.access.host,
            "db_port": self.access.port or False,
            "db_user": self.access.user or False,
            "db_password": self.access.password or False,
            "http_interface": "127.0.0.1",
            "list_db": False,
            "max_cron_threads": 0,
            "workers": 0,
        }
        fresh = self.home.config.with_suffix(f".{os.getpid()}")
        fresh.touch(mode=0o600)
        with open(fresh, "w", encoding="utf-8") as stream:
            options.write(stream)
        fresh.replace(self.home.config)

    def has(self, module):
        """Whether Odoo has this module, or the add-ons of the OCA beside it."""
        return self.source.has(module) or oca_addons.has(self.home, module)

    def environment(self, modules=()):
        """The environment of a process that imports odoo.

        modules: what it needs beyond the add-on; those of the OCA are on its path only then.
        """
        folders = [self.source.python_path]
        if any(oca_addons.has(self.home, module) for module in modules):
            folders.append(self.home.oca)
        path = f"{os.environ.get('PATH', os.defpath)}:{self.home.programs}"
        return {**os.environ, **self.access.environment(), "PATH": path,
                "PYTHONPATH": os.pathsep.join(map(str, folders)), "PYTHONUNBUFFERED": "1",
                "CHORUS_PRO_ALLOW_LOOPBACK": "1"}  # where the simulator listens

    def command(self, *arguments):
        """`odoo ARGUMENTS` as an argument list; run it in the folder `home.root`, where no folder
        hides a Python package."""
        return [str(self.home.python), "-m", "odoo", *map(str, arguments)]

    def run(self, *arguments, title, log, modules=()):
        """Run `odoo ARGUMENTS` with our configuration to its end; modules: see `environment`.
        Raises Problem.

        An error that Odoo logs on the way is one too: it may leave a module half loaded and still
        exit with 0.
        """
        path = self.home.logs / log
        run_long(self.command(*arguments, "-c", self.home.config), title=title, log=path,
                 env=self.environment(modules), cwd=self.home.root, reason_in=logged_error)
        error = logged_error(path)
        if error:
            raise Problem(f"{title}: Odoo logged an error: {error} (log: {path})")


def logged_error(path):
    """What an Odoo log reports as its first error, or "" when there is none.

    The last exception of a traceback says more than the line that announces it.
    """
    announced = ""
    text = path.read_text(encoding="utf-8", errors="replace")
    for record in re.split(r"^(?=\d{4}-\d\d-\d\d )", text, flags=re.MULTILINE):
        first = record.partition("\n")[0]
        logged = re.search(r" (ERROR|CRITICAL) ", first)
        if logged and not announced:
            announced = first
        if (logged or not first[:4].isdigit()) and "\nTraceback (most recent" in "\n" + record:
            exceptions = re.findall(r"^[A-Za-z_][\w.]*: .*$", record, re.MULTILINE)
            if exceptions:
                return exceptions[-1][:300]
    return announced[:300]
