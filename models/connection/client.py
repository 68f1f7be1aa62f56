# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import hashlib

from odoo import models, release
from odoo.exceptions import UserError

from ...choruspro import environment as environments
from ...choruspro.auth import PisteAuth
from ...choruspro.certificate_auth import CertificateAuth
from ...choruspro.credentials import PisteCredentials, TechnicalAccount
from ..access.secret_fields import server_keys
from .connection import loopback_allowed
from .exchange_recorder import ExchangeLog, LoggingClient
from .token import DatabaseTokenStore

# What nothing can be sent without, by access mode.
NEEDED = {"piste": ["piste_client_id", "piste_client_secret"], "certificate": ["certificate_id"]}

PLATFORMS = {
    ("piste", "production"): environments.PRODUCTION,
    ("piste", "qualification"): environments.QUALIFICATION,
    ("certificate", "production"): environments.CERTIFICATE_PRODUCTION,
    ("certificate", "qualification"): environments.CERTIFICATE_QUALIFICATION,
}


class ChorusProConnection(models.Model):
    """From the settings of a connection to a client of Chorus Pro."""

    _inherit = "chorus.pro.connection"

    def _environment(self):
        """The :class:`Environment` of the Chorus Pro client.

        :raises ConfigurationError: a custom URL is missing, malformed, not encrypted, or leads to
            this server, which does not allow that
        """
        self.ensure_one()
        if self.environment != "custom":
            return PLATFORMS.get((self.access_mode, self.environment), environments.QUALIFICATION)
        urls = self.custom_api_url or "", self._custom_portal_url()
        allowed = {"allow_loopback": loopback_allowed()}
        if self.access_mode == "certificate":
            return environments.custom_certificate(*urls, **allowed)
        return environments.custom(self.custom_token_url or "", *urls, **allowed)

    def _custom_portal_url(self):
        """Whichever way invoices go there, people sign in to Chorus Pro at its own portal."""
        platform = PLATFORMS.get(("piste", self.place))
        return self.custom_portal_url or (platform.portal_url if platform else "")

    def _missing_settings(self):
        """Labels of the settings without which nothing can be sent, in the user's language."""
        self.ensure_one()
        names = [*NEEDED[self.access_mode], "technical_login", "technical_password"]
        return self._labels_of_empty([*names, "supplier_siret"])

    def _client(self):
        """A Chorus Pro client with this connection's credentials, to be used as a context manager.
        Its exchanges are in the log once it is closed.

        The only place where secrets are used.

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
        if self.access_mode == "certificate":
            return CertificateAuth(account)
        secret = self._secret("piste_client_secret")
        credentials = PisteCredentials(self.piste_client_id or "", secret)
        store = DatabaseTokenStore(
            self.env.registry, self.id, self._token_owner(secret), server_keys()
        )
        return PisteAuth(credentials, account, store)

    def _client_options(self):
        """Options of the client's transport (see :class:`HttpTransport`); other files add theirs.

        :raises ConfigurationError: a setting is unusable
        """
        return {"user_agent": f"Odoo/{release.version} l10n_fr_chorus_pro"}

    def _token_owner(self, secret):
        """What a token belongs to: a fingerprint of the credentials and the place as they were
        typed, so that it survives a change of the server's keys. It is encrypted like the token:
        nobody can try secrets against it."""
        place = self._destinations()["piste_client_secret"]
        parts = [*place, self.piste_client_id, secret]
        return hashlib.sha256("\n".join(part or "" for part in parts).encode()).hexdigest()
