# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The two ways into the platform: which paths they open, and who may come in.

`PisteAccess` is today's: a token, and the technical account in the header `cpro-account`.
`CertificateAccess` is the older one: the server has verified a client certificate, and the
technical account comes as HTTP Basic. Each opens its own paths only.
"""

from ..api.operations import API_PATH, BY_OLDER_PATH, BY_PATH, OLDER_PATHS, TOKEN_PATH
from .answers import empty_response, json_response

_BEARER = 'Bearer realm="DefaultRealm", '
_NO_TOKEN = _BEARER + (
    'error="invalid_request", error_description="Unable to find token in the message"'
)
_BAD_TOKEN = _BEARER + (
    'error="invalid_token", error_description="Unable to validate the access token"'
)
_BAD_ACCOUNT = {"ErrorCode": "401", "Description": "[invalid field]"}


def bad_account():
    return json_response(_BAD_ACCOUNT, 401)


class PisteAccess:
    name = "piste"
    token_path = TOKEN_PATH
    operations = BY_PATH

    def __init__(self, platform):
        self._platform = platform

    def stopped(self, request):
        """The answer when the request is not let in, else None."""
        if request.path.startswith(OLDER_PATHS):
            return empty_response(403)
        if not request.path.startswith(API_PATH):
            return empty_response(404)
        scheme, token = _authorization(request)
        if scheme != "bearer" or not token:
            return empty_response(400, WWW_Authenticate=_NO_TOKEN)
        is_known = "application" not in self._platform.missing_rights
        if not is_known or not self._platform.tokens.is_good(token):
            return self.unauthorised()
        return None

    def unauthorised(self):
        """The 401 of this way in for somebody who is not let in."""
        return empty_response(401, WWW_Authenticate=_BAD_TOKEN)

    def supplier(self, request):
        """The supplier whose technical account calls, or None."""
        return self._platform.directory.authenticate(request.headers.get("cpro-account", ""))


class CertificateAccess:
    name = "certificate"
    token_path = None
    operations = BY_OLDER_PATH

    def __init__(self, platform):
        self._platform = platform

    def stopped(self, request):
        """Never: TLS has verified the certificate, and any other path is an undeclared one."""

    def unauthorised(self):
        return bad_account()

    def supplier(self, request):
        scheme, account = _authorization(request)
        return self._platform.directory.authenticate(account) if scheme == "basic" else None


def _authorization(request):
    scheme, _, rest = request.headers.get("Authorization", "").partition(" ")
    return scheme.lower(), rest
