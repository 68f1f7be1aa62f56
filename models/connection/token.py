# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from datetime import datetime, timezone

from psycopg2.extensions import TransactionRollbackError

from odoo import api, fields, models
from odoo.tools import SQL

from ...choruspro.auth import Token
from ...choruspro.errors import ConfigurationError
from ..access.secret_fields import locked_unchanged, server_keys

RENEWAL_TRIES = 3


class ChorusProToken(models.Model):
    """The PISTE access token of one connection, shared by all workers.

    Nobody has access rights on this model: only :class:`DatabaseTokenStore` reads and writes it.
    With a key on the server, ``owner`` and ``value`` are encrypted.
    """

    _name = "chorus.pro.token"
    _description = "Chorus Pro Access Token"

    connection_id = fields.Many2one(
        "chorus.pro.connection", required=True, index=True, ondelete="cascade"
    )
    owner = fields.Char(groups=fields.NO_ACCESS, copy=False)
    value = fields.Char(groups=fields.NO_ACCESS, copy=False)
    expires_at = fields.Datetime(groups=fields.NO_ACCESS, copy=False)

    _one_per_connection = models.Constraint(
        "UNIQUE (connection_id)", "A connection has one access token."
    )

    @api.model
    def _forget_exposed(self):
        """Delete the tokens that are not encrypted with the server's first key: PISTE gives others.

        Those that are being renewed, or were meanwhile, are left.
        """
        keys = server_keys()
        for token in self.sudo().search([("value", "!=", False)]):
            place = token_place(token.connection_id.id, "value")
            if not keys.is_current(token.value, place) and locked_unchanged(token):
                token.unlink()


class ChorusProSecret(models.AbstractModel):
    _inherit = "chorus.pro.secret"

    @api.model
    def _encrypt_all_again(self):
        super()._encrypt_all_again()
        self.env["chorus.pro.token"]._forget_exposed()


def token_place(connection_id, column):
    """To what the encrypted token of a connection is bound: see :class:`SecretKeys`."""
    return f"chorus.pro.connection,{connection_id},token.{column}"


class DatabaseTokenStore:
    """Token store of the Chorus Pro client, kept in a row of its own.

    Reads and renewals use cursors of their own, so that a token obtained by a job that later fails
    is not lost, and one that another worker has just renewed is seen at once. The row is locked
    during the renewal: however many workers find the token stale, PISTE is asked once.
    """

    def __init__(self, registry, connection_id, owner, keys):
        """``owner``: text that changes with the credentials; a token of another one is nothing.
        ``keys``: the :class:`SecretKeys`; a token that they do not open is nothing either."""
        self._registry = registry
        self._connection_id = connection_id
        self._owner = owner
        self._keys = keys
        self._token = None

    def get(self):
        """The token last known, fresh or not; ``None`` when there is none."""
        if self._token is None:
            with self._registry.cursor() as cr:
                self._token = self._read(cr)
        return self._token

    def renew(self, stale, fetch):
        """Replace the token ``stale`` by what ``fetch`` gives, unless another worker did already.

        :param stale: the :class:`Token` found unusable, or ``None``
        :param fetch: function that asks PISTE for a new :class:`Token`
        :return: a usable :class:`Token`
        """
        for attempt in range(1, RENEWAL_TRIES + 1):
            try:
                with self._registry.cursor() as cr:
                    self._token = self._renew_locked(cr, stale, fetch)
                return self._token
            except TransactionRollbackError:
                # Another worker renewed it while we waited for the lock: read again what it got.
                if attempt == RENEWAL_TRIES:
                    raise

    def _renew_locked(self, cr, stale, fetch):
        cr.execute(
            "INSERT INTO chorus_pro_token (connection_id) VALUES (%s) ON CONFLICT DO NOTHING",
            [self._connection_id],
            log_exceptions=False,  # another sender makes the same row: handled by who called
        )
        token = self._read(cr, lock=True)
        if token and token != stale and token.is_fresh(datetime.now(timezone.utc)):
            return token
        token = fetch()
        # Odoo stores datetimes in UTC without a zone, to the second: rounded down, never later.
        expires_at = token.expires_at.astimezone(timezone.utc).replace(tzinfo=None, microsecond=0)
        cr.execute(
            """UPDATE chorus_pro_token
                  SET owner = %s, value = %s, expires_at = %s,
                      write_date = now() AT TIME ZONE 'UTC'
                WHERE connection_id = %s""",
            [
                self._keys.encrypt(self._owner, token_place(self._connection_id, "owner")),
                self._keys.encrypt(token.value, token_place(self._connection_id, "value")),
                expires_at,
                self._connection_id,
            ],
            log_exceptions=False,
        )
        return Token(token.value, expires_at.replace(tzinfo=timezone.utc))

    def _read(self, cr, lock=False):
        cr.execute(
            SQL(
                "SELECT owner, value, expires_at FROM chorus_pro_token WHERE connection_id = %s %s",
                self._connection_id,
                SQL("FOR UPDATE") if lock else SQL(),
            ),
            log_exceptions=False,
        )
        owner, value, expires_at = cr.fetchone() or (None, None, None)
        try:
            owner = self._keys.decrypt(owner, token_place(self._connection_id, "owner"))
            value = self._keys.decrypt(value, token_place(self._connection_id, "value"))
        except ConfigurationError:
            return None
        if not value or owner != self._owner:
            return None
        return Token(value, expires_at.replace(tzinfo=timezone.utc))
