# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...choruspro.oca_connector import is_same_place
from ..access.roles import MANAGER, require_role
from .report import ImportReport
from .tables import FormerTables

# Two keys of an advisory lock; any constants that nobody else uses.
ADVISORY_KEYS = 0x43504F43, 1
# A click does as much as a web server gives it time for; the next one goes on.
CLICK_SECONDS = 40


@dataclass(frozen=True)
class Options:
    """dry: only count. look_up_unsent: look up too what the former connector never sent."""

    dry: bool
    look_up_unsent: bool


class ChorusProOcaTakeover(models.AbstractModel):
    """What the OCA connector (`l10n_fr_chorus_account`) left in this database, taken over by a
    manager for the companies in which they work. What is here already stays as it is, so that it
    may be done again: after a failure, or when something could not be taken over before."""

    _inherit = "chorus.pro.oca.takeover"

    def _preview(self, look_up_unsent):
        """The :class:`ImportReport` of what :meth:`_import` would do; nothing is written."""
        require_role(self.env, MANAGER)
        report, tables = ImportReport(self.env), FormerTables(self.env)
        if tables.exist():
            for _part in self._parts(tables, report, Options(True, look_up_unsent)):
                pass
        return report

    def _import(self, look_up_unsent):
        """Take over what can be, and commit each part of it.

        :return: (the :class:`ImportReport`, True when the time of one click was enough)
        :raises UserError: there is nothing of the former connector, or another import is running
        """
        require_role(self.env, MANAGER)
        tables = FormerTables(self.env)
        if not tables.exist():
            raise UserError(self.env._(
                "This database holds no data of the OCA connector. If its module was uninstalled, "
                "its data were deleted: restore them from a backup."
            ))
        report, ends = ImportReport(self.env), monotonic() + CLICK_SECONDS
        with self._alone():
            for _part in self._parts(tables, report, Options(False, look_up_unsent)):
                self.env["ir.cron"]._commit_progress()
                # Memory depends on a part, not on how many there are.
                self.env.invalidate_all()
                if monotonic() >= ends:
                    return report, False
        return report, True

    def _parts(self, tables, report, options):
        """Yield after each part, whole in itself."""
        for company in self.env.companies:
            self = self.with_company(company)
            self._take_account(tables, company, report, options)
            yield
            self._take_customers(tables, company, report, options)
            yield
            connection = self.env["chorus.pro.connection"]._of_company(company)
            if sentence := self._connection_problem(tables, company, connection):
                report.doubt(company.name, sentence)
                continue
            self._take_directory(tables, company, connection, report, options)
            yield
            self._take_default_services(tables, company, connection, report, options)
            yield
            yield from self._take_invoices(tables, company, connection, report, options)

    def _connection_problem(self, tables, company, connection):
        """Why invoices of this company cannot be taken over yet, or None."""
        former = self._former_account(tables, company)
        if not connection or connection._missing_settings():
            return self.env._(
                "its connection is not complete, or not in use. Finish the Set-up Guide, then "
                "import again: invoices and public bodies are left until then."
            )
        if not is_same_place(connection.place, former["is_qualification"]):
            return self.env._(
                "the former connector worked with another environment than the connection “%s”: "
                "its invoices are not there. Use a connection to the same environment, then import "
                "again.",
                connection.name,
            )
        return None

    @contextmanager
    def _alone(self):
        """Two imports at once would make the same flows; a lock of the session outlasts commits."""
        lock = SQL("SELECT pg_try_advisory_lock(%s, %s)", *ADVISORY_KEYS)
        [[is_ours]] = self.env.execute_query(lock)
        if not is_ours:
            raise UserError(self.env._("Another import is running: try again in a minute."))
        try:
            # In a transaction that sees what the import before wrote.
            self.env["ir.cron"]._commit_progress()
            yield
        finally:
            # What is not committed by now was not meant to last.
            self.env.cr.rollback()
            self.env.execute_query(SQL("SELECT pg_advisory_unlock(%s, %s)", *ADVISORY_KEYS))
