# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import fields, models

from ...choruspro.certificate import REMINDER_DAYS


def reminder_due(days_left, last_sent):
    """Which reminder to send now, as one of REMINDER_DAYS, or None.

    One that was missed (nothing ran on its day) is sent late, and only the latest of those missed.

    :param days_left: whole days until the end; negative when it is over
    :param last_sent: the last reminder sent for this very end, as given by this function; 0 or
        False when there was none
    """
    reached = min((days for days in REMINDER_DAYS if days_left <= days), default=None)
    if reached is None or (last_sent and last_sent <= reached):
        return None
    return reached


class ExpiryReminder(models.AbstractModel):
    """Something that expires and of which administrators are reminded, each time once.

    What inherits of it says when (:meth:`_expiry_date`), in which words (:meth:`_expiry_words`)
    and whose administrators are told (:meth:`_expiry_connection`). Another date begins anew.
    """

    _name = "chorus.pro.expiry.reminder"
    _description = "Chorus Pro Expiry Reminder"

    reminded_days = fields.Integer(readonly=True, copy=False)
    reminded_expiry = fields.Date(readonly=True, copy=False)

    def _expiry_date(self):
        """The date on which it ends, or False when nobody is to be reminded."""
        raise NotImplementedError

    def _expiry_words(self, days_left):
        """(subject, sentence) in the language of ``self.env``; ``days_left`` may be negative."""
        raise NotImplementedError

    def _expiry_connection(self):
        """The connection whose administrators are told."""
        raise NotImplementedError

    def _remind(self):
        """Send the reminders that are due today. To be called once a day, or more often.

        :return: those of ``self`` for which one was sent
        """
        reminded = self.browse()
        for record in self:
            expiry = record._expiry_date()
            if not expiry:
                continue
            days_left = (expiry - fields.Date.context_today(record)).days
            last_sent = record.reminded_expiry == expiry and record.reminded_days
            due = reminder_due(days_left, last_sent)
            if due is None:
                continue
            record.sudo().write({"reminded_days": due, "reminded_expiry": expiry})
            record._expiry_connection()._write_to_administrators(
                lambda lang, record=record, days_left=days_left: record.with_context(
                    lang=lang
                )._expiry_words(days_left)
            )
            reminded += record
        return reminded
