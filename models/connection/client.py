# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import hashlib

from odoo import api, fields, models, release
from odoo.exceptions import UserError, ValidationError

from ...choruspro import environment as environments
from ...choruspro.auth import CertificateAuth, PisteAuth, PisteCredentials, TechnicalAccount
from ...choruspro.environment import read_proxy
from ...choruspro.errors import ChorusProError
from ...choruspro.operations import OPERATIONS
from ...choruspro.tls import server_ssl_context
from ...choruspro.transport import Timeouts
from ..access.secret_fields import secret, server_keys
from ..rules.error_texts import error_sentence
from .connection import ADDRESSES, loopback_allowed
from .exchange import ExchangeLog, LoggingClient
from .token import DatabaseTokenStore

LONGEST_WAIT = 600
# What nothing can be sent without, by access mode.
NEEDED = {"piste": ["piste_client_id", "piste_client_secret"], "certificate": ["certificate_id"]}
PLATFORMS = {
    ("piste", "production"): environments.PRODUCTION,
    ("piste", "qualification"): environments.QUALIFICATION,
    ("certificate", "production"): environments.CERTIFICATE_PRODUCTION,
    ("certificate", "qualification"): environments.CERTIFICATE_QUALIFICATION,
}


class ChorusProConnection(models.Model):
    """From the settings of a connection to a client of Chorus Pro: where it is, the proxy on the
    way, whom we trust, how long we wait."""

    _inherit = "chorus.pro.connection"

    proxy_address = fields.Char(
        string="Proxy", copy=False,
        help="Address of the proxy between this server and the Internet, such as "
        "http://proxy.example.org:3128. Empty: the proxy that is set on the server, if any.",
    )
    proxy_login = fields.Char(groups="base.group_system", copy=False)
    proxy_password, proxy_password_value, has_proxy_password = secret(
        help="Kept on the server and never shown again. Type a new one to replace it.",
    )
    trusted_authorities = fields.Text(
        help="Certificates, in PEM, of the authorities that signed the certificate of the server, "
        "of your gateway or of your proxy. Empty: the usual public authorities."
    )
    connect_timeout = fields.Integer(
        string="Connection Time-out", default=int(Timeouts.connect),
        help="Seconds to wait until a connection is made.",
    )
    query_timeout = fields.Integer(
        string="Query Time-out", default=int(Timeouts.query),
        help="Seconds to wait for the answer to a question.",
    )
    deposit_timeout = fields.Integer(
        string="Deposit Time-out", default=int(Timeouts.deposit),
        help="Seconds to wait for the answer to a file or an action.",
    )
    operation_timeouts = fields.Text(
        string="Time-outs of Single Operations",
        help="One operation per line, with its seconds, such as: deposer_flux 300",
    )

    @api.constrains("trusted_authorities")
    def _check_trusted_authorities(self):
        for connection in self.filtered("trusted_authorities"):
            if "PRIVATE KEY" in connection.trusted_authorities:
                raise ValidationError(self.env._(
                    "There is a private key among the trusted authorities: give their certificates "
                    "only."
                ))
            try:
                server_ssl_context(connection.trusted_authorities)
            except ChorusProError as error:
                raise ValidationError(error_sentence(self.env, error)) from None

    @api.constrains("connect_timeout", "query_timeout", "deposit_timeout", "operation_timeouts")
    def _check_timeouts(self):
        for connection in self:
            waits = connection._timeouts()
            seconds = waits.connect, waits.query, waits.deposit, *waits.operations.values()
            if not all(0 < each <= LONGEST_WAIT for each in seconds):
                raise ValidationError(
                    self.env._("A time-out is between 1 and %(most)s seconds.", most=LONGEST_WAIT)
                )

    @api.model
    def _normalised(self, vals):
        vals = super()._normalised(vals)
        normalised = environments.normalised_url
        clean = {name: normalised(vals[name]) for name in ADDRESSES if vals.get(name)}
        if "trusted_authorities" in vals:
            clean["trusted_authorities"] = (vals["trusted_authorities"] or "").strip() or False
        return {**vals, **clean, **self._normalised_proxy(vals)}

    @api.model
    def _normalised_proxy(self, vals):
        """Values of the proxy, with the login and password that stand in the address set apart.

        :raises ValidationError: it is no address of a proxy; the message does not repeat it, for it
            may hold a password
        """
        if "proxy_address" not in vals:
            return {}
        typed = environments.normalised_url(vals["proxy_address"] or "")
        if not typed:
            return {"proxy_address": False, "proxy_login": False, "proxy_password": False}
        login, password = vals.get("proxy_login") or "", vals.get("proxy_password") or ""
        try:
            proxy = read_proxy(typed, login, password)
        except ChorusProError as error:
            raise ValidationError(error_sentence(self.env, error)) from None
        found = {"proxy_login": (login, proxy.login), "proxy_password": (password, proxy.password)}
        changed = {name: new for name, (former, new) in found.items() if new != former}
        return {"proxy_address": proxy.address, **changed}

    def _timeouts(self):
        """The :class:`Timeouts` of the client.

        :raises ValidationError: a line is not an operation and a number of seconds
        """
        known = {operation.key for operation in OPERATIONS}
        found = {}
        for line in (self.operation_timeouts or "").splitlines():
            name, _, seconds = line.replace("=", " ").replace(":", " ").strip().partition(" ")
            if not name:
                continue
            if name not in known or not seconds.strip().isdecimal():
                raise ValidationError(self.env._(
                    "“%(line)s” is not an operation with a number of seconds. Operations: "
                    "%(known)s.",
                    line=line.strip(), known=", ".join(sorted(known)),
                ))
            found[name] = int(seconds)
        return Timeouts(self.connect_timeout, self.query_timeout, self.deposit_timeout, found)

    def _environment(self):
        """The :class:`Environment` of the Chorus Pro client.

        :raises ConfigurationError: a custom URL is missing, malformed, not encrypted, or leads to
            this server, which does not allow that
        """
        self.ensure_one()
        if self.environment != "custom":
            place = self._api_access(), self.environment
            return PLATFORMS.get(place, environments.QUALIFICATION)
        urls = self.custom_api_url or "", self._custom_portal_url()
        allowed = {"allow_loopback": loopback_allowed()}
        if self._api_access() == "certificate":
            return environments.custom_certificate(*urls, **allowed)
        return environments.custom(self.custom_token_url or "", *urls, **allowed)

    def _custom_portal_url(self):
        """Whichever way invoices go there, people sign in to Chorus Pro at its own portal."""
        platform = PLATFORMS.get(("piste", self.place))
        return self.custom_portal_url or (platform.portal_url if platform else "")

    def _missing_settings(self):
        """Labels of the settings without which nothing can be sent, in the user's language."""
        self.ensure_one()
        return self._labels_of_empty([*self._api_settings(), "supplier_siret"])

    def _api_access(self):
        """The access mode of the API: whoever adds a mode that is no access to it says which of
        these it uses beside."""
        return self.access_mode

    def _api_settings(self):
        """Names of the settings without which the API cannot be called."""
        return [*NEEDED[self._api_access()], "technical_login", "technical_password"]

    def _client(self):
        """A Chorus Pro client with this connection's credentials, as a context manager; its
        exchanges are in the log once it is closed. Secrets are used nowhere else.

        :raises UserError: a setting is missing
        :raises ConfigurationError: a custom URL, the certificate, the proxy or the server's key is
            unusable
        """
        self.ensure_one()
        if missing := self._missing_settings():
            raise UserError(self.env._(
                "The Chorus Pro connection “%(connection)s” is not complete. Fill in: %(fields)s.",
                connection=self.name, fields=", ".join(missing),
            ))
        sudo = self.sudo()
        return LoggingClient(
            sudo._environment(), sudo._auth(), ExchangeLog(sudo), **sudo._client_options()
        )

    def _auth(self):
        """How this connection proves who calls; holds its secrets.

        :raises ConfigurationError: the server's key no longer opens them
        """
        account = TechnicalAccount(self.technical_login or "", self._secret("technical_password"))
        if self._api_access() == "certificate":
            return CertificateAuth(account)
        piste_secret = self._secret("piste_client_secret")
        credentials = PisteCredentials(self.piste_client_id or "", piste_secret)
        store = DatabaseTokenStore(
            self.env.registry, self.id, self._token_owner(piste_secret), server_keys()
        )
        return PisteAuth(credentials, account, store)

    def _client_options(self):
        """Options of the client's transport (see :class:`HttpTransport`); other files add theirs.

        :raises ConfigurationError: a setting is unusable
        """
        options = {"user_agent": f"Odoo/{release.version} l10n_fr_chorus_pro"}
        if self.proxy_address:
            password = self._secret("proxy_password")
            proxy = read_proxy(self.proxy_address, self.proxy_login or "", password)
            options["proxies"] = proxy.proxies
        if self.trusted_authorities:
            options["ssl_context"] = server_ssl_context(self.trusted_authorities)
        options["timeouts"] = self._timeouts()
        return options

    def _token_owner(self, secret):
        """What a token belongs to: a fingerprint of the credentials and the place as they were
        typed, so that it survives a change of the server's keys. It is encrypted like the token:
        nobody can try secrets against it."""
        place = self._destinations()["piste_client_secret"]
        parts = [*place, self.piste_client_id, secret]
        return hashlib.sha256("\n".join(part or "" for part in parts).encode()).hexdigest()
