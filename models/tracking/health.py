# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ..access.roles import MANAGER, SYSTEM, require_role
from .poll import LATE_AFTER


class ChorusProConnection(models.Model):
    """Whether a connection works, according to its log of exchanges."""

    _inherit = "chorus.pro.connection"

    journal_days = fields.Integer(
        string="Keep the Exchange Log (days)", default=30,
        help="How long each exchange with Chorus Pro is kept, without its files, secrets and "
        "people. 0: nothing is kept.")
    health = fields.Selection(
        [
            ("ok", "Works"),
            ("failing", "Last Call Failed"),
            ("late", "Late"),
            ("stopped", "Stopped"),
            ("unused", "Never Used"),
        ],
        compute="_compute_health", compute_sudo=True)
    last_success = fields.Datetime(
        compute="_compute_health", compute_sudo=True,
        help="Date of the last successful call, as far as the exchange log goes back.")
    late_since = fields.Datetime(
        string="Not Followed Since", compute="_compute_health", compute_sudo=True)
    calls_today = fields.Integer(compute="_compute_calls_today", compute_sudo=True)
    errors_today = fields.Integer(compute="_compute_calls_today", compute_sudo=True)

    @api.constrains("journal_days")
    def _check_journal_days(self):
        if not all(0 <= connection.journal_days <= 3650 for connection in self):
            raise ValidationError(self.env._("The exchange log is kept for 0 to 3650 days."))

    def _compute_health(self):
        self.env["chorus.pro.exchange"].flush_model(["connection_id", "succeeded", "date"])
        last = {
            number: dates for number, *dates in self.env.execute_query(self._last_exchanges_query())
        }
        late = self._late()
        for connection in self:
            success, failure = last.get(connection._origin.id, (None, None))
            success = success or connection.followed_until
            is_late = connection._origin in late
            connection.last_success = success
            connection.late_since = connection.followed_until if is_late else False
            if connection.trouble:
                connection.health = "stopped"
            elif connection.late_since:
                connection.health = "late"
            elif failure and (not success or failure > success):
                connection.health = "failing"
            else:
                connection.health = "ok" if success else "unused"

    def _last_exchanges_query(self):
        """Rows (id, last success, last failure): however long the log, two of its rows are
        read for each connection."""
        last = [
            SQL(
                "(SELECT date FROM chorus_pro_exchange WHERE connection_id = connection.id AND %s"
                " ORDER BY date DESC LIMIT 1)",
                outcome)
            for outcome in (SQL("succeeded"), SQL("NOT succeeded"))
        ]
        return SQL(
            "SELECT connection.id, %s FROM unnest(%s::int[]) AS connection (id)",
            SQL(", ").join(last),
            self.ids)

    def _late(self):
        """Those that follow an invoice, and have not read Chorus Pro for too long."""
        since = fields.Datetime.now() - LATE_AFTER
        overdue = self._origin.filtered(
            lambda connection: connection.followed_until and connection.followed_until < since)
        submissions = self.env["chorus.pro.submission"]
        # One invoice is enough, of thousands.
        late = submissions._search(submissions._late_domain())
        late.add_where(SQL("%s = connection.id", SQL.identifier(late.table, "connection_id")))
        query = SQL(
            "SELECT connection.id FROM unnest(%s::int[]) AS connection (id) WHERE EXISTS (%s)",
            overdue.ids,
            late.select(SQL("1")))
        return self.browse(number for (number,) in self.env.execute_query(query))

    def _compute_calls_today(self):
        grouped = self.env["chorus.pro.exchange"]._read_group(
            Domain("connection_id", "in", self.ids) & Domain("date", ">=", "today"),
            ["connection_id", "succeeded"], ["__count"])
        counts = {(connection.id, succeeded): count for connection, succeeded, count in grouped}
        for connection in self:
            connection.errors_today = counts.get((connection.id, False), 0)
            connection.calls_today = connection.errors_today + counts.get((connection.id, True), 0)

    def action_open_exchanges(self):
        """The log of this connection."""
        return self._open_log({"search_default_today": 1})

    def action_open_errors(self):
        """The recent failures of this connection."""
        return self._open_log({"search_default_errors": 1})

    def _open_log(self, context):
        self.ensure_one()
        self.check_access("read")
        return _exchange_action(self.env, [("connection_id", "=", self.id)], context)


class AccountMove(models.Model):
    _inherit = "account.move"

    chorus_pro_exchange_count = fields.Integer(
        string="Exchanges with Chorus Pro", compute="_compute_chorus_pro_exchange_count",
        groups="l10n_fr_chorus_pro.group_manager,base.group_system")

    def _compute_chorus_pro_exchange_count(self):
        exchanges = self.env["chorus.pro.exchange"]
        for move in self:
            about = move._chorus_pro_exchange_domain()
            move.chorus_pro_exchange_count = exchanges.search_count(about)

    def _chorus_pro_exchange_domain(self):
        """About this invoice, or about a flow that carried it."""
        flows = self.sudo().chorus_pro_submission_ids.flow_id
        return Domain("move_id", "=", self.id) | Domain("flow_id", "in", flows.ids)

    def action_chorus_pro_open_exchanges(self):
        """The exchanges with Chorus Pro about this invoice."""
        self.ensure_one()
        self.check_access("read")
        require_role(self.env, MANAGER, SYSTEM)
        return _exchange_action(self.env, list(self._chorus_pro_exchange_domain()), {})


def _exchange_action(env, domain, context):
    action = env["ir.actions.act_window"]._for_xml_id("l10n_fr_chorus_pro.action_exchange")
    return action | {"domain": domain, "context": context}
