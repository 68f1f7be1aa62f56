# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What the EDI mode cannot do says so: invoices as PDF, and without the API all that asks Chorus
Pro for something."""

from functools import partial

from odoo import models
from odoo.exceptions import UserError

from ..rules.rule_book import finding
from ..session.session import STOPPED_RETRY_SECONDS


class AccountMove(models.Model):
    _inherit = "account.move"

    def _chorus_pro_own_findings(self):
        yield from super()._chorus_pro_own_findings()
        connection = self.env["chorus.pro.connection"]._of_move(self)
        if connection._goes_by_edi() and self._chorus_pro_document_format() == "pdf":
            yield finding("edi_without_pdf")


class ChorusProSubmission(models.Model):
    _inherit = "chorus.pro.submission"

    def _unfit(self, session):
        """An invoice that was queued as PDF before its connection went by EDI."""
        if session.connection._goes_by_edi() and self.document_format == "pdf":
            return partial(self._refuse, finding("edi_without_pdf").text(self.env))
        return super()._unfit(session)


class ChorusProOutbox(models.AbstractModel):
    _inherit = "chorus.pro.outbox"

    def _search_sent(self, session, reason=False, **criteria):
        if session.client:
            return super()._search_sent(session, reason, **criteria)
        self._postpone(reason or session.connection._without_api_sentence(), STOPPED_RETRY_SECONDS)
        return None


class ChorusProAction(models.Model):
    _inherit = "chorus.pro.action"

    def _queue(self, submission, kind, **values):
        submission.ensure_one()
        submission.sudo().move_id.with_env(self.env).check_access("write")
        connection = submission.sudo()._acting_connection()
        if connection._is_without_api():
            raise UserError(connection.with_env(self.env)._without_api_sentence())
        return super()._queue(submission, kind, **values)

    def _settle_locked(self, session):
        if session.client:
            super()._settle_locked(session)
        else:
            # The API was taken away since this was queued.
            self._try_later(session.connection._without_api_sentence(), STOPPED_RETRY_SECONDS)
