# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import logging

from odoo import api, fields, models

from ..access.web_client import open_dialog
from .flow import OPEN_STATES
from .outbox import ON_ITS_WAY

_logger = logging.getLogger(__name__)

# What data/neutralize.sql does to a connection: it reaches no production, and knows no account.
HARMLESS = {
    "environment": "qualification",
    "custom_token_url": False,
    "custom_api_url": False,
    "custom_portal_url": False,
    "custom_leads_to": "custom",
    "piste_client_id": False,
    "technical_login": False,
    "proxy_address": False,
    "proxy_login": False,
    "edi_host": False,
    "edi_login": False,
    "edi_host_key": False,
    "edi_out": False,
    "edi_in": False,
    "edi_application": False,
    "sends_when_confirmed": False,
}
# What was learnt and kept beside it.
FORGOTTEN = ("chorus.pro.token", "chorus.pro.pace", "chorus.pro.setup", "chorus.pro.exchange")


class ChorusProConnection(models.Model):
    """A database that is not the one in which the connection was set up: how they differ, and how a
    copy becomes harmless."""

    _inherit = "chorus.pro.connection"

    def action_confirm_database(self):
        """Open the dialog in which an administrator says what this database is."""
        self.ensure_one()
        self.check_access("write")
        dialog = self.env["chorus.pro.copy"].create({"connection_id": self.id})
        return open_dialog(dialog, self.env._("Is this the database that sends?"))

    def _stamp_differences(self):
        """Sentences that say what has changed since this connection was set up."""
        self.ensure_one()
        stamp = self.sudo().database_stamp
        if not stamp:
            return [self.env._("The database was neutralized: Odoo made it a harmless copy.")]
        # Older or foreign stamps may have fewer parts.
        parts = [*stamp.split(" "), "", "", ""][:3]
        now = self._current_stamp().split(" ")
        uuid, number, server = (
            bool(before and after and before != after)
            for before, after in zip(parts, now, strict=True)
        )
        sentences = [
            (uuid, self.env._("Odoo has given it another identifier: it was duplicated.")),
            (
                server,
                self.env._("It is on another PostgreSQL server: a backup was restored there."),
            ),
            (
                number and not server,
                self.env._(
                    "It is another database of the same PostgreSQL server: a backup was restored "
                    "beside, or the database was copied."
                ),
            ),
        ]
        found = [sentence for differs, sentence in sentences if differs]
        return found or [self.env._("Its origin can no longer be determined.")]

    def _waiting_rows(self, model):
        """What is still to leave by these connections, in sudo."""
        domain = [("connection_id", "in", self.ids), ("state", "in", ON_ITS_WAY)]
        return self.env[model].sudo().search(domain)

    def _confirm_database(self):
        """This database, and no other, sends by these connections from now on."""
        sudo = self.sudo()
        for connection in sudo:
            _logger.info(
                "Chorus Pro connection %s: user %s says that this database is the one that sends",
                connection.id, self.env.uid,
            )
        sudo.write({"database_stamp": self._current_stamp(), "trouble": False})
        # The administrator has just answered.
        self.env["chorus.pro.host"].sudo()._remember_here()

    def _make_harmless(self):
        """This is a copy: it forgets its accounts and secrets, and sends nothing that the original
        sends."""
        sudo = self.sudo()
        _logger.info(
            "Chorus Pro connections %s: user %s makes this copy harmless", self.ids, self.env.uid
        )
        cancelled = {
            "state": "cancelled",
            "next_try": False,
            "reason": self.env._("This database is a copy: the original sends it."),
        }
        flows = self.env["chorus.pro.flow"].sudo()
        flows.search(
            [("connection_id", "in", self.ids), ("state", "in", OPEN_STATES)]
        ).write({"state": "dissolved", "next_try": False})
        for rows in self._outbox_rows([("state", "in", ON_ITS_WAY)]):
            rows.write(cancelled)
        sudo.with_context(active_test=False).certificate_ids.unlink()
        for model in FORGOTTEN:
            self.env[model].sudo().search([("connection_id", "in", self.ids)]).unlink()
        sudo.write(dict.fromkeys(self._secret_columns, False))
        sudo.write({**HARMLESS, "database_stamp": self._current_stamp(), "trouble": False})


class AccountMove(models.Model):
    _inherit = "account.move"

    chorus_pro_is_copied = fields.Boolean(
        string="In a Copied Database", compute="_compute_chorus_pro_is_copied", compute_sudo=True
    )

    @api.depends("company_id", "journal_id", "chorus_pro_is_concerned", "chorus_pro_state")
    def _compute_chorus_pro_is_copied(self):
        for move in self:
            connection = self.env["chorus.pro.connection"]._of_move(move)
            move.chorus_pro_is_copied = (
                move.chorus_pro_is_concerned and connection.is_other_database
            )
