# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import logging
from time import monotonic

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

_logger = logging.getLogger(__name__)


class ChorusProSubmission(models.Model):
    """Invoices for files are prepared by the hundred: locked, read and checked together.

    Nothing leaves meanwhile, so nothing is lost when it fails: what fails together, or is edited
    by a user, is settled one by one as all other rows are, and so is what ended a process before.
    """

    _inherit = "chorus.pro.submission"

    def _prepare_together(self, session, ends):
        """Prepare those of these due rows that a file will carry and that need no PDF made.

        :param ends: moment (of ``monotonic``) after which no further one is begun
        :return: (the rows that got an answer, the rows that are left to be settled one by one)
        """
        nothing = self.browse()
        candidates = self.filtered(lambda row: (
            row.document_format != "pdf" and row.state == "queued" and row.step != "ready"
            and not row.unfinished and row.move_id.invoice_pdf_report_id))
        if len(candidates) < 2 or session.stopped_by:
            return nothing, self
        with candidates._held() as held:
            try:
                answered, done = held._prepare_held(session, ends)
                self._commit()
            except Exception as error:  # noqa: BLE001 (each is tried alone, which logs its own)
                self.env.cr.rollback()
                _logger.info("Chorus Pro: %s are prepared one by one: %s", held, error)
                held._forget_attempt()
                return nothing, self
        return answered, self - done

    def _prepare_held(self, session, ends):
        """Prepare these rows, which no other sender has.

        :return: (the rows that got an answer, all that were prepared); not committed
        """
        rows = self._begin_together()
        before, outcomes, done = rows._answers(), [], []
        for row in rows:
            if session.stopped_by or monotonic() >= ends:
                break
            with session.about(row):
                reader = row._for_its_reader()
                outcomes.append(reader._attempt(session, reader._unfit, reader._prepare))
            done.append(row.id)
        rows._finish_attempt()
        done = rows.browse(done)
        for row in done:
            row.attempts += 1
        for outcome in filter(None, outcomes):
            outcome()
        return done._answered_since(before), done

    def _begin_together(self):
        """Take those of these rows, which no other sender has, that can leave now, and count an
        attempt of each before any of the work, see `_begin_attempt`.

        :return: those that nobody changed meanwhile, locked, their invoices read ahead
        """
        due = self._due_domain() & Domain("id", "in", self.ids)
        rows = self._locked_together() & self.search(due)
        rows = rows.filtered(lambda row: (
            "send" in row._legal_actions() and not row.unfinished
            and not row._wrong_environment()))
        claims = {row.id: row._claim() for row in rows}
        rows.unfinished = 1
        self._commit()
        rows = rows._locked_together().filtered(lambda row: row._claim() == claims[row.id])
        rows.move_id._chorus_pro_read_ahead()
        return rows

    def _locked_together(self):
        """Those of these rows that nobody else has locked, locked, as they are now."""
        self.invalidate_recordset()
        self.env.cr.execute(SQL(
            "SELECT id FROM %s WHERE id = ANY(%s) ORDER BY id FOR UPDATE SKIP LOCKED",
            SQL.identifier(self._table), list(self.ids)), log_exceptions=False)
        locked = {row_id for [row_id] in self.env.cr.fetchall()}
        return self.filtered(lambda row: row.id in locked)

    def _forget_attempt(self):
        """The process survived: what is tried one by one begins as if nothing had been."""
        rows = self._locked_together()
        rows._finish_attempt()
        self._commit()
