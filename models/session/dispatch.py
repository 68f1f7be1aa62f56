# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import api, models


class ChorusProConnection(models.Model):
    """How a job comes to run before its interval ends."""

    _inherit = "chorus.pro.connection"

    def _chorus_pro_dispatch(self, job, at=None):
        """Have a job run soon, or at a moment, for these connections; for all when there are none.

        The one method that another job queue replaces. It has to have the method of the job called
        after the current transaction, in as many processes as it likes. Running a job more often
        than needed does no harm.

        :param job: ``send``, ``follow``, ``follow_up``, ``directory`` or ``validation``, as in
            ``ir_cron.xml``
        :param at: naive UTC datetime
        """
        # Odoo's scheduler runs a job for all connections at once.
        for cron in self._chorus_pro_crons(job):
            cron._trigger(at=at)

    @api.model
    def _chorus_pro_crons(self, job):
        """The scheduled actions that run a job, in sudo."""
        return self.env.ref(f"l10n_fr_chorus_pro.ir_cron_{job}").sudo()
