# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What an administrator may have forgotten to ask for or to renew, until it is given back.

Unlike a fault, which is consumed, and a switch, which chooses between two sources.
"""

from .refusals import Refusal

MISSING_RIGHTS = {
    "application": "PISTE does not know the application: 400 invalid_client, and no token is good",
    "api_factures": "the application is not subscribed to the API Factures: 403",
    "api_structures": "the application is not subscribed to the API Structures: 403",
    "api_transverses": "the application is not subscribed to the API Transverses: 403",
    "api_engagements": "the application is not subscribed to the API Engagements: 403",
    "technical_account": "the technical account is refused, as when its password has expired: 401",
    "attachment": "the technical account is not attached to its structure, and does not see it",
    "invoice_space": "the structure has no space for the invoices that it issues",
    "deposit_right": "the technical account may only look at that space: deposits are refused",
    "bank_accounts": "the structure has no valid bank account",
    "password_date": "the platform does not report when the technical password expires",
    "password_days": "the technical password expires in a week",
}

_FAMILIES = {
    "factures": "api_factures",
    "structures": "api_structures",
    "transverses": "api_transverses",
    "engagementsJuridiques": "api_engagements",
}
_DEPOSITS = ("deposer_pdf", "deposer_flux", "soumettre", "completer", "recycler")


class MissingRights:
    """Read as a set: ``"bank_accounts" in missing_rights``. Not thread-safe: the platform's lock is
    held."""

    def __init__(self):
        self._lacking = set()

    def __contains__(self, name):
        return name in self._lacking

    def set(self, **lacking):
        """name: True to take away, False to give back. All or none: ValueError says what is
        wrong."""
        for name, value in lacking.items():
            if name not in MISSING_RIGHTS:
                raise ValueError(f"unknown right {name}; known: {', '.join(MISSING_RIGHTS)}")
            if not isinstance(value, bool):
                raise ValueError(f"right {name} takes true or false")
        for name, value in lacking.items():
            (self._lacking.add if value else self._lacking.discard)(name)

    def forbids(self, path):
        """Whether the application is not subscribed to the API of this path."""
        return _FAMILIES.get(path.partition("/")[0]) in self._lacking

    def refuse(self, operation):
        """Raises the Refusal of an operation for which the technical account lacks the right."""
        own = operation.path.startswith("factures/") or operation.key == "coordbanc_valides"
        if own and "attachment" in self._lacking:
            raise Refusal("structure_not_ours")
        no_space = self._lacking & {"deposit_right", "invoice_space"}
        if no_space and operation.key in _DEPOSITS:
            raise Refusal("deposit_not_allowed")

    def to_json(self):
        return {
            name: {"lacking": name in self._lacking, "about": about}
            for name, about in MISSING_RIGHTS.items()
        }
