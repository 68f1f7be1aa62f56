# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The token endpoint of PISTE (OAuth2 client credentials) and its valid tokens."""

import secrets
from datetime import timedelta
from hmac import compare_digest

from ..world.directory_data import CLIENT_ID, CLIENT_SECRET

LIFE = timedelta(seconds=3600)
# Tokens are as long as PISTE's; the prefix lets tests look for them in logs.
PREFIX = "simulated-"
_SCOPES = ("", "openid", "openid resource.READ")


class TokenRefused(Exception):
    """`error` is the OAuth2 code of the answer, HTTP 400."""

    def __init__(self, error):
        self.error = error
        super().__init__(error)


class Tokens:
    def __init__(self, clock):
        self._clock = clock
        self._expiry = {}

    def issue(self, form):
        """The answer to a token request; `form` is a dict of its fields."""
        if form.get("grant_type") != "client_credentials":
            raise TokenRefused("unsupported_grant_type")
        known = compare_digest(form.get("client_id", "").encode(), CLIENT_ID.encode())
        right = compare_digest(form.get("client_secret", "").encode(), CLIENT_SECRET.encode())
        if not (known and right):
            # A wrong id and a wrong secret look the same
            raise TokenRefused("invalid_client")
        if form.get("scope", "") not in _SCOPES:
            raise TokenRefused("invalid_scope")
        token = PREFIX + secrets.token_urlsafe(33)
        self._expiry[token] = self._clock.now() + LIFE
        return {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": int(LIFE.total_seconds()),
            "scope": form.get("scope") or "openid",
        }

    def is_good(self, token):
        expiry = self._expiry.get(token)
        return expiry is not None and self._clock.now() < expiry
