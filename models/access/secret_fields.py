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


# A field that an administrator types, and that gives nothing back.
TYPED = {
    "compute": "_compute_secrets", "readonly": False, "groups": "base.group_system", "copy": False,
}


def secret(kind=fields.Char, **options):
    """The three fields of a secret: the one that is typed, the column that keeps it, out of reach
    of every user, and whether it holds one.

    :param options: of the field that is typed
    """
    where = {"attachment": False} if kind is fields.Binary else {}
    return (
        kind(**TYPED, **where, **options),
        kind(groups=fields.NO_ACCESS, copy=False, **where),
        fields.Boolean(compute="_compute_has_secrets", compute_sudo=True),
    )


def server_keys():
    """The :class:`SecretKeys` of this server; none when its variable is not set.

    :raises ConfigurationError: one of them is no key
    """
    return SecretKeys(os.environ.get(VARIABLE))


def locked_unchanged(record):
    """Lock a record, but not against those who refer to it; False when someone else has it, or has
    changed it since this transaction began."""
    cr = record.env.cr
    # Unlike try_lock_for_update, the transaction goes on when someone else changed it.
    statement = SQL(
        "SELECT FROM %s WHERE id = %s FOR NO KEY UPDATE SKIP LOCKED", SQL.identifier(record._table),
        record.id,
    )
    try:
        with cr.savepoint(flush=False):
            cr.execute(statement, log_exceptions=False)
            return bool(cr.rowcount)
    except TransactionRollbackError:
        return False


class ChorusProSecret(models.AbstractModel):
    """What has secrets (see :func:`secret`). They are encrypted with the first key of the server's
    variable CHORUS_PRO_SECRET_KEY, and bound to their record and column: moved within the database
    they are useless. Without a key they are kept as they are. Only :meth:`_secret` gives one in
    clear.

    When PostgreSQL refuses a value, Odoo logs and shows the whole row: bad values are refused
    before. No table of these models has a CHECK.
    """

    _name = "chorus.pro.secret"
    _description = "Chorus Pro Secrets"

    # Typed field -> column that keeps it
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
        string="Secrets", compute="_compute_secrets_state", compute_sudo=True,
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
        """Yield (what a column holds, its place), without empty ones; extended by models that have
        secrets elsewhere too."""
        for record in self.sudo().with_context(bin_size=False):
            for column in self._secret_columns.values():
                if record[column]:
                    yield record[column], record._secret_place(column)

    def _secret_place(self, column):
        """What the encrypted secret of a column is bound to: see :class:`SecretKeys`."""
        return f"{self._name},{self.id},{column}"

    def _secret(self, name):
        """The secret typed in the field ``name``, in clear: text, or bytes (base64) for a file;
        empty when there is none.

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
        # Odoo logs the text of a failing statement: what may fail (a unique index, someone else's
        # change) is written first, without the secrets.
        self._require_values(vals)
        vals, secrets = self._split_secrets(vals)
        result = super().write(vals)
        self._write_secrets(secrets)
        return result

    @api.model
    def _required_columns(self):
        """Names of the fields that the database requires. A number is never empty."""
        return [
            name
            for name, field in self._fields.items()
            if field.required and field.store and field.type not in ("boolean", "integer", "float")
        ]

    @api.model
    def _require_values(self, vals):
        """:raises UserError: the values leave required fields empty; it names them"""
        empty = [name for name in self._required_columns() if name in vals and not vals[name]]
        if empty:
            labels = ", ".join(self._labels(empty))
            raise UserError(self.env._("This cannot be left empty: %s.", labels))

    def _labels_of_empty(self, names):
        """Labels, in the user's language, of those of these fields that are empty. A secret that is
        kept is not."""
        sudo = self.sudo()
        empty = [name for name in names if not sudo[self._secret_columns.get(name, name)]]
        return sudo._labels(empty)

    @api.model
    def _labels(self, names):
        """Labels of those of these fields that the user may see, in the user's language."""
        labels = self.fields_get(names, ["string"]) if names else {}
        return [labels[name]["string"] for name in names if name in labels]

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
            place = record._secret_place
            encrypted = {each: keys.encrypt(secrets[each], place(each)) for each in secrets}
            record._store_secrets(encrypted)
        self.sudo().modified(secrets)
        self.sudo()._validate_fields(secrets)

    def _store_secrets(self, values):
        """Write {column: value} by a separate statement, which is never logged."""
        pairs = [SQL("%s = %s", SQL.identifier(name), values[name] or None) for name in values]
        table = SQL.identifier(self._table)
        statement = SQL("UPDATE %s SET %s WHERE id = %s", table, SQL(", ").join(pairs), self.id)
        self.env.cr.execute(statement, log_exceptions=False)
        self.invalidate_recordset()

    def _encrypt_again(self):
        """Encrypt with the server's first key, bound to its place, what is not yet. What no key
        opens stays as it is, as do records that someone else is changing. Without a key nothing
        changes.

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
                # The screen shows a lost key, and so does whatever needs the secret.
                with contextlib.suppress(ConfigurationError):
                    values[column] = keys.encrypt(keys.decrypt(stored, place), place)
        if values:
            self._store_secrets(values)
        return bool(values)

    def action_encrypt_again(self):
        """Encrypt the secrets with the server's first key now, after a change of it.

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
