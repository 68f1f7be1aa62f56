# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import logging

from odoo import api, fields, models

from ...choruspro.errors import ChorusProError
from ...choruspro.proxy import read_proxy

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
        compute="_compute_secrets_to_type",
        compute_sudo=False,
        groups="base.group_system",
        help="Secrets that the change of address under way removes, when it is saved.",
    )

    @api.depends(*DESTINATION_FIELDS, "piste_client_secret", "technical_password", "proxy_password")
    @api.depends_context("lang")
    def _compute_secrets_to_type(self):
        for connection in self:
            typed = [name for name in connection._secret_columns if connection[name]]
            left = connection._secrets_left_behind(connection._origin, typed)
            connection.secrets_to_type = connection._secret_labels(left)

    def write(self, vals):
        typed = self._tidied(vals).keys() & self._secret_columns.keys()
        former = {}
        if vals.keys() & set(DESTINATION_FIELDS):
            former = {connection: connection._destinations() for connection in self}
        values = {connection: connection._destination_values() for connection in former}
        result = super().write(vals)
        for connection, destinations in former.items():
            connection._leave_secrets_behind(destinations, values[connection], typed)
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
            # The proxy alone is given it.
            "proxy_password": (authorities, proxy),
        }

    def _secrets_left_behind(self, former, typed):
        """Names of the secrets that ``former``, the connection as it was, keeps for another address
        than this one's; those that are ``typed`` now are not among them."""
        if not former:
            return []
        before, now = former._destinations(), self._destinations()
        return [
            name
            for name in self._secret_columns
            if name not in typed and former[f"has_{name}"] and before[name] != now[name]
        ]

    def _leave_secrets_behind(self, former, values, typed):
        """Forget the secrets that were typed for another address, and say who changed it.

        :param former: what ``_destinations`` gave before the change
        :param values: what ``_destination_values`` gave before it
        :param typed: names of the secrets that came with the change
        """
        now = self._destinations()
        moved = [name for name in self._secret_columns if former[name] != now[name]]
        if not moved:
            return
        left = [name for name in moved if name not in typed and self[f"has_{name}"]]
        after = self._destination_values()
        changes = [
            f"{name}: {before} -> {after[name]}"
            for name, before in values.items()
            if after[name] != before
        ]
        _logger.info(
            "Chorus Pro connection %s: user %s changed where secrets go (%s); removed: %s",
            self.id,
            self.env.uid,
            "; ".join(changes),
            ", ".join(left) or "none",
        )
        sudo = self.sudo()
        if left:
            sudo.write(dict.fromkeys(left, False))
        self.env["chorus.pro.token"].sudo().search([("connection_id", "=", self.id)]).unlink()

    def _destination_values(self):
        """{field: what the log shows of it}; none of them holds a secret."""
        shown = {name: self[name] or "-" for name in DESTINATION_FIELDS}
        authorities = self.trusted_authorities or ""
        shown["trusted_authorities"] = f"{authorities.count('-----BEGIN')} certificates"
        return shown

    @api.model
    def _secret_labels(self, names):
        labels = self.fields_get(names, ["string"]) if names else {}
        return ", ".join(labels[name]["string"] for name in names) or False


def _proxy_address(typed):
    """The address of a proxy without login and password, as it is kept."""
    try:
        return read_proxy(typed, "", "").address if typed else ""
    except ChorusProError:
        return typed
