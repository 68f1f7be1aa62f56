# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from datetime import datetime, timezone

from odoo import api, fields, models
from odoo.tools import format_date

from ..session.row_guard import guarded_row


class ChorusProCertificate(models.Model):
    """A certificate ends: people are reminded, and its successor takes over without a gap."""

    _inherit = "chorus.pro.certificate"

    def _expiry_date(self):
        """Nobody is reminded of a certificate that is not in use, or whose successor is there."""
        connection = self.connection_id
        shown = self.in_use and connection.active and connection.access_mode == "certificate"
        if not shown or not self.not_after:
            return False
        end = self.not_after.replace(tzinfo=timezone.utc)
        return False if connection._next_certificate(at=end) else self.not_after.date()

    def _expiry_words(self, days_left):
        env = self.env
        params = {
            "connection": self.connection_id.name,
            "subject": self.subject,
            "date": format_date(env, self.not_after.date()),
            "days": days_left,
        }
        if days_left < 0:
            subject = env._("The certificate of %(connection)s has expired", **params)
            sentence = env._(
                "The client certificate of “%(subject)s” expired on %(date)s: nothing leaves by "
                "this connection. Add its successor on the connection.",
                **params,
            )
        else:
            subject = env._("The certificate of %(connection)s expires on %(date)s", **params)
            sentence = env._(
                "The client certificate of “%(subject)s” expires on %(date)s (days left: "
                "%(days)s). Order its successor now, declare it in the portal, then add it on the "
                "connection beside this one.",
                **params,
            )
        return subject, sentence

    def _expiry_connection(self):
        return self.connection_id

    @api.model
    def _cron_renew(self):
        """Daily: what has expired gives way to its successor, and reminders are sent."""
        connections = self.env["chorus.pro.connection"].search(
            [("access_mode", "=", "certificate"), ("certificate_ids", "!=", False)]
        )
        self.env["ir.cron"]._commit_progress(remaining=len(connections))
        for connection in connections:
            with guarded_row(self.env, f"certificates of {connection}"):
                connection._take_over_certificate()
                connection.certificate_id._remind()
                self.env.flush_all()
            self.env["ir.cron"]._commit_progress(1)


class ChorusProConnection(models.Model):
    _inherit = "chorus.pro.connection"

    def _next_certificate(self, at=None):
        """The certificate beside the one in use that ends last, after it.

        :param at: the aware moment at which it can be used; by default, or when past, now
        """
        now = datetime.now(timezone.utc)
        at = max(at or now, now)
        current = self.certificate_id
        usable = self.certificate_ids.filtered(
            lambda one: not one.in_use
            and one.not_after
            and (not current.not_after or one.not_after > current.not_after)
            and not one._facts().problems(at)
        )
        return usable.sorted("not_after")[-1:]

    def _certificate_to_show(self):
        """The certificate in use, unless it has expired and another can be used: there is no gap
        until the daily job puts that one in use."""
        current = self.certificate_id
        if current.not_after and current.not_after > fields.Datetime.now():
            return current
        return self._next_certificate() or current

    def _take_over_certificate(self):
        """Put the certificate in use that is shown, and say so when it is another one."""
        self.ensure_one()
        former, chosen = self.certificate_id, self._certificate_to_show()
        if not chosen or chosen == former:
            return
        chosen._put_in_use()
        self._write_to_administrators(
            lambda lang: self.with_context(lang=lang)._take_over_words(former, chosen)
        )

    def _take_over_words(self, former, chosen):
        return (
            self.env._("%(connection)s uses its new certificate", connection=self.name),
            self.env._(
                "The client certificate of serial number %(former)s expired on %(end)s. The one of "
                "serial number %(chosen)s, valid until %(date)s, took over.",
                former=former.serial,
                end=format_date(self.env, former.not_after.date()),
                chosen=chosen.serial,
                date=format_date(self.env, chosen.not_after.date()),
            ),
        )
