# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What a supplier does about a returned invoice: complete it, recycle it, name another
validator."""

from dataclasses import dataclass
from datetime import date

from ..errors import INCOMPLETE_ANSWER, ProtocolError
from . import reading, writing
from .codes import IdentifierType
from .reading import Answer, given
from .submission import AttachmentReference
from .writing import MessageError, Request, may_send_text, sent, sent_text


@dataclass(frozen=True, kw_only=True)
class InvoiceCompletion(Request):
    """What a suspended invoice lacked (operation completer): attachments, a comment, or both.

    The attachments were sent by add_file; the comment replaces that of the invoice (AIFE Swagger).
    """

    invoice_id: str = sent(writing.identifier, "identifiantFactureCPP")
    attachments: tuple[AttachmentReference, ...] = sent(
        writing.some_messages, "pieceJointeComplementaire", default=()
    )
    comment: str | None = may_send_text("commentaire")

    def to_json(self):
        if not self.attachments and not self.comment:
            raise MessageError("comment", "required")
        return super().to_json()


@dataclass(frozen=True, kw_only=True)
class InvoiceRecycling(Request):
    """Where an invoice to recycle should go instead (operation recycler); its number stays.

    The recipient comes with the service code, if it requires one: the former one is not kept. The
    engagement number and the contract number stay as they are unless given.
    """

    invoice_id: str = sent(writing.identifier, "identifiantFactureCPP")
    recipient_siret: str | None = may_send_text("destinataire.codeDestinataire")
    service_code: str | None = may_send_text("destinataire.codeServiceExecutant")
    engagement_number: str | None = may_send_text("reference.numeroBonCommande")
    contract_number: str | None = may_send_text("reference.numeroMarche")
    comment: str | None = may_send_text("commentaire")

    def to_json(self):
        found = super().to_json()
        if "destinataire" not in found and "reference" not in found:
            raise MessageError("recipient_siret", "required")
        return found


@dataclass(frozen=True, kw_only=True)
class ValidatorCorrection(Request):
    """The structure that validates an invoice instead of the one first named (operation
    corriger/valideur/facture), by its SIRET.

    The AIFE Swagger has a field for the structure's identifier of the platform too, and says of
    none of them that it is mandatory: to confirm in qualification.
    """

    invoice_id: str = sent(writing.identifier, "idFacture")
    validator_siret: str = sent_text("identifiantStructure")

    def to_json(self):
        return {**super().to_json(), "typeIdentifiantStructure": IdentifierType.SIRET.value}


@dataclass(frozen=True, kw_only=True)
class CompletionReceipt(Answer):
    """The invoice was completed on this day."""

    invoice_id: str = given(reading.required_identifier, "identifiantFactureCPP")
    number: str = given(reading.text, "numeroFacture")
    completion_date: date | None = given(reading.day, "dateTraitement")


@dataclass(frozen=True, kw_only=True)
class RecyclingReceipt(Answer):
    """The invoice is on its way again. The status is a raw code, on which sources disagree."""

    invoice_id: str = given(reading.required_identifier, "identifiantFactureCPP")
    number: str = given(reading.text, "numeroFacture")
    status: str = given(reading.text, "statutFacture")
    deposit_date: date | None = given(reading.day, "dateDepot")


def rejections_to_json(invoice_ids):
    """The request of traiterRejet for these invoices."""
    if not invoice_ids:
        raise MessageError("invoice_ids", "required")
    rows = [{"idDemandePaiement": writing.identifier("invoice_ids", one)} for one in invoice_ids]
    return {"listeDemandePaiement": rows}


def read_success(data):
    """Check an answer that holds nothing but success.

    :raises ProtocolError: it is none
    """
    if reading.number(reading.answer(data), "codeRetour") != 0:
        raise ProtocolError(INCOMPLETE_ANSWER, label="codeRetour")
