# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class ChorusProConnection(models.Model):
    """A copy of a database must never deposit what the original deposits too.

    The stamp on a connection holds what Odoo's *Duplicate* (the uuid), a dump that is restored (the
    number of the database, or the cluster) and another server change. When it differs, nothing is
    deposited until an administrator says that this database is the one that sends.

    A copy of the files of the whole server (snapshot, clone, pg_basebackup) changes none of them:
    see ``chorus.pro.host``.
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
        """What tells this database from its copies: Odoo's uuid of it, the number that PostgreSQL
        gave to it, and the identity of the PostgreSQL cluster where it may be read."""
        uuid = self.env["ir.config_parameter"].sudo().get_param("database.uuid")
        self.env.cr.execute(
            """
            SELECT oid::text, has_function_privilege('pg_control_system()', 'execute')
              FROM pg_database
             WHERE datname = current_database()
            """
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
        for vals in vals_list:
            self._require_own_stamp(vals)
        stamp = self._current_stamp()
        return super().create([{"database_stamp": stamp, **vals} for vals in vals_list])

    def write(self, vals):
        self._require_own_stamp(vals)
        return super().write(vals)

    @api.model
    def _require_own_stamp(self, vals):
        """:raises AccessError: somebody writes the stamp past the dialog that asks"""
        if "database_stamp" in vals and not self.env.su:
            raise AccessError(
                self.env._(
                    "Which database sends is decided on the connection, in “See what differs, and "
                    "decide”: the stamp cannot be written."
                )
            )

    def _require_same_database(self):
        """:raises UserError: this database is a copy of the one in which the connection was made"""
        self.ensure_one()
        if self.is_other_database:
            raise UserError(
                self.env._(
                    "This database is a copy, or was moved: nothing is sent from it, for the "
                    "original may send the same invoices. An administrator confirms on the "
                    "connection “%s” that this is the database that sends.",
                    self.name,
                )
            )
