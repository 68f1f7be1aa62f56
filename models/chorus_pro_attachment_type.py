# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import logging
from datetime import timedelta

from psycopg2.errors import SerializationFailure, UniqueViolation

from odoo import api, fields, models

from ..choruspro.errors import ChorusProError
from .chorus_pro_structure import ENVIRONMENTS

_logger = logging.getLogger(__name__)

# "Divers": what an attachment is when nothing else is said. Clients saw it accepted everywhere.
DEFAULT_TYPE = "DIVERS"
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
            row.write({"active": row.code in listed, "name": listed.get(row.code, row.name)})
        codes = set(known.mapped("code"))
        self.create(
            [
                {"code": code, "name": name, "environment": environment}
                for code, name in listed.items()
                if code not in codes
            ]
        )


class ChorusProConnection(models.Model):
    _inherit = "chorus.pro.connection"

    attachment_types_read_at = fields.Datetime(readonly=True, copy=False)

    def _follow_changes(self, session, followed):
        # Before what was read of this connection leaves the cache with a commit.
        read_at = self.attachment_types_read_at
        is_fresh = read_at and read_at > fields.Datetime.now() - ASKED_EVERY
        super()._follow_changes(session, followed)
        if not is_fresh and any(row.status == "suspended" for row in followed):
            # Somebody will complete it, and choose from the list.
            self._learn_attachment_types(session)

    def _learn_attachment_types(self, session):
        """Ask Chorus Pro for its list of types."""
        try:
            listed = {
                row.code: row.label or row.code
                for row in session.client.attachment_types()
                if row.object_type in ("", OF_INVOICES)
            }
        except ChorusProError as error:
            _logger.info("Chorus Pro does not list types of attachments: %s", error.code)
            return
        try:
            self.attachment_types_read_at = fields.Datetime.now()
            self.env["chorus.pro.attachment.type"]._keep(self.place, listed)
            self.env["ir.cron"]._commit_progress()
        except (SerializationFailure, UniqueViolation):
            # Another job writes the same.
            self.env.cr.rollback()
