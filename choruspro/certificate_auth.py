# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The right to call by the older access: TLS shows the certificate, HTTP Basic the account.

Closed at the national platform since 2021 (AIFE notice); gateways in front of it still want it.
"""

from .secret_forms import secret_forms


class CertificateAuth:
    """Gives the headers of a call; stands where PisteAuth does, without any token.

    account: TechnicalAccount. The certificate itself belongs to the connection: see tls.py.
    """

    def __init__(self, account):
        self._account = account

    def token(self, _transport, _token_url):
        """None: there is no token, so a refused call has nothing to renew."""

    def proven(self, _transport, _token_url):
        """None: only a call can prove the certificate and the account."""

    def headers(self, _token):
        return {"Authorization": f"Basic {self._account.header}"}

    def secrets(self, _token=None):
        """All texts that must never be shown, in the forms in which an answer may repeat them."""
        return secret_forms(*self._account.secrets)
