# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import logging
from datetime import timedelta

from psycopg2.errors import UniqueViolation
from psycopg2.extensions import TransactionRollbackError

from odoo import api, fields, models

from ..choruspro.errors import ChorusProError

_logger = logging.getLogger(__name__)

BANK_ACCOUNTS_EVERY = timedelta(days=1)


class ChorusProSubmission(models.Model):
    """What a sender learns besides: written down when its work for a connection is done, so that
    no invoice is held up by another sender that learns the same."""

    _inherit = "chorus.pro.submission"

    @api.model
    def _cron_send(self):
        super()._cron_send()
        self.env["chorus.pro.commitment"]._ask_wanted()

    @api.model
    def _empty_queue(self, session, rows, flows, ends):
        is_over = super()._empty_queue(session, rows, flows, ends)
        if session.client:
            self._keep_learnt(session)
        return is_over

    @api.model
    def _keep_learnt(self, session):
        connection = session.connection
        try:
            accounts = self._bank_accounts_to_keep(session)
            if accounts is not None:
                connection._keep_bank_accounts(accounts)
            connection._keep_commitments(session.commitments.asked)
            self._commit()
        except (TransactionRollbackError, UniqueViolation):
            # Another sender writes the same, or an administrator chooses accounts at this moment.
            self.env.cr.rollback()

    @api.model
    def _bank_accounts_to_keep(self, session):
        """What Chorus Pro lists, once a day; None when nothing new is known."""
        read_at = session.connection.bank_accounts_read_at
        is_fresh = read_at and read_at > fields.Datetime.now() - BANK_ACCOUNTS_EVERY
        if is_fresh or session.stopped_by:
            return None
        try:
            return session.bank_accounts if session.supplier_id else None
        except ChorusProError as error:
            _logger.info("Chorus Pro does not list bank accounts: %s", error.code)
            return None
