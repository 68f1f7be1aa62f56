# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import fields, models
from odoo.fields import Domain

from .chorus_pro_role import MANAGER, SYSTEM, require_role


class ChorusProConnection(models.Model):
    """What the journal of exchanges tells of a connection: whether it is well."""

    _inherit = "chorus.pro.connection"

    journal_days = fields.Integer(
        string="Keep the Journal (days)",
        default=30,
        help="How long each exchange with Chorus Pro is kept, without its files, secrets and "
        "people. 0: nothing is kept.",
    )
    health = fields.Selection(
        [
            ("ok", "Works"),
            ("failing", "Last Call Failed"),
            ("late", "Late"),
            ("stopped", "Stopped"),
            ("unused", "Never Used"),
        ],
        compute="_compute_health",
        compute_sudo=True,
    )
    last_success = fields.Datetime(
        compute="_compute_health",
        compute_sudo=True,
        help="When Chorus Pro last did what was asked, as far as the journal goes back.",
    )
    late_since = fields.Datetime(
        string="Not Followed Since", compute="_compute_health", compute_sudo=True
    )
    calls_today = fields.Integer(compute="_compute_calls_today", compute_sudo=True)
    errors_today = fields.Integer(compute="_compute_calls_today", compute_sudo=True)

    _journal_days_bounds = models.Constraint(
        "CHECK (journal_days BETWEEN 0 AND 3650)", "The journal is kept for 0 to 3650 days."
    )

    def _compute_health(self):
        exchanges = self.env["chorus.pro.exchange"]
        domain = Domain("connection_id", "in", self.ids)
        grouped = exchanges._read_group(domain, ["connection_id", "succeeded"], ["date:max"])
        last = {(connection.id, succeeded): date for connection, succeeded, date in grouped}
        late = self.env["chorus.pro.submission"]._read_group(
            domain & self.env["chorus.pro.submission"]._late_domain(), ["connection_id"]
        )
        late = self.browse(connection.id for (connection,) in late)
        for connection in self:
            success = last.get((connection.id, True)) or connection.followed_until
            failure = last.get((connection.id, False))
            connection.last_success = success
            connection.late_since = connection.followed_until if connection in late else False
            if connection.trouble:
                connection.health = "stopped"
            elif connection.late_since:
                connection.health = "late"
            elif failure and (not success or failure > success):
                connection.health = "failing"
            else:
                connection.health = "ok" if success else "unused"

    def _compute_calls_today(self):
        grouped = self.env["chorus.pro.exchange"]._read_group(
            Domain("connection_id", "in", self.ids) & Domain("date", ">=", "today"),
            ["connection_id", "succeeded"],
            ["__count"],
        )
        counts = {(connection.id, succeeded): count for connection, succeeded, count in grouped}
        for connection in self:
            connection.errors_today = counts.get((connection.id, False), 0)
            connection.calls_today = connection.errors_today + counts.get((connection.id, True), 0)

    def action_open_exchanges(self):
        """The journal of this connection."""
        return self._exchange_action({"search_default_today": 1})

    def action_open_errors(self):
        """What failed lately by this connection."""
        return self._exchange_action({"search_default_errors": 1})

    def _exchange_action(self, context):
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "l10n_fr_chorus_pro.action_exchange"
        )
        return action | {"domain": [("connection_id", "=", self.id)], "context": context}


class AccountMove(models.Model):
    _inherit = "account.move"

    chorus_pro_exchange_count = fields.Integer(
        string="Exchanges with Chorus Pro",
        compute="_compute_chorus_pro_exchange_count",
        groups="l10n_fr_chorus_pro.group_manager,base.group_system",
    )

    def _compute_chorus_pro_exchange_count(self):
        exchanges = self.env["chorus.pro.exchange"]
        for move in self:
            move.chorus_pro_exchange_count = exchanges.search_count(
                move._chorus_pro_exchange_domain()
            )

    def _chorus_pro_exchange_domain(self):
        """About this invoice, or about a flow in which it travelled."""
        flows = self.sudo().chorus_pro_submission_ids.flow_id
        return Domain("move_id", "=", self.id) | Domain("flow_id", "in", flows.ids)

    def action_chorus_pro_open_exchanges(self):
        """What was asked of Chorus Pro about this invoice, and answered."""
        self.ensure_one()
        self.check_access("read")
        require_role(self.env, MANAGER, SYSTEM)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "l10n_fr_chorus_pro.action_exchange"
        )
        return action | {"domain": list(self._chorus_pro_exchange_domain()), "context": {}}
