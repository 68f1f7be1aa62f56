# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from datetime import datetime, timezone
from functools import partial

from odoo import api, fields, models
from odoo.tools import SQL

from ...choruspro.auth import Token
from ...choruspro.errors import ConfigurationError
from ..access.secret_fields import locked_unchanged, server_keys
from ..access.storage import aware, decide_apart, naive

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
        """Delete the tokens that are not encrypted with the server's first key, except those that
        are being renewed, or were meanwhile: PISTE gives others."""
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
    """What the encrypted token of a connection is bound to: see :class:`SecretKeys`."""
    return f"chorus.pro.connection,{connection_id},token.{column}"


class DatabaseTokenStore:
    """Token store of the Chorus Pro client: one row for each connection.

    Reads and renewals use separate cursors: a token that a failing job obtained is kept, and one
    that another worker has just renewed is seen at once. The row is locked during the renewal:
    however many workers find the token stale, PISTE is called once.
    """

    def __init__(self, registry, connection_id, owner, keys):
        """A token of another ``owner``, a text that changes with the credentials, or that ``keys``
        (:class:`SecretKeys`) do not open, is none."""
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
        """A usable :class:`Token`: the unusable ``stale`` one, or None, is replaced by what the
        function ``fetch`` gets from PISTE, unless another worker did that already."""
        renew = partial(self._renew_locked, stale, fetch)
        self._token = decide_apart(self._registry, renew, RENEWAL_TRIES)
        return self._token

    def _renew_locked(self, stale, fetch, cr):
        cr.execute(
            "INSERT INTO chorus_pro_token (connection_id) VALUES (%s) ON CONFLICT DO NOTHING",
            [self._connection_id],
            log_exceptions=False,  # another sender makes the same row: handled by who called
        )
        token = self._read(cr, lock=True)
        if token and token != stale and token.is_fresh(datetime.now(timezone.utc)):
            return token
        token = fetch()
        expires_at = naive(token.expires_at)
        owner = self._keys.encrypt(self._owner, token_place(self._connection_id, "owner"))
        value = self._keys.encrypt(token.value, token_place(self._connection_id, "value"))
        cr.execute(
            "UPDATE chorus_pro_token SET owner = %s, value = %s, expires_at = %s,"
            " write_date = now() AT TIME ZONE 'UTC' WHERE connection_id = %s",
            [owner, value, expires_at, self._connection_id], log_exceptions=False,
        )
        return Token(token.value, aware(expires_at))

    def _read(self, cr, lock=False):
        cr.execute(
            SQL(
                "SELECT owner, value, expires_at FROM chorus_pro_token WHERE connection_id = %s %s",
                self._connection_id, SQL("FOR UPDATE") if lock else SQL(),
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
        return Token(value, aware(expires_at))
