# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What a monitoring system may know: whether invoices leave and come back, in figures."""

import hashlib
import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import consteq

from ..access.roles import SYSTEM, require_role
from ..access.web_client import notify

# The token itself is shown once, to who makes it.
DIGEST_PARAMETER = "l10n_fr_chorus_pro.monitoring_token_sha256"
# What is due leaves within a minute or two: a queue that waits longer waits for a worker.
STUCK_AFTER = timedelta(hours=1)
SOON = timedelta(days=15)


class ChorusProConnection(models.Model):
    _inherit = "chorus.pro.connection"

    @api.model
    def _is_monitoring_token(self, token):
        expected = self.env["ir.config_parameter"].sudo().get_param(DIGEST_PARAMETER)
        return bool(expected and consteq(_digest(token), expected))

    @api.model
    def _monitoring(self):
        """Figures about all connections in use, of all companies. Call it in sudo.

        :return: ``problems`` (a list of ``queue_stuck``, ``connection_stopped``,
            ``following_late``, ``database_copied``, ``expires_soon``), ``queued`` and
            ``uncertain`` (numbers of invoices), ``oldest_due_minutes`` (since when the invoice that
            waits longest could have left), ``last_success`` (ISO 8601, UTC) and ``next_expiry`` (a
            date) of passwords and certificates; None for what there is not
        """
        now = fields.Datetime.now()
        connections = self.search([("in_use", "=", True)])
        submissions = self.env["chorus.pro.submission"]
        due = submissions.search(
            submissions._waiting_domain() & submissions._now_domain(),
            order="next_try NULLS FIRST, id", limit=1,
        )
        waited = now - (due.next_try or due.create_date) if due else None
        expiry = min(connections._expiry_dates(), default=None)
        found = {
            "queue_stuck": waited is not None and waited > STUCK_AFTER,
            "connection_stopped": any(connections.mapped("trouble")),
            "following_late": any(connections.mapped("late_since")),
            "database_copied": any(connections.mapped("is_other_database")),
            "expires_soon": expiry is not None and expiry < (now + SOON).date(),
        }
        last = max(filter(None, connections.mapped("last_success")), default=None)
        return {
            "problems": [name for name, is_so in found.items() if is_so],
            "queued": submissions.search_count([("state", "in", ("queued", "sending"))]),
            "uncertain": submissions.search_count([("state", "=", "uncertain")]),
            "oldest_due_minutes": int(waited.total_seconds() // 60) if waited else None,
            "last_success": f"{last.isoformat()}Z" if last else None,
            "next_expiry": expiry.isoformat() if expiry else None,
        }

    def _expiry_dates(self):
        """The dates on which something of these connections ends."""
        for record in (*self, *self.certificate_ids):
            if expiry := record._expiry_date():
                yield expiry


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    def action_chorus_pro_new_monitoring_token(self):
        """Make a token for the address of monitoring; the former one opens nothing any more."""
        require_role(self.env, SYSTEM)
        token = secrets.token_urlsafe(32)
        self.env["ir.config_parameter"].set_param(DIGEST_PARAMETER, _digest(token))
        return notify(
            self.env._("Copy this token now: it is not shown again"),
            self.env._("%(address)s, with the header “Authorization: Bearer %(token)s”",
                       address=f"{self.get_base_url()}/chorus_pro/health", token=token),
            sticky=True,
        )


def _digest(token):
    return hashlib.sha256(token.encode()).hexdigest()
