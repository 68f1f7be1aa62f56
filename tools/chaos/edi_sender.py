# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""A sender of `make chaos EDI=1`: it also runs the job that fetches files, and ends at the step
ordered of a put, of a fetch, or of reading what was fetched."""

import functools
import importlib
from datetime import timedelta

from ..odoo.job import BROKEN, DONE, FAILED, OdooJob
from .scenario import KILL
from .sender import PACKAGE, Sender

CONNECTION, FILE = "chorus.pro.connection", "chorus.pro.edi.file"
# Records of a file that are taken in one transaction: it is read in several.
BATCH = 2


class EdiSender(Sender):
    """As Sender. sabotage: a file that was put is never found, there is no patience, and a file
    counts as fetched before it is durable here."""

    def __init__(self, registry, memory, slot, sabotage=False):
        super().__init__(registry, memory, slot, sabotage)
        self._fetch = OdooJob(registry, "ir_cron_edi")
        # Half of them fetch first: what one puts, another one hears of.
        self._fetches_first = bool(slot % 2)
        self._wrap_put(importlib.import_module(f"{PACKAGE}.choruspro.edi.sftp"))
        self._wrap_fetch(registry[CONNECTION])
        self._wrap_reading(registry[CONNECTION], registry[FILE])
        importlib.import_module(f"{PACKAGE}.models.edi.file").BATCH = BATCH

    def run(self):
        """Both jobs, one after the other; the worse of their answers."""
        jobs = [super().run, self._fetch.run]
        if self._fetches_first:
            jobs.reverse()
        answers = {job() for job in jobs}
        return next(answer for answer in (FAILED, BROKEN, DONE) if answer in answers)

    def _wrap_put(self, sftp):
        """Writing under the temporary name, and renaming."""
        write, rename = sftp._Counted.write, sftp.SftpExchange._rename_out

        @functools.wraps(write)
        def written(file, data):
            action = self._expected("during_put")
            if action == KILL:
                write(file, data[:len(data) // 2])
            self._obey(action)
            write(file, data)

        @functools.wraps(rename)
        def renamed(exchange, former, name):
            self._reach("before_rename")
            rename(exchange, former, name)
            self._reach("after_rename")

        sftp._Counted.write, sftp.SftpExchange._rename_out = written, renamed

    def _wrap_fetch(self, model):
        """Reading over there, keeping here, before it counts as fetched."""
        exchange = importlib.import_module(f"{PACKAGE}.choruspro.edi.exchange").Exchange
        fetch, keep, spool = model._fetch_files, model._keep_file, exchange._spool

        @functools.wraps(spool)
        def spooled(file, piece):
            self._reach("during_get")
            spool(file, piece)

        @functools.wraps(keep)
        def kept(connection, name, file):
            self._reach("before_keep")
            keep(connection, name, file)
            self._reach("after_keep")

        exchange._spool = staticmethod(spooled)
        model._fetch_files, model._keep_file = self._among_all(fetch), kept

    def _wrap_reading(self, connection, file):
        """What a file says: written and not committed yet, committed and not the whole file."""
        read, batch = file._read, file._take_batch
        statuses = connection._take_invoice_statuses

        @functools.wraps(statuses)
        def taken(records, lines):
            count = statuses(records, lines)
            self._reach("during_read")
            return count

        @functools.wraps(batch)
        def batch_taken(record, *arguments):
            batch(record, *arguments)
            self._reach("after_batch")

        connection._take_invoice_statuses = taken
        file._read, file._take_batch = self._among_all(read), batch_taken

    def _among_all(self, work):
        """This method of records, at whose steps the orders of all invoices count."""

        @functools.wraps(work)
        def worked(records):
            self._rows = tuple(row for _order, row in self._orders)
            self._backend = records.env.cr._cnx.info.backend_pid
            self._stand(None)
            try:
                return work(records)
            finally:
                self._rows, self._backend = (), None
                self._stand(None)

        return worked

    def _switch_look_up_off(self):
        super()._switch_look_up_off()
        exchange = importlib.import_module(f"{PACKAGE}.choruspro.edi.exchange")
        exchange.Exchange.standing = lambda *_arguments: exchange.Standing.GONE
        importlib.import_module(f"{PACKAGE}.models.edi.flow").PATIENCE = timedelta(0)
        self.registry[CONNECTION]._keep_file = lambda connection, name, file: (
            connection.env[FILE]._keep(connection, name, file.read()))
