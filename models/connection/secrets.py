# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import logging

from odoo import api, fields, models

from ...choruspro.environment import read_proxy
from ...choruspro.errors import ChorusProError

_logger = logging.getLogger(__name__)

# Each of these decides where the secrets of a connection are sent, or who can read them there.
DESTINATION_FIELDS = (
    "environment",
    "access_mode",
    "custom_token_url",
    "custom_api_url",
    "trusted_authorities",
    "proxy_address",
)


class ChorusProConnection(models.Model):
    """A secret belongs to the address for which it was typed: when the address changes, it does not
    follow. Whoever redirects a connection, on purpose or by a slip, types the secrets again.

    The file of a certificate stays: its private key never leaves this server.
    """

    _inherit = "chorus.pro.connection"

    secrets_to_type = fields.Char(
        compute="_compute_secrets_to_type", compute_sudo=False, groups="base.group_system",
        help="Secrets that saving this change of address removes.",
    )

    @api.depends(*DESTINATION_FIELDS, "piste_client_secret", "technical_password", "proxy_password")
    @api.depends_context("lang")
    def _compute_secrets_to_type(self):
        for connection in self:
            connection.secrets_to_type = connection._labels_left_behind()

    def _labels_left_behind(self):
        """Labels of the secrets that saving this record, which is being edited, removes."""
        if not self._origin:
            return False
        typed = [name for name in self._secret_columns if self[name]]
        left = self._secrets_left_behind(self._origin._destinations(), typed)
        return ", ".join(self._labels(left)) or False

    def write(self, vals):
        typed = self._normalised(vals).keys() & self._secret_columns.keys()
        may_move = self if vals.keys() & set(DESTINATION_FIELDS) else self.browse()
        former = {each: (each._destinations(), each._destination_values()) for each in may_move}
        result = super().write(vals)
        for connection, (destinations, values) in former.items():
            connection._leave_secrets_behind(destinations, values, typed)
        return result

    def _destinations(self):
        """{secret: what decides where it goes and who can read it}: two that are equal are the same
        address, however it is written."""
        self.ensure_one()
        # Not only its certificates: what a text holds is for the TLS library to say, not for us.
        authorities = "".join((self.trusted_authorities or "").split())
        proxy = _proxy_address(self.proxy_address)
        try:
            environment = self._environment()
            place = environment.token_url, environment.api_url
        except ChorusProError:
            # Half typed.
            place = self.environment, self.custom_token_url, self.custom_api_url
        everywhere = (self.access_mode, *place, authorities, proxy)
        return {
            "piste_client_secret": everywhere,
            "technical_password": everywhere,
            # Only the proxy gets it.
            "proxy_password": (authorities, proxy),
        }

    def _secrets_left_behind(self, former, typed):
        """Names of the secrets that are kept for another address than this connection's, given what
        ``_destinations`` gave before the change, and the names of those ``typed`` with it."""
        now, kept = self._destinations(), self._origin
        moved = [name for name in self._secret_columns if former[name] != now[name]]
        return [name for name in moved if name not in typed and kept[f"has_{name}"]]

    def _leave_secrets_behind(self, former, values, typed):
        """Forget the secrets that were typed for another address, and log who changed it.
        ``values``: what ``_destination_values`` gave before."""
        if former == self._destinations():
            return
        left = self._secrets_left_behind(former, typed)
        after = self._destination_values()
        changed = [name for name in values if after[name] != values[name]]
        changes = [f"{name}: {values[name]} -> {after[name]}" for name in changed]
        _logger.info(
            "Chorus Pro connection %s: user %s changed where secrets go (%s); removed: %s", self.id,
            self.env.uid, "; ".join(changes), ", ".join(left) or "none",
        )
        if left:
            self.sudo().write(dict.fromkeys(left, False))
        self.env["chorus.pro.token"].sudo().search([("connection_id", "=", self.id)]).unlink()

    def _destination_values(self):
        """{field: what the log shows of it}; none of them holds a secret."""
        shown = {name: self[name] or "-" for name in DESTINATION_FIELDS}
        authorities = self.trusted_authorities or ""
        shown["trusted_authorities"] = f"{authorities.count('-----BEGIN')} certificates"
        return shown


def _proxy_address(typed):
    """The address of a proxy without login and password, as it is kept."""
    try:
        return read_proxy(typed, "", "").address if typed else ""
    except ChorusProError:
        return typed
