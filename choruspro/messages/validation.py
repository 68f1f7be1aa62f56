# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What a main contractor does about the invoices of its subcontractors and co-contractors
(frameworks A9 and A12): finds those to validate, and accepts or refuses them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from . import reading, writing
from .invoices import status_codes
from .reading import Answer, given
from .writing import MessageError, Request, may_send, may_send_text, sent


class RefusalReason(str, Enum):
    """Why a validator refuses an invoice (motifRefus).

    To confirm in qualification: the Swagger has a text without a list. These two codes are of the
    published list of reasons for works invoices.
    """

    WRONG_VALIDATOR = "MAUVAIS_VALIDEUR"
    OTHER = "AUTRE"


@dataclass(frozen=True, kw_only=True)
class ValidatorInvoiceSearch(Request):
    """Filters of rechercher/valideur; all optional, all must match, bounds included."""

    validator_id: str | None = may_send(writing.identifier, "idStructureValideur")
    number: str | None = may_send_text("numeroFacture")
    statuses: tuple[str, ...] = sent(status_codes, "statutCourant", default=())  # raw codes
    deposited_from: date | None = may_send(writing.day, "periodeDateDepotDu")
    deposited_until: date | None = may_send(writing.day, "periodeDateDepotAu")


@dataclass(frozen=True, kw_only=True)
class InvoiceValidation(Request):
    """The decision of a validator (operation traiter/factureAValider).

    A refusal needs words for the subcontractor, who reads them. The Swagger lists the values of no
    field: VALIDATION and REFUS are those of a typed client; ``typeValideur``, whose values no
    source gives, is left out. To confirm in qualification.
    """

    invoice_id: str = sent(writing.identifier, "idFacture")
    validator_id: str | None = may_send(writing.identifier, "idValideur")
    refusal: RefusalReason | None = may_send(writing.choice, "motifRefus", RefusalReason)
    comment: str | None = may_send_text("complementInfo")

    def to_json(self):
        if self.refusal is None:
            return {**super().to_json(), "action": "VALIDATION"}
        if not self.comment:
            raise MessageError("comment", "required")
        return {**super().to_json(), "action": "REFUS"}


@dataclass(frozen=True, kw_only=True)
class InvoiceToValidate(Answer):
    """One row of a validator's search: the invoice of a subcontractor or co-contractor as it is
    now. Without a usable ``invoice_id`` nothing can be done about it."""

    invoice_id: str = given(reading.identifier, "idFacture")
    number: str = given(reading.text, "numeroFacture")
    status: str = given(reading.text, "statut")
    invoice_type: str = given(reading.text, "typeFacture")
    invoice_date: date | None = given(reading.day, "dateFacture")
    deposit_date: date | None = given(reading.day, "dateDepot")
    untaxed: Decimal | None = given(reading.amount, "montantHT")
    total: Decimal | None = given(reading.amount, "montantTTC")
    payable: Decimal | None = given(reading.amount, "montantAPayer")
    currency: str = given(reading.text, "devise")
    supplier_identifier: str = given(reading.text, "identifiantFournisseur")
    supplier_name: str = given(reading.text, "designationFournisseur")
    recipient_identifier: str = given(reading.text, "identifiantDestinataire")
    recipient_name: str = given(reading.text, "designationDestinataire")
    service_code: str = given(reading.text, "codeServiceExecutant")
    engagement_number: str = given(reading.text, "numeroEngagement")
    contract_number: str = given(reading.text, "numeroMarche")
    validator_identifier: str = given(reading.text, "identifiantValideur")


@dataclass(frozen=True, kw_only=True)
class ValidationReceipt(Answer):
    """The decision was taken on this day. The status is a raw code."""

    invoice_id: str = given(reading.required_identifier, "idFacture")
    number: str = given(reading.text, "numeroFacture")
    status: str = given(reading.text, "statutFacture")
    decision_date: date | None = given(reading.day, "dateTraitement")


def validator_statuses(data):
    """The codes that recuperer/statutsFactureVisibles/valideur lists, as a tuple."""
    found = reading.rows(reading.answer(data), "listeStatutFacture")
    return tuple(filter(None, (reading.text(row, "codeStatutFacture") for row in found)))
