# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What the client asks for once in a while: lists that change rarely."""

from . import operations
from .calls import Calls, read_rows
from .messages import AttachmentType, BankAccount, Currency, VatRate, writing


class ReferenceData(Calls):
    """Codes of the platform, and what a supplier registered there."""

    def bank_accounts(self, structure_id):
        """The valid bank accounts of one's own structure (tuple of BankAccount)."""
        payload = {"idStructure": writing.identifier("structure_id", structure_id)}
        return self._ask(
            operations.BANK_ACCOUNTS,
            payload,
            lambda data: read_rows(data, "listeCoordonneeBancaire", BankAccount),
        )

    def vat_rates(self):
        """The codes of VAT rates (tuple of VatRate)."""
        return self._ask(
            operations.VAT_RATES,
            {"codeLangue": "FR"},
            lambda data: read_rows(data, "listeTauxTva", VatRate),
        )

    def currencies(self):
        """The currencies in which Chorus Pro takes invoices (tuple of Currency)."""
        return self._ask(
            operations.CURRENCIES,
            {"codeLangue": "FR"},
            lambda data: read_rows(data, "listeDevises", Currency),
        )

    def attachment_types(self):
        """What attachments may be, of invoices and of other things (tuple of AttachmentType)."""
        return self._ask(
            operations.ATTACHMENT_TYPES,
            {"codeLangue": "FR"},
            lambda data: read_rows(data, "listeTypePieceJointe", AttachmentType),
        )
