# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""One of the add-on's jobs, run in this process as Odoo's scheduler runs it. In Odoo's Python."""

import contextlib
import importlib
import logging

import psycopg2

from ..setup.home import ADDON

_logger = logging.getLogger("chorus_pro_job")
DONE, FAILED, BROKEN = "done", "failed", "broken"


def load(config, database, log):
    """Odoo's registry of a database, loaded in this process, which keeps no connection to it.

    config: path of Odoo's configuration file; log: path of the file to log to.
    """
    sql_db = importlib.import_module("odoo.sql_db")
    tools = importlib.import_module("odoo.tools")
    tools.config.parse_config(["-c", config, "-d", database, "--no-http", "--logfile", log],
                              setup_logging=True)
    registry = importlib.import_module("odoo.modules.registry").Registry(database)
    sql_db.close_all()
    return registry


class OdooJob:
    """The job with the external id `name` of the add-on; `registry` is Odoo's.

    Several processes may run the same job at once: the scheduler's lock on it is not taken.
    """

    def __init__(self, registry, name):
        self.registry = registry
        self._name = name
        self._job = None

    def serve(self, pipe):
        """Run the job for each message of `pipe`, and answer with what `run` gives. Ends when the
        pipe does."""
        with contextlib.suppress(EOFError, BrokenPipeError):
            while True:
                self.prepare(pipe.recv())
                pipe.send(self.run())

    def prepare(self, message):
        """Called before each run with the message that orders it; here it means nothing."""

    def run(self):
        """DONE, FAILED (an exception left the job) or BROKEN (the
        database ended the connection)."""
        try:
            self._job = self._job or self._read()
            status = self.registry["ir.cron"]._run_job(self._job)
        except psycopg2.Error as error:
            # The scheduler's own loop logs it and goes on.
            _logger.warning("the job's connection is gone: %s", str(error).strip())
            return BROKEN
        return FAILED if status == "failed" else DONE

    def _read(self):
        """What the scheduler reads of the job before it runs it."""
        api = importlib.import_module("odoo.api")
        with self.registry.cursor() as cr:
            cron = api.Environment(cr, api.SUPERUSER_ID, {}).ref(f"{ADDON}.{self._name}")
            return {"id": cron.id, "user_id": cron.user_id.id, "lastcall": cron.lastcall,
                    "cron_name": cron.cron_name, "timed_out_counter": 0,
                    "ir_actions_server_id": cron.ir_actions_server_id.id}
