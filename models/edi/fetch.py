# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import logging
from functools import partial

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...choruspro.edi.status_file import MOST_BYTES
from ...choruspro.errors import ChorusProError, UnreadableFileError
from ..rules.error_texts import error_sentence
from ..session.row_guard import guarded_row
from ..session.session import ChorusProSession
from .lock import held

_logger = logging.getLogger(__name__)

# First key of the advisory lock on a box; any constant that is not in use.
LOCK = 0x43505245


class ChorusProConnection(models.Model):
    """The job that fetches files, and reads them."""

    _inherit = "chorus.pro.connection"

    @api.model
    def _cron_edi(self):
        """Fetch what lies ready for each of these connections, for all when there are none, and
        read it. No exception leaves the job: a connection that fails shows why and is tried again.
        """
        connections = self or self.search([("access_mode", "=", "edi")])
        connections = connections.filtered(
            lambda each: each._goes_by_edi() and not each._missing_settings()
        )
        for connection in connections - connections._paused():
            with guarded_row(
                self.env, f"EDI files of {connection}", put_off=connection._pause_unexpected
            ):
                connection._fetch_files()
        unread = Domain("state", "=", "new") & Domain("direction", "=", "in")
        if self:
            unread &= Domain("connection_id", "in", self.ids)
        self.env["chorus.pro.edi.file"].search(unread, order="id")._read()

    def _fetch_files(self):
        """Fetch what lies ready, one file after the other: each is committed here before it counts
        as fetched there."""
        session = ChorusProSession(self)
        with self._box_held() as is_held:
            if not is_held:
                return
            try:
                self._require_ready_for_edi()
                with self._edi_exchange() as exchange:
                    self._fetch_all(exchange)
                session.note_success()
            except ChorusProError as error:
                session.stop(error_sentence(self.env, error), error)
            except UserError as error:
                session.stop(str(error))
            self.env.cr.rollback()
            if session.works and self._is_followed_by_files():
                self.followed_until = fields.Datetime.now()
            self._conclude(session)
            self.env["ir.cron"]._commit_progress()

    def _fetch_all(self, exchange):
        """Fetch what waits: one file that the server does not give holds up none of the others.

        :raises ChorusProError: the first that went wrong, once all were tried
        """
        failures = []
        for remote in exchange.waiting():
            try:
                self._fetch(exchange, remote)
            except ChorusProError as error:
                failures.append(error)
        if failures:
            raise failures[0]

    def _fetch(self, exchange, remote):
        files = self.env["chorus.pro.edi.file"]
        try:
            exchange.fetch(remote, partial(self._keep_file, remote.name), MOST_BYTES)
        except UnreadableFileError as error:
            _logger.warning("Chorus Pro: the file %s is left where it is: %s", remote.name, error)
            files._keep_note(self, remote, error)
            self.env["ir.cron"]._commit_progress()

    def _keep_file(self, name, file):
        self.env["chorus.pro.edi.file"]._keep(self, name, file.read())
        self.env["ir.cron"]._commit_progress()

    def _box_held(self):
        """Hold the box, which may serve several connections: see :func:`held`."""
        [box] = self._edi_siblings().sorted("id")[:1].ids or [self.id]
        return held(self.env.cr, LOCK, box)
