# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Who calls: the PISTE application and the technical account. Their text never shows a secret."""

import base64
from dataclasses import dataclass


@dataclass(frozen=True, repr=False)
class PisteCredentials:
    """The application declared on PISTE: the *client id* and *client secret* of its OAuth tab."""

    client_id: str
    client_secret: str

    def __repr__(self):
        return f"PisteCredentials(client_id={self.client_id[:4]}…, client_secret=***)"


@dataclass(frozen=True, repr=False)
class TechnicalAccount:
    """The technical account of a structure on Chorus Pro, like TECH_1_123456@cpro.fr."""

    login: str
    password: str

    @property
    def header(self):
        """Value of the header `cpro-account`, and of HTTP Basic in the older access: base64 of
        UTF-8 "login:password", on one line."""
        return base64.b64encode(f"{self.login}:{self.password}".encode()).decode("ascii")

    @property
    def secrets(self):
        """What of it must never be shown."""
        return self.password, f"{self.login}:{self.password}", self.header

    def __repr__(self):
        return f"TechnicalAccount(login={self.login}, password=***)"
