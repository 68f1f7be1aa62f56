# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...choruspro.environment import tidied
from ...choruspro.errors import ChorusProError
from ...choruspro.operations import OPERATIONS
from ...choruspro.proxy import read_proxy
from ...choruspro.tls import server_ssl_context
from ...choruspro.transport import Timeouts
from ..rules.error_texts import error_sentence
from .connection import ADDRESSES

LONGEST_WAIT = 600


class ChorusProConnection(models.Model):
    """The way to Chorus Pro: a proxy, whom we trust, how long we wait."""

    _inherit = "chorus.pro.connection"

    proxy_address = fields.Char(
        string="Proxy",
        copy=False,
        help="Address of the proxy between this server and the Internet, such as "
        "http://proxy.example.org:3128. Empty: the proxy that is set on the server, if any.",
    )
    proxy_login = fields.Char(groups="base.group_system", copy=False)
    proxy_password = fields.Char(
        compute="_compute_secrets",
        readonly=False,
        groups="base.group_system",
        copy=False,
        help="Kept on the server and never shown again. Type a new one to replace it.",
    )
    proxy_password_value = fields.Char(groups=fields.NO_ACCESS, copy=False)
    has_proxy_password = fields.Boolean(compute="_compute_has_secrets", compute_sudo=True)
    trusted_authorities = fields.Text(
        help="Certificates, in PEM, of the authorities that signed the certificate of the server, "
        "of your gateway or of your proxy. Empty: the usual public authorities.",
    )
    connect_timeout = fields.Integer(
        string="Connection Time-out",
        default=int(Timeouts.connect),
        help="Seconds to wait until a connection is made.",
    )
    query_timeout = fields.Integer(
        string="Query Time-out",
        default=int(Timeouts.query),
        help="Seconds to wait for the answer to a question.",
    )
    deposit_timeout = fields.Integer(
        string="Deposit Time-out",
        default=int(Timeouts.deposit),
        help="Seconds to wait for the answer to a file or an action.",
    )
    operation_timeouts = fields.Text(
        string="Time-outs of Single Operations",
        help="One operation a line, with its seconds, such as: deposer_flux 300",
    )

    @api.constrains("trusted_authorities")
    def _check_trusted_authorities(self):
        for connection in self.filtered("trusted_authorities"):
            if "PRIVATE KEY" in connection.trusted_authorities:
                raise ValidationError(
                    self.env._(
                        "There is a private key among the trusted authorities: give their "
                        "certificates only."
                    )
                )
            try:
                server_ssl_context(connection.trusted_authorities)
            except ChorusProError as error:
                raise ValidationError(error_sentence(self.env, error)) from None

    @api.constrains("connect_timeout", "query_timeout", "deposit_timeout", "operation_timeouts")
    def _check_timeouts(self):
        for connection in self:
            seconds = [
                connection.connect_timeout,
                connection.query_timeout,
                connection.deposit_timeout,
                *connection._operation_timeouts().values(),
            ]
            if not all(0 < each <= LONGEST_WAIT for each in seconds):
                raise ValidationError(
                    self.env._(
                        "A time-out is between 1 and %(most)s seconds.", most=LONGEST_WAIT
                    )
                )

    @api.model
    def _tidied(self, vals):
        vals = super()._tidied(vals)
        clean = {name: tidied(vals[name]) for name in ADDRESSES if vals.get(name)}
        if "trusted_authorities" in vals:
            clean["trusted_authorities"] = (vals["trusted_authorities"] or "").strip() or False
        return {**vals, **clean, **self._tidied_proxy(vals)}

    @api.model
    def _tidied_proxy(self, vals):
        """Values of the proxy: login and password that stand in the address are set apart.

        :raises ValidationError: it is no address of a proxy; what was typed is not repeated, for it
            may hold a password
        """
        if "proxy_address" not in vals:
            return {}
        typed = tidied(vals["proxy_address"] or "")
        if not typed:
            return {"proxy_address": False, "proxy_login": False, "proxy_password": False}
        login, password = vals.get("proxy_login") or "", vals.get("proxy_password") or ""
        try:
            proxy = read_proxy(typed, login, password)
        except ChorusProError as error:
            raise ValidationError(error_sentence(self.env, error)) from None
        values = {"proxy_address": proxy.address}
        if proxy.login != login:
            values["proxy_login"] = proxy.login
        if proxy.password != password:
            values["proxy_password"] = proxy.password
        return values

    def _operation_timeouts(self):
        """{key of an operation: seconds}.

        :raises ValidationError: a line is not an operation and a number
        """
        known = {operation.key for operation in OPERATIONS}
        found = {}
        for line in (self.operation_timeouts or "").splitlines():
            name, _, seconds = line.replace("=", " ").replace(":", " ").strip().partition(" ")
            if not name:
                continue
            if name not in known or not seconds.strip().isdecimal():
                raise ValidationError(
                    self.env._(
                        "“%(line)s” is not an operation with a number of seconds. Operations: "
                        "%(known)s.",
                        line=line.strip(),
                        known=", ".join(sorted(known)),
                    )
                )
            found[name] = int(seconds)
        return found

    def _client_options(self):
        options = super()._client_options()
        if self.proxy_address:
            password = self._secret("proxy_password")
            proxy = read_proxy(self.proxy_address, self.proxy_login or "", password)
            options["proxies"] = proxy.proxies
        if self.trusted_authorities and "ssl_context" not in options:
            options["ssl_context"] = server_ssl_context(self.trusted_authorities)
        options["timeouts"] = Timeouts(
            self.connect_timeout,
            self.query_timeout,
            self.deposit_timeout,
            self._operation_timeouts(),
        )
        return options
