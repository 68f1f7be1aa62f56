# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from time import monotonic

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL

from odoo.addons.l10n_fr_chorus_pro.models.session.pauses import PAUSE_MINUTES
from odoo.addons.l10n_fr_chorus_pro.models.session.row_guard import DATABASE_FAILURES
from odoo.addons.queue_job.exception import RetryableJobError

JOBS = ("send", "follow", "follow_up", "edi", "directory", "validation")
# Far below `limit_time_real`, at which Odoo ends the process of a job.
PASS_SECONDS = 30
# One more sender for so many invoices that are due; the capacity of the channel says how many of
# them work at the same time.
EACH_SENDER = 10
MOST_HELPERS = 15


class ChorusProConnection(models.Model):
    """The work of the connector as jobs of ``queue_job``.

    Each job does what its scheduled action does. These stay as a safety net: turning one off stops
    its jobs too, as in a neutralized copy of the database.
    """

    _inherit = "chorus.pro.connection"

    def _chorus_pro_dispatch(self, job, at=None):
        """One job for each connection, or one for all of them."""
        if not self._chorus_pro_crons(job).filtered("active"):
            super()._chorus_pro_dispatch(job, at)
            return
        if at and at > fields.Datetime.now():
            moment = at.isoformat(timespec="seconds")
        else:
            # A job that another transaction made may begin, and end, before this one is committed.
            [[moment]] = self.env.execute_query(SQL("SELECT pg_current_xact_id()::text"))
            at = None
        for connection in self or [self]:
            connection._chorus_pro_delay(job, moment, at)

    def _chorus_pro_delay(self, job, moment, at=None, **arguments):
        """Queue a job for this connection, or for all when there is none, unless one waits for the
        same moment: a later job never takes the place of an earlier one.

        :param moment: text, part of its identity
        :param at: naive UTC datetime
        :param arguments: of the job's method
        """
        method = f"_chorus_pro_job_{job}"
        functions = self.env["queue.job.function"].sudo()
        channel = functions.job_config(functions.job_function_name(self._name, method)).channel
        if self:
            channel = f"{channel}.connection_{self.id}"
        delayed = self.with_env(self.env(user=SUPERUSER_ID, context={})).with_delay(
            eta=at,
            # What failed is tried for ever, as by a scheduled action.
            max_retries=0,
            description=self._chorus_pro_crons(job)[:1].name,
            channel=channel,
            identity_key=f"chorus_pro.{job}.{self.id or 'all'}.{moment}",
        )
        getattr(delayed, method)(**arguments)

    @api.model
    def _chorus_pro_retry_pattern(self):
        """Seconds to wait by the number of tries, as a connection that fails is paused."""
        return {tries: minutes * 60 for tries, minutes in enumerate(PAUSE_MINUTES, 1)}

    def _chorus_pro_job_send(self, helper=0):
        """
        :param helper: number of a job that helps another; 0 for one that a wish began
        """
        def send(connections):
            submissions = connections.env["chorus.pro.submission"]
            if not helper:
                most = EACH_SENDER * MOST_HELPERS
                due = len(submissions._to_settle(connections._usable_domain(), most))
                for number in range(1, due // EACH_SENDER + 1):
                    self._chorus_pro_delay("send", f"helper {number}", helper=number)
            submissions._cron_send(connections)

        if self._chorus_pro_perform("send", send):
            moment = f"helper {helper}" if helper else "rest"
            self._chorus_pro_delay("send", moment, helper=helper)

    def _chorus_pro_job_follow(self):
        if self._chorus_pro_perform("follow", lambda each: each._cron_follow()):
            self._chorus_pro_delay("follow", "rest")

    def _chorus_pro_job_follow_up(self):
        if self._chorus_pro_perform(
            "follow_up", lambda each: each.env["chorus.pro.submission"]._cron_follow_up()
        ):
            self._chorus_pro_delay("follow_up", "rest")

    def _chorus_pro_job_edi(self):
        if self._chorus_pro_perform("edi", lambda each: each._cron_edi()):
            self._chorus_pro_delay("edi", "rest")

    def _chorus_pro_job_directory(self):
        if self._chorus_pro_perform(
            "directory", lambda each: each.env["chorus.pro.structure"]._cron_refresh()
        ):
            self._chorus_pro_delay("directory", "rest")

    def _chorus_pro_job_validation(self):
        if self._chorus_pro_perform("validation", lambda each: each._cron_validation()):
            self._chorus_pro_delay("validation", "rest")

    def _chorus_pro_perform(self, job, method):
        """Run the method of a scheduled action once, as Odoo's scheduler does.

        :param method: function of these connections
        :return: whether it did something and left work: nobody calls a job again
        :raises RetryableJobError: the database failed
        """
        cron = self._chorus_pro_crons(job).filtered("active")[:1]
        if not cron:
            return False
        try:
            _cron, progress = cron._add_progress()
            cron._commit_progress()
            method(
                self.with_context(
                    ir_cron_progress_id=progress.id,
                    cron_id=cron.id,
                    cron_end_time=monotonic() + PASS_SECONDS,
                )
            )
            return bool(progress.done and progress.remaining)
        except DATABASE_FAILURES as error:
            raise RetryableJobError(str(error)) from error
