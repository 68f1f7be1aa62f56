# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What a supplier does about an invoice that came back: complete it, recycle it, name another
validator."""

from dataclasses import dataclass
from datetime import date

from .. import limits
from ..errors import INCOMPLETE_ANSWER, ProtocolError
from . import reading, writing
from .codes import IdentifierType
from .submission import AttachmentReference
from .writing import MessageError, without_none


@dataclass(frozen=True, kw_only=True)
class InvoiceCompletion:
    """What a suspended invoice lacked (operation completer): attachments, a comment, or both.

    attachments: already sent by add_file. comment: at most 2,000 characters; it replaces that of
    the invoice (AIFE Swagger).
    """

    invoice_id: str
    attachments: tuple[AttachmentReference, ...] = ()
    comment: str | None = None

    def to_json(self):
        if not self.attachments and not self.comment:
            raise MessageError("comment", "required")
        return without_none(
            {
                "identifiantFactureCPP": writing.identifier("invoice_id", self.invoice_id),
                "pieceJointeComplementaire": [row.to_json() for row in self.attachments] or None,
                "commentaire": _comment(self.comment),
            }
        )


@dataclass(frozen=True, kw_only=True)
class InvoiceRecycling:
    """Where an invoice to recycle should go instead (operation recycler); its number stays.

    recipient_siret comes with service_code, when that recipient demands one: what is left out here
    is not kept from before. Of engagement_number and contract_number, only what is given changes.
    """

    invoice_id: str
    recipient_siret: str | None = None
    service_code: str | None = None
    engagement_number: str | None = None
    contract_number: str | None = None
    comment: str | None = None

    def to_json(self):
        recipient = without_none(
            {
                "codeDestinataire": writing.optional_text(
                    "recipient_siret", self.recipient_siret, limits.MAX_RECIPIENT_CODE
                ),
                "codeServiceExecutant": writing.optional_text(
                    "service_code", self.service_code, limits.MAX_SERVICE_CODE
                ),
            }
        )
        reference = without_none(
            {
                "numeroMarche": writing.optional_text(
                    "contract_number", self.contract_number, limits.MAX_REFERENCE
                ),
                "numeroBonCommande": writing.optional_text(
                    "engagement_number", self.engagement_number, limits.MAX_REFERENCE
                ),
            }
        )
        if not recipient and not reference:
            raise MessageError("recipient_siret", "required")
        return without_none(
            {
                "identifiantFactureCPP": writing.identifier("invoice_id", self.invoice_id),
                "destinataire": recipient or None,
                "reference": reference or None,
                "commentaire": _comment(self.comment),
            }
        )


@dataclass(frozen=True, kw_only=True)
class ValidatorCorrection:
    """The structure that validates an invoice instead of the one first named (operation
    corriger/valideur/facture), by its SIRET.

    The AIFE Swagger has a field for the structure's identifier of the platform too, and says of
    none of them that it is mandatory: to confirm in qualification.
    """

    invoice_id: str
    validator_siret: str

    def to_json(self):
        return {
            "idFacture": writing.identifier("invoice_id", self.invoice_id),
            "typeIdentifiantStructure": IdentifierType.SIRET.value,
            "identifiantStructure": writing.text(
                "validator_siret", self.validator_siret, limits.MAX_STRUCTURE_CODE
            ),
        }


@dataclass(frozen=True, kw_only=True)
class CompletionReceipt:
    """The invoice was completed on this day (in Paris)."""

    invoice_id: str
    number: str
    completion_date: date | None

    @classmethod
    def from_json(cls, data):
        data = reading.answer(data)
        return cls(
            invoice_id=reading.required_identifier(data, "identifiantFactureCPP"),
            number=reading.text(data, "numeroFacture"),
            completion_date=reading.day(data, "dateTraitement"),
        )


@dataclass(frozen=True, kw_only=True)
class RecyclingReceipt:
    """The invoice is on its way again. status: raw code, which sources tell differently."""

    invoice_id: str
    number: str
    status: str
    deposit_date: date | None

    @classmethod
    def from_json(cls, data):
        data = reading.answer(data)
        return cls(
            invoice_id=reading.required_identifier(data, "identifiantFactureCPP"),
            number=reading.text(data, "numeroFacture"),
            status=reading.text(data, "statutFacture"),
            deposit_date=reading.day(data, "dateDepot"),
        )


def rejections_to_json(invoice_ids):
    """The request of traiterRejet for these invoices."""
    if not invoice_ids:
        raise MessageError("invoice_ids", "required")
    rows = [{"idDemandePaiement": writing.identifier("invoice_ids", one)} for one in invoice_ids]
    return {"listeDemandePaiement": rows}


def read_success(data):
    """For an answer that tells nothing but success: it must tell that much."""
    if reading.number(reading.answer(data), "codeRetour") != 0:
        raise ProtocolError(INCOMPLETE_ANSWER, label="codeRetour")


def _comment(text):
    return writing.optional_text("comment", text, limits.MAX_COMMENT, lines=True)
