# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from ...choruspro.certificate import REMINDER_DAYS
from ...choruspro.errors import ChorusProError
from ..access.storage import paris_today
from .row_guard import guarded_row

_logger = logging.getLogger(__name__)

# How long a technical password lasts (AIFE documentation: 14 months).
PASSWORD_DAYS = 424


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
    and whose administrators get it (:meth:`_expiry_connection`). Another date starts again.
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
        """The connection whose administrators are reminded."""
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
            days_left = (expiry - paris_today()).days
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


class ChorusProConnection(models.Model):
    """When the technical password expires: read from Chorus Pro every day, else as it was typed.

    A date that has passed only warns: whether the password still serves, Chorus Pro says.
    """

    _name = "chorus.pro.connection"
    _inherit = ["chorus.pro.connection", "chorus.pro.expiry.reminder"]

    @api.onchange("technical_password")
    def _onchange_technical_password(self):
        if self.technical_password:
            known = self._origin.technical_password_expiry
            self.technical_password_expiry = self._proposed_expiry(known)

    @api.model
    def _proposed_expiry(self, known):
        """When a password that was just typed expires, as long as nobody says better.

        :param known: the date that was known before: one that is far away stays, the password may
            only have been typed again
        """
        today = paris_today()
        if known and known > today + timedelta(days=max(REMINDER_DAYS)):
            return known
        return today + timedelta(days=PASSWORD_DAYS)

    @api.model_create_multi
    def create(self, vals_list):
        connections = super().create(vals_list)
        for connection, vals in zip(connections, vals_list, strict=True):
            connection._propose_expiry(vals)
        return connections

    def write(self, vals):
        result = super().write(vals)
        self._propose_expiry(vals)
        return result

    def _propose_expiry(self, vals):
        if not vals.get("technical_password") or "technical_password_expiry" in vals:
            return
        for connection in self:
            known = connection.technical_password_expiry
            connection.technical_password_expiry = self._proposed_expiry(known)

    @api.model
    def _cron_technical_password(self):
        """Read when the passwords in use expire, by one call each, then send what reminders are
        due. No exception leaves the job."""
        connections = self.search(Domain("in_use", "=", True))
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(connections))
        for connection in connections:
            # What cannot be read is left for tomorrow.
            with guarded_row(self.env, f"the password of {connection}"):
                if not connection.filtered_domain(self._paused_domain()):
                    connection._read_password_expiry()
                connection._remind()
                self.env.flush_all()
            cron._commit_progress(1)

    def _read_password_expiry(self):
        """Ask Chorus Pro when the technical password expires; a failure is noted as for any job."""
        if not self.supplier_structure_id:
            return
        with self._session() as session:
            if session.stopped_by:
                return
            try:
                details = session.client.read_structure(self.supplier_structure_id)
                session.note_success()
                expiry = details.technical_password_expiry
                if expiry and expiry != self.technical_password_expiry:
                    self.technical_password_expiry = expiry
            except ChorusProError as error:
                _logger.info("Chorus Pro gives no password expiry: %s", error.code)
                session.note_failure(error)
        self._conclude(session)

    def _expiry_date(self):
        return self.technical_password_expiry

    def _expiry_connection(self):
        return self

    def _expiry_words(self, days_left):
        facts = {
            "name": self.name,
            "account": self.sudo().technical_login or "",
            "date": format_date(self.env, self.technical_password_expiry),
            "days": days_left,
        }
        if days_left < 0:
            subject = self.env._("Chorus Pro: the technical password has expired")
            body = self.env._(
                "The password of the technical account %(account)s (connection %(name)s) should "
                "have expired on %(date)s. Invoices leave as long as Chorus Pro accepts it.",
                **facts,
            )
        else:
            subject = self.env._("Chorus Pro: the technical password expires in %s days", days_left)
            body = self.env._(
                "The password of the technical account %(account)s (connection %(name)s) expires "
                "on %(date)s: no invoice leaves after that.",
                **facts,
            )
        remedy = self.env._(
            "In the Chorus Pro portal, the main manager (gestionnaire principal) has it reset: "
            "domain “Raccordements”, “Compte technique”, type of request “Réinitialisation du mot "
            "de passe d'un compte technique”. Then type the new one on the connection."
        )
        return subject, f"{body} {remedy}"
