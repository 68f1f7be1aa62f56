# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Reference data of the platform: a supplier's bank accounts, VAT rates, currencies, types."""

from dataclasses import dataclass
from decimal import Decimal

from . import reading


@dataclass(frozen=True, kw_only=True)
class BankAccount:
    """A bank account that the structure registered; the label is free text."""

    bank_account_id: str
    label: str

    @classmethod
    def from_json(cls, data):
        data = reading.answer(data)
        return cls(
            bank_account_id=reading.required_identifier(data, "idCoordonneeBancaire"),
            label=reading.text(data, "nomCoordonneeBancaire"),
        )


@dataclass(frozen=True, kw_only=True)
class VatRate:
    """A rate of VAT in percent, exact, with the code that an invoice gives for it."""

    code: str
    label: str
    rate: Decimal | None

    @classmethod
    def from_json(cls, data):
        data = reading.answer(data)
        return cls(
            code=reading.required_text(data, "codeTauxTva"),
            label=reading.text(data, "libelleTauxTva"),
            rate=reading.amount(data, "valeurTauxTva"),
        )


@dataclass(frozen=True, kw_only=True)
class Currency:
    """A currency in which invoices are taken: ``code`` of ISO 4217, ``label`` in French."""

    code: str
    label: str

    @classmethod
    def from_json(cls, data):
        data = reading.answer(data)
        return cls(
            code=reading.required_text(data, "codeDevise"),
            label=reading.text(data, "libelleDevise"),
        )


@dataclass(frozen=True, kw_only=True)
class AttachmentType:
    """What an attachment may be: ``code`` (DIVERS, RIB…) is what an invoice gives for it.

    object_type: what it is for, as a raw code: FACTURE for an invoice; "" when not told.
    """

    code: str
    label: str
    object_type: str

    @classmethod
    def from_json(cls, data):
        data = reading.answer(data)
        return cls(
            code=reading.required_text(data, "codeTypePieceJointe"),
            label=reading.text(data, "libelleTypePieceJointe"),
            object_type=reading.text(data, "typeObjet"),
        )
