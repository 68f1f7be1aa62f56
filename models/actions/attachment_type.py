# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..connection.connection import ENVIRONMENTS
from ..session.row_guard import LOST_RACES, guarded_part, guarded_row

OF_INVOICES = "FACTURE"
ASKED_EVERY = timedelta(days=7)


class ChorusProAttachmentType(models.Model):
    """What an attachment of an invoice may be, as Chorus Pro lists it (recuperer/typespj).

    Learnt by the jobs; no dialog asks Chorus Pro anything.
    """

    _name = "chorus.pro.attachment.type"
    _description = "Chorus Pro Attachment Type"
    _order = "name, id"

    name = fields.Char(required=True, readonly=True)
    code = fields.Char(required=True, readonly=True)
    environment = fields.Selection(ENVIRONMENTS, required=True, readonly=True)
    active = fields.Boolean(default=True, readonly=True)

    _once = models.Constraint(
        "UNIQUE (environment, code)", "Chorus Pro lists this type of attachment once."
    )

    @api.model
    def _keep(self, environment, listed):
        """Write down what Chorus Pro lists now.

        :param listed: dictionary of names by code
        """
        known = self.with_context(active_test=False).search([("environment", "=", environment)])
        for row in known:
            with guarded_part(self.env, row):
                row.write({"active": row.code in listed, "name": listed.get(row.code, row.name)})
        codes = set(known.mapped("code"))
        for code, name in listed.items():
            if code not in codes:
                with guarded_part(self.env, f"type of attachment {code!a}"):
                    self.create({"code": code, "name": name, "environment": environment})


class ChorusProConnection(models.Model):
    _inherit = "chorus.pro.connection"

    attachment_types_read_at = fields.Datetime(readonly=True, copy=False)

    def _follow_changes(self, session, cadence):
        # Before what was read of this connection leaves the cache with a commit.
        read_at = self.attachment_types_read_at
        is_fresh = read_at and read_at > fields.Datetime.now() - ASKED_EVERY
        has_news = super()._follow_changes(session, cadence)
        if not is_fresh and (
            "suspended" in cadence.statuses or (has_news and self._follows_suspended())
        ):
            # Somebody will complete it, and choose from the list.
            self._learn_attachment_types(session)
        return has_news

    def _follows_suspended(self):
        suspended = Domain("is_followed", "=", True) & Domain("status", "=", "suspended")
        return bool(self.env["chorus.pro.submission"].search_count(
            self._followed_domain() & suspended, limit=1))

    def _learn_attachment_types(self, session):
        """Ask Chorus Pro for its list of types."""
        listed = None
        with session.forgoing("types of attachments"):
            listed = {
                row.code: row.label or row.code
                for row in session.client.attachment_types()
                if row.object_type in ("", OF_INVOICES)
            }
        if listed is None:
            return
        # Another job may write the same.
        with guarded_row(
            self.env, f"types of attachments of {self}", put_off=self._note_attachment_types_read,
            races=LOST_RACES,
        ):
            self._note_attachment_types_read()
            self.env["chorus.pro.attachment.type"]._keep(self.place, listed)
            self.env["ir.cron"]._commit_progress()

    def _note_attachment_types_read(self):
        """Read them again in a week."""
        self.attachment_types_read_at = fields.Datetime.now()
