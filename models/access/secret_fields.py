# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Secrets that an administrator types, and that never leave the server again."""

import contextlib
import logging
import os

from psycopg2.extensions import TransactionRollbackError

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...choruspro.errors import SECRET_MISPLACED, ConfigurationError
from ...choruspro.secret_keys import VARIABLE, SecretKeys, is_encrypted
from ..rules.error_texts import error_sentence

_logger = logging.getLogger(__name__)


def server_keys():
    """The :class:`SecretKeys` of this server, read anew: none when its variable is not set.

    :raises ConfigurationError: one of them is no key
    """
    return SecretKeys(os.environ.get(VARIABLE))


def locked_unchanged(record):
    """Lock a record, but not against those who refer to it; False when someone else has it, or has
    changed it since this transaction began."""
    cr = record.env.cr
    # As try_lock_for_update, but what someone else does is no error: the transaction goes on.
    statement = SQL(
        "SELECT FROM %s WHERE id = %s FOR NO KEY UPDATE SKIP LOCKED",
        SQL.identifier(record._table),
        record.id,
    )
    try:
        with cr.savepoint(flush=False):
            cr.execute(statement, log_exceptions=False)
            return bool(cr.rowcount)
    except TransactionRollbackError:
        return False


class ChorusProSecret(models.AbstractModel):
    """What has secrets. Each has two fields: the one that is typed never gives anything back, and
    the column that keeps it is out of reach of every user. It is encrypted with the first key of
    the server's variable CHORUS_PRO_SECRET_KEY; without a key it is kept as it is. Encrypted, it is
    bound to its record and column: who moves it within the database has nothing.

    PostgreSQL tells the whole row of which it refuses a value, and Odoo logs it and shows it:
    values are refused before they come there. No table of these models has a CHECK.

    Only :meth:`_secret` gives one in clear.
    """

    _name = "chorus.pro.secret"
    _description = "Chorus Pro Secrets"

    # Typed field -> column that keeps it; a field `has_…` of the same name tells whether it does.
    _secret_columns = {}

    secrets_state = fields.Selection(
        [
            ("encrypted", "Encrypted with the server's key"),
            ("plain", "In clear in the database: set CHORUS_PRO_SECRET_KEY on the server"),
            ("partly", "Not all encrypted with the server's first key yet"),
            ("lost", "The server's key is lost: enter the secrets again"),
            ("moved", "Moved by hand within the database: enter the secrets again"),
            ("invalid", "CHORUS_PRO_SECRET_KEY of the server holds something that is no key"),
        ],
        string="Secrets",
        compute="_compute_secrets_state",
        compute_sudo=True,
    )

    def _compute_secrets(self):
        for name in self._secret_columns:
            self[name] = False

    def _compute_has_secrets(self):
        for record in self.with_context(bin_size=False):
            for name, column in self._secret_columns.items():
                record[f"has_{name}"] = bool(record[column])

    def _compute_secrets_state(self):
        for record in self:
            record.secrets_state = record._state_of_secrets()

    def _state_of_secrets(self):
        stored = list(self._stored_secrets())
        try:
            keys = server_keys()
        except ConfigurationError:
            return "invalid"
        if not keys and not any(is_encrypted(value) for value, _place in stored):
            return "plain"
        if all(keys.is_current(value, place) for value, place in stored):
            return "encrypted"
        try:
            for value, place in stored:
                keys.decrypt(value, place)
        except ConfigurationError as error:
            return "moved" if error.code == SECRET_MISPLACED else "lost"
        return "partly"

    def _stored_secrets(self):
        """Yield (what a column holds, its place); empty ones are left out. To be completed by those
        who have secrets elsewhere too."""
        for record in self.sudo().with_context(bin_size=False):
            for column in self._secret_columns.values():
                if record[column]:
                    yield record[column], record._secret_place(column)

    def _secret_place(self, column):
        """To what the encrypted secret of a column is bound: see :class:`SecretKeys`."""
        return f"{self._name},{self.id},{column}"

    def _secret(self, name):
        """A secret in clear: text, or bytes (base64) for a file; empty when there is none.

        :param name: the field in which it was typed
        :raises ConfigurationError: no key of the server opens it (`secret_key_lost`), one of them
            is no key (`secret_key_invalid`), or it was typed elsewhere (`secret_misplaced`)
        """
        self.ensure_one()
        column = self._secret_columns[name]
        stored = self.sudo().with_context(bin_size=False)[column]
        if not stored:
            return b"" if self._fields[column].type == "binary" else ""
        return server_keys().decrypt(stored, self._secret_place(column))

    @api.model_create_multi
    def create(self, vals_list):
        required = self._required_columns()
        for vals in vals_list:
            missing = [name for name in required if name not in vals]
            self._require_values({**dict.fromkeys(missing), **self.default_get(missing), **vals})
        split = [self._split_secrets(vals) for vals in vals_list]
        records = super().create([vals for vals, _secrets in split])
        for record, (_vals, secrets) in zip(records, split, strict=True):
            record._write_secrets(secrets)
        return records

    def write(self, vals):
        # Odoo logs the whole text of a statement that fails: what may fail (a unique index,
        # someone else's change) is written first, without the secrets.
        self._require_values(vals)
        vals, secrets = self._split_secrets(vals)
        result = super().write(vals)
        self._write_secrets(secrets)
        return result

    @api.model
    def _required_columns(self):
        """Names of the fields that the database wants filled. A number is never empty."""
        return [
            name
            for name, field in self._fields.items()
            if field.required and field.store and field.type not in ("boolean", "integer", "float")
        ]

    @api.model
    def _require_values(self, vals):
        """Refuse values that leave a required field empty.

        :raises UserError: names the fields
        """
        empty = [name for name in self._required_columns() if name in vals and not vals[name]]
        if empty:
            labels = self.fields_get(empty, ["string"])
            names = ", ".join(labels[name]["string"] for name in empty if name in labels)
            raise UserError(self.env._("This cannot be left empty: %s.", names))

    @api.model
    def _split_secrets(self, vals):
        """What was typed as (plain values, {secret column: value})."""
        vals = dict(vals)
        typed = [name for name in self._secret_columns if name in vals]
        for name in typed:
            self._check_field_access(self._fields[name], "write")
        return vals, {self._secret_columns[name]: vals.pop(name) for name in typed}

    def _write_secrets(self, secrets):
        if not secrets:
            return
        self.check_access("write")
        self.flush_recordset()
        try:
            keys = server_keys()
        except ConfigurationError as error:
            raise UserError(error_sentence(self.env, error)) from None
        for record in self:
            record._store_secrets(
                {
                    column: keys.encrypt(value, record._secret_place(column))
                    for column, value in secrets.items()
                }
            )
        sudo = self.sudo()
        sudo.modified(secrets)
        sudo._validate_fields(secrets)

    def _store_secrets(self, values):
        """Write {column: value} by a statement of its own, that is never logged."""
        assignments = SQL(", ").join(
            SQL("%s = %s", SQL.identifier(column), value or None)
            for column, value in values.items()
        )
        table = SQL.identifier(self._table)
        statement = SQL("UPDATE %s SET %s WHERE id = %s", table, assignments, self.id)
        self.env.cr.execute(statement, log_exceptions=False)
        self.invalidate_recordset()

    def _encrypt_again(self):
        """Encrypt with the server's first key, bound to its place, what is in clear, has another
        key, or is bound to no place.

        What no key opens stays as it is; records that someone else is changing, or has changed
        since this transaction began, are left for the next time. Without a key nothing changes.

        :return: the records that were changed
        :raises ConfigurationError: one of the server's keys is no key
        """
        keys = server_keys()
        changed = self.browse()
        if not keys:
            return changed
        for record in self.sudo().with_context(bin_size=False):
            if locked_unchanged(record) and record._encrypt_with(keys):
                changed += record
        return changed

    def _encrypt_with(self, keys):
        """Encrypt the secrets of this record, which is locked; True when any changed."""
        self.invalidate_recordset(self._secret_columns.values())
        values = {}
        for column in self._secret_columns.values():
            stored, place = self[column], self._secret_place(column)
            if not keys.is_current(stored, place):
                # A lost key is said on the screen, and whenever the secret is needed.
                with contextlib.suppress(ConfigurationError):
                    values[column] = keys.encrypt(keys.decrypt(stored, place), place)
        if values:
            self._store_secrets(values)
        return bool(values)

    def action_encrypt_again(self):
        """Encrypt the secrets with the server's first key now: after it was set, or changed.

        :raises UserError: one of the server's keys is no key
        """
        self.check_access("write")
        try:
            self._encrypt_again()
        except ConfigurationError as error:
            raise UserError(error_sentence(self.env, error)) from None
        return True

    @api.model
    def _cron_encrypt_again(self):
        """Daily: encrypt all secrets of all models with the server's first key."""
        try:
            server_keys()
        except ConfigurationError as error:
            _logger.error("Secrets of Chorus Pro are not encrypted: %s", error)
            return
        self._encrypt_all_again()

    @api.model
    def _encrypt_all_again(self):
        """What the daily job does; extended for what is kept in another way."""
        for name in self.env.registry.descendants([self._name], "_inherit"):
            model = self.env[name].sudo().with_context(active_test=False)
            kept = [Domain(column, "!=", False) for column in model._secret_columns.values()]
            if not model._abstract:
                model.search(Domain.OR(kept))._encrypt_again()
