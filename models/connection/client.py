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
from .exchange_recorder import ExchangeJournal, JournalingClient
from .token import DatabaseTokenStore

# What nothing can be sent without, by access mode.
NEEDED = {"piste": ["piste_client_id", "piste_client_secret"], "certificate": ["certificate_id"]}


class ChorusProConnection(models.Model):
    """From the settings of a connection to a client of Chorus Pro."""

    _inherit = "chorus.pro.connection"

    def _environment(self):
        """The :class:`Environment` of the Chorus Pro client.

        :raises ConfigurationError: a custom URL is missing, malformed, not encrypted, or leads to
            this server, which does not allow that
        """
        self.ensure_one()
        allowed = {"allow_loopback": loopback_allowed()}
        if self.access_mode == "certificate":
            if self.environment == "custom":
                return environments.custom_certificate(
                    self.custom_api_url or "", self._custom_portal_url(), **allowed
                )
            if self.environment == "production":
                return environments.CERTIFICATE_PRODUCTION
            return environments.CERTIFICATE_QUALIFICATION
        if self.environment == "custom":
            return environments.custom(
                self.custom_token_url or "",
                self.custom_api_url or "",
                self._custom_portal_url(),
                **allowed,
            )
        if self.environment == "production":
            return environments.PRODUCTION
        return environments.QUALIFICATION

    def _custom_portal_url(self):
        """Whichever way invoices go there, people sign in to Chorus Pro at its own portal."""
        portals = {
            "production": environments.PRODUCTION.portal_url,
            "qualification": environments.QUALIFICATION.portal_url,
        }
        return self.custom_portal_url or portals.get(self.place, "")

    def _missing_settings(self):
        """Labels of the settings without which nothing can be sent, in the user's language."""
        self.ensure_one()
        names = NEEDED[self.access_mode]
        names = [*names, "technical_login", "technical_password", "supplier_siret"]
        sudo = self.sudo()
        columns = {name: self._secret_columns.get(name, name) for name in names}
        missing = [name for name, column in columns.items() if not sudo[column]]
        labels = sudo.fields_get(missing, ["string"]) if missing else {}
        return [labels[name]["string"] for name in missing]

    def _client(self):
        """A Chorus Pro client with this connection's credentials, to be used as a context manager.
        What it asks is in the journal once it is closed.

        The only place where secrets are used.

        :raises UserError: a setting is missing
        :raises ConfigurationError: a custom URL, the certificate, the proxy or the server's key is
            unusable
        """
        self.ensure_one()
        if missing := self._missing_settings():
            raise UserError(
                self.env._(
                    "The Chorus Pro connection “%(connection)s” is not complete. Fill in: "
                    "%(fields)s.",
                    connection=self.name,
                    fields=", ".join(missing),
                )
            )
        sudo = self.sudo()
        return JournalingClient(
            sudo._environment(), sudo._auth(), ExchangeJournal(sudo), **sudo._client_options()
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
        """Options of the client's transport (see :class:`HttpTransport`), which files beside this
        one complete.

        :raises ConfigurationError: a setting is unusable
        """
        return {"user_agent": f"Odoo/{release.version} l10n_fr_chorus_pro"}

    def _token_owner(self, secret):
        """What a token belongs to; with other credentials or another place it is not ours.

        A fingerprint of what was typed, so that it stays when the server's keys change. It is kept
        beside the token, and encrypted like it: nobody can try secrets against it.
        """
        place = self._destinations()["piste_client_secret"]
        parts = [*place, self.piste_client_id, secret]
        return hashlib.sha256("\n".join(part or "" for part in parts).encode()).hexdigest()
