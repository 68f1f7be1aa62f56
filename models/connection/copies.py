# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Copies of a database or of a whole server, which must not send the same invoices again."""

import hashlib
import logging
import socket
from pathlib import Path

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

MACHINE_ID = Path("/etc/machine-id")


class ChorusProConnection(models.Model):
    """A copy of a database must never deposit what the original deposits too.

    The stamp on a connection holds what Odoo's *Duplicate* changes (the uuid), and what a restored
    dump or another server changes (the number of the database, the cluster). When it differs,
    nothing is deposited until an administrator confirms that this database is the one that sends.

    A copy of all files of the server (snapshot, clone, pg_basebackup) changes none of them: see
    ``chorus.pro.host``.
    """

    _inherit = "chorus.pro.connection"

    database_stamp = fields.Char(readonly=True, copy=False, groups="base.group_system")
    is_other_database = fields.Boolean(compute="_compute_is_other_database", compute_sudo=True)

    @api.depends("database_stamp")
    def _compute_is_other_database(self):
        stamp = self._current_stamp()
        for connection in self:
            connection.is_other_database = connection.database_stamp != stamp

    @api.model
    def _current_stamp(self):
        """Odoo's uuid of this database, its number in PostgreSQL, and the identity of the cluster
        where that may be read."""
        uuid = self.env["ir.config_parameter"].sudo().get_param("database.uuid")
        self.env.cr.execute(
            "SELECT oid::text, has_function_privilege('pg_control_system()', 'execute') FROM "
            "pg_database WHERE datname = current_database()"
        )
        number, may_read = self.env.cr.fetchone()
        cluster = ""
        if may_read:
            # Apart: PostgreSQL refuses a statement that only might call it.
            self.env.cr.execute("SELECT system_identifier::text FROM pg_control_system()")
            [cluster] = self.env.cr.fetchone()
        return " ".join((uuid or "", number, cluster))

    @api.model_create_multi
    def create(self, vals_list):
        self._require_own_stamp(*vals_list)
        stamp = self._current_stamp()
        return super().create([{"database_stamp": stamp, **vals} for vals in vals_list])

    def write(self, vals):
        self._require_own_stamp(vals)
        return super().write(vals)

    @api.model
    def _require_own_stamp(self, *values):
        """:raises AccessError: somebody writes the stamp past the dialog that asks"""
        if not self.env.su and any("database_stamp" in vals for vals in values):
            raise AccessError(self.env._(
                "Which database sends is decided on the connection, in “See what differs, and "
                "decide”: the stamp cannot be written."
            ))

    def _require_same_database(self):
        """:raises UserError: this database is a copy of the one in which the connection was made"""
        self.ensure_one()
        if self.is_other_database:
            raise UserError(self.env._(
                "This database is a copy, or was moved: nothing is sent from it, for the original "
                "may send the same invoices. An administrator confirms on the connection “%s” that "
                "this is the database that sends.",
                self.name,
            ))


class ChorusProHost(models.Model):
    """Where invoices have been sent from: machines of Odoo, servers and timelines of PostgreSQL.

    A copy of the machine or of its disk (snapshot, clone, pg_basebackup) keeps the stamp of the
    connections, and may send what the original sends. It often gets another name, address or
    timeline: each new one is recorded, and administrators are notified once. Nothing is stopped:
    Odoo may run on several machines, and a database server may be replaced.

    Nobody has access rights on this model.
    """

    _name = "chorus.pro.host"
    _description = "Chorus Pro Host"
    _log_access = False

    kind = fields.Selection(
        [
            ("machine", "Odoo on this machine"),
            ("server", "PostgreSQL at this address"),
            ("timeline", "PostgreSQL on this timeline"),
        ],
        required=True,
    )
    name = fields.Char(required=True)

    _once = models.Constraint("UNIQUE (kind, name)", "This host is already known.")

    @api.model
    def _look(self):
        """Record where this process runs, and notify administrators of what is new. The first of
        each kind is no news.

        :return: the records that are new
        """
        connections = self.env["chorus.pro.connection"].sudo().search([("in_use", "=", True)])
        # The others send nothing, and their form asks already.
        connections = connections.filtered(lambda connection: not connection.is_other_database)
        if not connections:
            return self.browse()
        self.env.cr.execute("SELECT DISTINCT kind FROM chorus_pro_host")
        kinds = {kind for [kind] in self.env.cr.fetchall()}
        news = self._remember_here().filtered(lambda host: host.kind in kinds)
        if news:
            news._tell(connections)
        return news

    @api.model
    def _remember_here(self):
        """Record where this process runs; give the records that are new."""
        self.env.cr.execute("SELECT kind, name FROM chorus_pro_host")
        known = set(self.env.cr.fetchall())
        new = [each for each in self._here().items() if each not in known]
        if not new:
            return self.browse()
        # Another job may have just made the same rows.
        statement = SQL(
            "INSERT INTO chorus_pro_host (kind, name) VALUES %s"
            " ON CONFLICT DO NOTHING RETURNING id",
            SQL(", ").join(SQL("%s", each) for each in new),
        )
        self.env.cr.execute(statement, log_exceptions=False)
        return self.browse(host_id for [host_id] in self.env.cr.fetchall())

    @api.model
    def _here(self):
        """{kind: name} of what can be read."""
        self.env.cr.execute(
            "SELECT has_function_privilege('pg_control_checkpoint()', 'execute'), "
            "coalesce(host(inet_server_addr()), 'local') || ':' || current_setting('port')"
        )
        may_read, server = self.env.cr.fetchone()
        here = {"machine": _machine(), "server": server}
        if may_read:
            self.env.cr.execute("SELECT timeline_id::text FROM pg_control_checkpoint()")
            [here["timeline"]] = self.env.cr.fetchone()
        return here

    def _tell(self, connections):
        shown = ", ".join(f"{host.kind} {host.name}" for host in self)
        _logger.warning("Chorus Pro: invoices are sent from a place not seen before: %s", shown)
        for company_connections in connections.grouped("company_id").values():
            company_connections[0]._write_to_administrators(self._words)

    def _words(self, lang):
        """(subject, sentence) in a language."""
        hosts = self.with_context(lang=lang)
        labels = dict(hosts._fields["kind"]._description_selection(hosts.env))
        where = ", ".join(f"{labels[host.kind]}: {host.name}" for host in hosts)
        env = hosts.env
        return (
            env._("Chorus Pro: invoices are sent from a new machine"),
            env._(
                "Invoices are sent to Chorus Pro from a place not seen before (%s). If you added, "
                "renamed or replaced a server, there is nothing to do. If this is a copy (a cloned "
                "machine, a snapshot of its disk, a copy of the database's files), stop it now: it "
                "sends the same invoices as the original. Neutralize it (odoo-bin neutralize) "
                "before you start it again.",
                where,
            ),
        )


def _machine():
    """The name of this machine, and a mark that differs on another one of that name."""
    try:
        identity = MACHINE_ID.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        identity = ""
    # The identity itself is confidential (machine-id(5)).
    digest = hashlib.sha256(identity.encode()).hexdigest()[:8] if identity else "-"
    return f"{socket.gethostname()} ({digest})"
