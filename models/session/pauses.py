# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

_logger = logging.getLogger(__name__)

# Minutes of quiet after one failure, two, three … in a row.
PAUSE_MINUTES = (1, 2, 5, 15, 60)


def pause_after(failures):
    """How long to wait when so many failures in a row came before this one."""
    return timedelta(minutes=PAUSE_MINUTES[min(failures, len(PAUSE_MINUTES) - 1)])


class ChorusProConnection(models.Model):
    """Whether a connection works. One that does not is paused for every job and process: what is
    queued keeps its place, and is sent automatically once it works again."""

    _inherit = "chorus.pro.connection"

    trouble = fields.Text(
        readonly=True, copy=False,
        help="Why the last exchange with Chorus Pro failed; empty when all is well.",
    )
    failures = fields.Integer(readonly=True, copy=False, help="How many runs failed in a row.")
    paused_until = fields.Datetime(
        readonly=True, copy=False, help="No job asks Chorus Pro anything by this connection before."
    )

    @api.model
    def _paused(self):
        """Connections that no job may use now."""
        return self.with_context(active_test=False).search(self._paused_domain())

    @api.model
    def _paused_domain(self):
        """After a clock that was set back none stays paused."""
        now = fields.Datetime.now()
        return [("paused_until", ">", now), ("paused_until", "<", now + timedelta(days=1))]

    @api.model
    def _usable_domain(self):
        """Of rows with a ``connection_id``: those whose connection is not paused, and is one of
        these, if there are any."""
        mine = Domain("connection_id", "in", self.ids) if self else Domain.TRUE
        return mine & Domain("connection_id", "not in", self._paused().ids)

    def _note_health(self, session):
        """Keep what a run learnt of this connection (:class:`ChorusProSession`).

        :return: True when something was written
        """
        if session.stopped_by:
            sentence, seconds = session.stopped_by
            if session.is_paced:
                self.paused_until = fields.Datetime.now() + timedelta(seconds=seconds)
                return True
            if session.works:
                # It did something before it failed: this failure is the first in a row.
                self.failures = 0
            self._pause(sentence, seconds, tell=session.is_mistake)
            return True
        if session.works and not session.was_well:
            _logger.info("Chorus Pro connection %s works again", self.id)
            self.write({"failures": 0, "trouble": False, "paused_until": False})
            return True
        return False

    def _pause(self, sentence, seconds=None, *, tell=False):
        """No job uses this connection for a while.

        :param sentence: why, for its readers
        :param seconds: how long; else minutes that grow with the failures in a row
        :param tell: whether someone has to fix it: the administrators are notified, once
        """
        if sentence != self.trouble:
            _logger.warning("Chorus Pro connection %s: %s", self.id, sentence)
            if tell:
                self._tell_administrators(sentence)
        wait = pause_after(self.failures) if seconds is None else timedelta(seconds=seconds)
        self.write(
            {
                "failures": self.failures + 1,
                "trouble": sentence,
                "paused_until": fields.Datetime.now() + wait,
            }
        )

    def _pause_unexpected(self):
        """No job uses this connection for a while, because of a fault of this program."""
        self._pause(self.env._("Unexpected error (see the server log)."))

    def _tell_administrators(self, sentence):
        subject = self.env._("Chorus Pro is stopped: %s", self.name)
        self._write_to_administrators(lambda _lang: (subject, sentence))

    def _write_to_administrators(self, words):
        """A message to each administrator of the company.

        :param words: gives (subject, sentence) for the code of a language, or None
        """
        administrators = self.env.ref("base.group_system").all_user_ids.filtered(
            lambda user: self.company_id in user.company_ids and not user.share
        )
        for lang, users in administrators.grouped("lang").items():
            subject, sentence = words(lang)
            self.env["mail.thread"].message_notify(
                partner_ids=users.partner_id.ids, model=self._name, res_id=self.id, subject=subject,
                body=sentence,
            )

    def _wake_up(self):
        """The connection was corrected: its invoices need not wait for the next try."""
        paused = self.filtered("paused_until")
        if paused:
            paused.paused_until = False
            paused._start_jobs()

    def _start_jobs(self):
        """Have the jobs look soon at what waits for these connections; they are started by the
        rooms that know them."""
