# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import models
from odoo.exceptions import UserError

from ...choruspro.errors import (
    API_NOT_AUTHORISED,
    ENDPOINT_NOT_FOUND,
    ChorusProError,
    ProtocolError,
    RefusedError,
)
from ..rules.error_texts import error_sentence

# These are about one operation: another application right, or another version of Chorus Pro. What
# else there is to send goes on.
ONE_OPERATION = (API_NOT_AUTHORISED, ENDPOINT_NOT_FOUND)


class ChorusProConnection(models.Model):
    """Reading what stands beside our own invoices: its failure stops neither sending nor
    following, unless they would fail the same way."""

    _inherit = "chorus.pro.connection"

    def _read_beside(self, read, trouble):
        """Have ``read(session)`` read one list, unless the connection pauses. What it has committed
        stays, whatever fails afterwards.

        :param trouble: name of the field that says why it failed, False when it did not
        """
        if self.filtered_domain(self._paused_domain()):
            return
        problem = False
        with self._session() as session:
            if session.client:
                try:
                    read(session)
                    session.note_success()
                except UserError as error:
                    problem = str(error)
                except ChorusProError as error:
                    problem = error_sentence(self.env, error)
                    is_of_this = isinstance(error, (ProtocolError, RefusedError))
                    if not is_of_this and error.code not in ONE_OPERATION:
                        session.stop(problem, error)
        self.env.cr.rollback()
        self._conclude(session)
        if problem != self[trouble]:
            self[trouble] = problem
        self.env["ir.cron"]._commit_progress()
