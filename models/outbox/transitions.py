# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError

from ...choruspro.lifecycle import next_poll_delay


class ChorusProSubmission(models.Model):
    """The transitions of a submission: each state change that a job makes stands here, once."""

    _inherit = "chorus.pro.submission"

    def _check_locked_state(self, *states):
        for submission in self:
            if submission.state not in states:
                labels = dict(self._fields["state"]._description_selection(self.env))
                raise UserError(
                    self.env._(
                        "This cannot be done any more: %(number)s is now in the state “%(state)s”.",
                        number=submission.name,
                        state=labels[submission.state],
                    )
                )

    def _prepare_again(self):
        """What is queued is made ready again: its invoice has been corrected."""
        queued = self.filtered(lambda row: row.state == "queued")
        # Its next try stays: it may be the end of the time in which it can be taken out.
        queued.write({"step": False, "flow_id": False})
        if queued:
            queued._chorus_pro_dispatch()

    def _ready(self):
        """The document can be made: it waits for the file that will carry it."""
        self._check_locked_state("queued")
        self.write({"step": "ready", "reason": False, "next_try": fields.Datetime.now()})

    def _start(self, step):
        self._check_locked_state("queued", "sending")
        self.write(
            {
                "state": "sending",
                "step": step,
                "sent_at": fields.Datetime.now(),
                "missing_since": False,
                "next_try": False,
                "reason": False,
            }
        )

    def _try_later(self, reason, delay=None):
        """Nothing was delivered: back to the queue, with a visible next try.

        :param delay: seconds asked for by Chorus Pro, if it does
        """
        self._check_locked_state("queued", "sending")
        for submission in self:
            wait = timedelta(seconds=submission._retry_seconds(delay))
            submission.write(
                {
                    "state": "queued",
                    "step": False,
                    "reason": reason,
                    "next_try": fields.Datetime.now() + wait,
                }
            )

    def _refuse(self, reason):
        """A definite no, ours or Chorus Pro's: the invoice must be corrected."""
        self._check_locked_state("queued", "sending", "uncertain", "deposited")
        self.write({"state": "refused", "step": False, "reason": reason, "next_try": False})

    def _doubt(self, reason, delay=None):
        """The invoice may be at Chorus Pro: from here it is looked up, never blindly sent again.

        :param delay: seconds before the first look-up; by default the usual cadence
        """
        self._check_locked_state("queued", "sending", "uncertain", "deposited")
        for submission in self:
            wait = next_poll_delay(submission.lookups)
            if delay is not None:
                wait = timedelta(seconds=delay)
            submission.write(
                {
                    "state": "uncertain",
                    "was_uncertain": True,
                    "step": False,
                    "reason": reason,
                    "next_try": fields.Datetime.now() + wait,
                }
            )

    def _doubt_known(self, reason, delay=None):
        """As :meth:`_doubt`, when Chorus Pro said that it has this number."""
        self.is_said_known = True
        self._doubt(reason, delay)

    def _send_again(self, reason):
        """Chorus Pro does not have these invoices: one more attempt, now."""
        self._check_locked_state("sending", "uncertain", "deposited")
        self.write(
            {
                "state": "queued",
                "step": False,
                "lookups": 0,
                "missing_since": False,
                "next_try": fields.Datetime.now(),
                "reason": reason,
            }
        )

    def _hand_over(self, deposit_date):
        """Chorus Pro has taken the file in which these travel; its report will judge them."""
        self._check_locked_state("sending", "uncertain")
        self.write(
            {
                "state": "deposited",
                "step": False,
                "status_code": False,
                "deposit_date": deposit_date,
                "reason": False,
                "next_try": False,
            }
        )

    def _deposit(self, invoice_id, status_code, status_date, deposit_date):
        """Chorus Pro has the invoice under ``invoice_id``."""
        self._check_locked_state("sending", "uncertain", "deposited")
        self.write(
            {
                "state": "deposited",
                "step": False,
                "needs_decision": False,
                "chorus_invoice_id": invoice_id,
                "status_code": status_code,
                "status_date": status_date,
                "deposit_date": deposit_date,
                "reason": False,
                "next_try": False,
            }
        )
