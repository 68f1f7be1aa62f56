# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from datetime import timedelta

from odoo import api, fields, models

from ..session.row_guard import LOST_RACES, guarded_row

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
        # Another sender may write the same, or an administrator choose accounts at this moment.
        connection = session.connection
        with guarded_row(
            self.env,
            f"bank accounts of {connection}",
            put_off=connection._note_bank_accounts_read,
            races=LOST_RACES,
        ):
            accounts = self._bank_accounts_to_keep(session)
            if accounts is not None:
                connection._keep_bank_accounts(accounts)
                self._commit()
        with guarded_row(self.env, f"engagement numbers of {connection}", races=LOST_RACES):
            connection._keep_commitments(session.commitments.asked)
            self._commit()

    @api.model
    def _bank_accounts_to_keep(self, session):
        """What Chorus Pro lists, once a day; None when nothing new is known."""
        read_at = session.connection.bank_accounts_read_at
        is_fresh = read_at and read_at > fields.Datetime.now() - BANK_ACCOUNTS_EVERY
        if is_fresh or session.stopped_by:
            return None
        with session.forgoing("bank accounts"):
            return session.bank_accounts if session.supplier_id else None
        return None
