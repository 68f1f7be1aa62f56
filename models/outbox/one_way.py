# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL


class ChorusProSubmission(models.Model):
    """What was queued does not leave once its invoice goes by another way.

    An invoice may be queued here while a colleague has it sent by another platform. Both sides
    write the invoice when they begin: whoever is second sees what the first one wrote, or loses
    the race in the database and looks again.
    """

    _inherit = "chorus.pro.submission"

    def _other_way(self):
        """Sentence about the other way of this invoice, or None."""
        found = self.move_id._chorus_pro_other_way()
        return found and found.text(self.env)

    def _is_unchanged(self):
        return super()._is_unchanged() and not self.move_id._chorus_pro_other_way()

    def _changed_reason(self):
        return self._other_way() or super()._changed_reason()

    def _start(self, **step):
        """In the transaction that takes the invoice: what was looked at before may be old.

        :raises UserError: it goes by another way; nothing left
        :raises TransactionRollbackError: someone changed the invoice since this transaction began:
            what was made of it may be old, and the row begins again
        """
        # Not left to the summary on the invoice, which is written only when it changes.
        lock = SQL(
            "SELECT FROM account_move WHERE id = ANY(%s) FOR NO KEY UPDATE", self.move_id.ids)
        self.env.cr.execute(lock, log_exceptions=False)
        for submission in self:
            if reason := submission._other_way():
                raise UserError(reason)
        super()._start(**step)


class ChorusProFlow(models.Model):
    _inherit = "chorus.pro.flow"

    def _is_whole(self):
        """Not when one of its invoices goes by another way: then the others travel without it."""
        return super()._is_whole() and not any(row._other_way() for row in self._followers())
