# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Secrets that an administrator types, and that never leave the server again."""

import contextlib
import logging
import os

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..choruspro.errors import ConfigurationError
from ..choruspro.secret_keys import VARIABLE, SecretKeys, is_encrypted
from .chorus_pro_sentence import error_sentence

_logger = logging.getLogger(__name__)


def server_keys():
    """The :class:`SecretKeys` of this server, read anew: none when its variable is not set.

    :raises ConfigurationError: one of them is no key
    """
    return SecretKeys(os.environ.get(VARIABLE))


class ChorusProSecret(models.AbstractModel):
    """What has secrets. Each has two fields: the one that is typed never gives anything back, and
    the column that keeps it is out of reach of every user. It is encrypted with the first key of
    the server's variable CHORUS_PRO_SECRET_KEY; without a key it is kept as it is.

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
        if not keys and not any(map(is_encrypted, stored)):
            return "plain"
        if all(map(keys.is_current, stored)):
            return "encrypted"
        try:
            for value in stored:
                keys.decrypt(value)
        except ConfigurationError:
            return "lost"
        return "partly"

    def _stored_secrets(self):
        """Yield what the columns hold, empty ones left out. To be completed by those who have
        secrets elsewhere too."""
        for record in self.sudo().with_context(bin_size=False):
            for column in self._secret_columns.values():
                if record[column]:
                    yield record[column]

    def _secret(self, name):
        """A secret in clear: text, or bytes (base64) for a file; empty when there is none.

        :param name: the field in which it was typed
        :raises ConfigurationError: no key of the server opens it (`secret_key_lost`), or one of
            them is no key (`secret_key_invalid`)
        """
        self.ensure_one()
        column = self._secret_columns[name]
        stored = self.sudo().with_context(bin_size=False)[column]
        if not stored:
            return b"" if self._fields[column].type == "binary" else ""
        return server_keys().decrypt(stored)

    @api.model_create_multi
    def create(self, vals_list):
        split = [self._split_secrets(vals) for vals in vals_list]
        records = super().create([vals for vals, _secrets in split])
        for record, (_vals, secrets) in zip(records, split, strict=True):
            record._write_secrets(secrets)
        return records

    def write(self, vals):
        # Odoo logs the whole text of a statement that fails: what may fail (a unique index,
        # someone else's change) is written first, without the secrets.
        vals, secrets = self._split_secrets(vals)
        result = super().write(vals)
        self._write_secrets(secrets)
        return result

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
        self._store_secrets({name: keys.encrypt(value) for name, value in secrets.items()})
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
        statement = SQL("UPDATE %s SET %s WHERE id IN %s", table, assignments, tuple(self.ids))
        self.env.cr.execute(statement, log_exceptions=False)
        self.invalidate_recordset()

    def _encrypt_again(self):
        """Encrypt with the server's first key what is in clear, or encrypted with another key.

        What no key opens stays as it is; records that someone else is changing are left for the
        next time. Without a key nothing changes.

        :return: the records that were changed
        :raises ConfigurationError: one of the server's keys is no key
        """
        keys = server_keys()
        changed = self.browse()
        if not keys:
            return changed
        records = self.sudo().with_context(bin_size=False)
        for record in records.try_lock_for_update(allow_referencing=True):
            record.invalidate_recordset(self._secret_columns.values())
            values = {}
            for column in self._secret_columns.values():
                if not keys.is_current(record[column]):
                    # A lost key is said on the screen, and whenever the secret is needed.
                    with contextlib.suppress(ConfigurationError):
                        values[column] = keys.encrypt(keys.decrypt(record[column]))
            if values:
                record._store_secrets(values)
                changed += record
        return changed

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
        for name in self.env.registry.descendants([self._name], "_inherit"):
            model = self.env[name].sudo().with_context(active_test=False)
            kept = [Domain(column, "!=", False) for column in model._secret_columns.values()]
            if not model._abstract:
                model.search(Domain.OR(kept))._encrypt_again()
        self.env["chorus.pro.token"]._forget_exposed()
