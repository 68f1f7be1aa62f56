# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import hashlib
import logging
import socket
from pathlib import Path

from odoo import api, fields, models

_logger = logging.getLogger(__name__)

MACHINE_ID = Path("/etc/machine-id")


class ChorusProHost(models.Model):
    """Where invoices have been sent from: machines of Odoo, servers and timelines of PostgreSQL.

    A copy of the machine or of its disk (snapshot, clone, pg_basebackup) keeps the stamp of the
    connections, and may send what the original sends. It often gets another name, address or
    timeline: what was never seen before is remembered, and told to the administrators once. It
    stops nothing: Odoo may run on several machines, and a database server may be replaced.

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
        """Remember where this process runs, and tell the administrators of what is new. The first
        of each kind is no news.

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
        """Remember where this process runs; gives the records that were not known."""
        self.env.cr.execute("SELECT kind, name FROM chorus_pro_host")
        known = set(self.env.cr.fetchall())
        added = [self._remember(*each) for each in self._here().items() if each not in known]
        return self.browse(filter(None, added))

    @api.model
    def _here(self):
        """{kind: name} of what can be read."""
        self.env.cr.execute(
            """
            SELECT has_function_privilege('pg_control_checkpoint()', 'execute'),
                   coalesce(host(inet_server_addr()), 'local') || ':' || current_setting('port')
            """
        )
        may_read, server = self.env.cr.fetchone()
        here = {"machine": _machine(), "server": server}
        if may_read:
            self.env.cr.execute("SELECT timeline_id::text FROM pg_control_checkpoint()")
            [here["timeline"]] = self.env.cr.fetchone()
        return here

    @api.model
    def _remember(self, kind, name):
        """The id of the new row; None when another job has just made it."""
        self.env.cr.execute(
            "INSERT INTO chorus_pro_host (kind, name) VALUES (%s, %s)"
            " ON CONFLICT DO NOTHING RETURNING id",
            [kind, name],
            log_exceptions=False,
        )
        return self.env.cr.fetchone()[0] if self.env.cr.rowcount else None

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
    """The name of this machine, and what tells it from another one of that name."""
    try:
        identity = MACHINE_ID.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        identity = ""
    # The identity itself is confidential (machine-id(5)).
    digest = hashlib.sha256(identity.encode()).hexdigest()[:8] if identity else "-"
    return f"{socket.gethostname()} ({digest})"
