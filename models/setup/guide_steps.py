# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The steps of the guided set-up, by access mode."""

from dataclasses import dataclass

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

# In the order of both ways.
SETUP_STEPS = {
    "environment": _lt("Environment"),
    "application": _lt("PISTE"),
    "terms": _lt("APIs"),
    "credentials": _lt("Keys"),
    "certificate": _lt("Certificate"),
    "account": _lt("Technical Account"),
    "supplier": _lt("SIRET"),
    "check": _lt("Check"),
    "use": _lt("In Use"),
    "done": _lt("Connected"),
}


@dataclass(frozen=True)
class SetupStep:
    """name: of SETUP_STEPS. fills: fields without which one does not go on. tick: the field to tick
    when what is done in a portal is done, or "". until: the last step of the check of a connection
    that going on tries, or "" for none."""

    name: str
    fills: tuple = ()
    tick: str = ""
    until: str = ""


_END = (SetupStep("check"), SetupStep("use"), SetupStep("done"))
_ACCOUNT = ("technical_login", "technical_password")

WAYS = {
    "piste": (
        SetupStep("environment", until="server"),
        SetupStep("application", tick="application_ready"),
        SetupStep("terms", tick="terms_accepted"),
        SetupStep("credentials", fills=("piste_client_id", "piste_client_secret"), until="token"),
        SetupStep("account", fills=_ACCOUNT, until="api_engagements"),
        SetupStep("supplier", fills=("supplier_siret",), until="password"),
        *_END,
    ),
    "certificate": (
        SetupStep("environment"),
        SetupStep(
            "certificate",
            fills=("certificate_id",),
            tick="certificate_declared",
            until="server",
        ),
        SetupStep("account", fills=_ACCOUNT, until="technical_account"),
        SetupStep("supplier", fills=("supplier_siret",), until="password"),
        *_END,
    ),
}
