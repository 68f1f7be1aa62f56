# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The creation of one invoice from its deposited PDF (operation soumettre), and the files that are
sent before it: its PDF, and attachments.

The sign of the amounts of a credit note is settled by no public source: they go out as given.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .. import limits
from . import reading, writing
from .codes import BillingFramework, InvoiceType, PaymentMeans, VatRegime
from .reading import Answer, given
from .writing import MessageError, Request, choice, may_send, may_send_text, sent, sent_text


@dataclass(frozen=True, kw_only=True)
class PdfDeposit(Request):
    """The PDF of one invoice (operation deposer/pdf), at most 10 MB; ``file_name`` like F42.pdf."""

    content: bytes = sent(writing.file_base64, "fichierFacture", limits.MAX_PDF_BYTES, repr=False)
    file_name: str = sent_text("nomFichier", write=writing.file_name)

    def to_json(self):
        found = super().to_json()
        if bytes(self.content[:5]) != b"%PDF-":
            raise MessageError("content", "not_pdf")
        return {**found, "formatDepot": "PDF_NON_SIGNE"}


@dataclass(frozen=True, kw_only=True)
class FileUpload(Request):
    """An attachment (operation ajouter/fichier), at most 10 MB, of an accepted extension."""

    content: bytes = sent(
        writing.file_base64, "pieceJointeFichier", limits.MAX_ATTACHMENT_BYTES, repr=False
    )
    file_name: str = sent_text("pieceJointeNom", write=writing.file_name)
    mime_type: str = sent_text("pieceJointeTypeMime")

    @property
    def extension(self):
        return self.file_name.rpartition(".")[2].lower()

    def to_json(self):
        found = super().to_json()
        if self.extension not in limits.ACCEPTED_EXTENSIONS:
            raise MessageError("file_name", "extension")
        return {**found, "pieceJointeExtension": self.extension}


@dataclass(frozen=True, kw_only=True)
class FileReceipt(Answer):
    """The identifier of an attachment, to be given with the invoice."""

    attachment_id: str = given(reading.required_identifier, "pieceJointeId")


@dataclass(frozen=True, kw_only=True)
class PdfReceipt(FileReceipt):
    """The identifier of a PDF, to be given in the submission."""


@dataclass(frozen=True, kw_only=True)
class VatLine(Request):
    """One rate of VAT: base without tax and tax; the rate as a platform code or as a percentage."""

    error_field = "vat_lines"

    base: Decimal = sent(writing.amount, "ligneTvaMontantBaseHtParTaux")
    amount: Decimal = sent(writing.amount, "ligneTvaMontantTvaParTaux")
    rate_code: str | None = may_send_text("ligneTvaTaux")
    manual_rate: Decimal | None = may_send(writing.amount, "ligneTvaTauxManuel", absent=(None,))

    def to_json(self):
        if (self.rate_code is None) == (self.manual_rate is None):
            raise MessageError("vat_lines", "one_of")
        return super().to_json()


@dataclass(frozen=True, kw_only=True)
class InvoiceTotals(Request):
    """Totals in the invoice's currency. ``total`` is with tax."""

    untaxed: Decimal = sent(writing.amount, "montantHtTotal")
    tax: Decimal = sent(writing.amount, "montantTVA")
    total: Decimal = sent(writing.amount, "montantTtcTotal")
    payable: Decimal = sent(writing.amount, "montantAPayer")

    def to_json(self):
        # As in the sample of the AIFE documentation: discounts are lines of the invoice.
        return {"montantRemiseGlobaleTTC": 0, **super().to_json()}


@dataclass(frozen=True, kw_only=True)
class AttachmentReference(Request):
    """An attachment already sent, joined to the invoice. ``type_code``: DIVERS, RIB, AAR…"""

    error_field = "attachments"

    attachment_id: str = sent(writing.identifier, "pieceJointeComplementaireId")
    label: str = sent_text("pieceJointeComplementaireDesignation")
    type_code: str = sent_text("pieceJointeComplementaireType")


@dataclass(frozen=True, kw_only=True)
class InvoiceSubmission(Request):
    """One invoice or credit note, its PDF being deposited already."""

    number: str = sent_text("numeroFactureSaisi")
    invoice_date: date = sent(writing.day, "dateFacture")
    invoice_type: InvoiceType = sent(choice, "references.typeFacture", InvoiceType)
    # 14 digits
    recipient_siret: str = sent_text("destinataire.codeDestinataire")
    service_code: str | None = may_send_text("destinataire.codeServiceExecutant")
    # Identifiers of the platform
    supplier_id: str = sent(writing.identifier, "fournisseur.idFournisseur")
    supplier_service_id: str | None = may_send(
        writing.identifier, "fournisseur.idServiceFournisseur"
    )
    bank_account_id: str | None = may_send(
        writing.identifier, "fournisseur.codeCoordonneesBancairesFournisseur"
    )
    billing_framework: BillingFramework = sent(
        choice, "cadreDeFacturation.codeCadreFacturation", BillingFramework
    )
    # SIRET of the structure that validates, in the frameworks A9 and A12
    validator_identifier: str | None = may_send_text("cadreDeFacturation.codeStructureValideur")
    currency: str = sent_text("references.deviseFacture", default="EUR")
    vat_regime: VatRegime = sent(choice, "references.typeTva", VatRegime)
    exemption_reason: str | None = may_send_text("references.motifExonerationTva")
    payment_means: PaymentMeans = sent(choice, "references.modePaiement", PaymentMeans)
    contract_number: str | None = may_send_text("references.numeroMarche")
    # Numéro d'engagement
    engagement_number: str | None = may_send_text("references.numeroBonCommande")
    # The invoice that a credit note corrects
    original_number: str | None = may_send_text("references.numeroFactureOrigine")
    vat_lines: tuple[VatLine, ...] = sent(writing.messages, "ligneTva")
    totals: InvoiceTotals = sent(writing.message, "montantTotal")
    # From PdfReceipt
    main_attachment_id: str = sent(
        writing.identifier, "pieceJointePrincipale.pieceJointePrincipaleId"
    )
    main_attachment_label: str = sent_text(
        "pieceJointePrincipale.pieceJointePrincipaleDesignation"
    )
    attachments: tuple[AttachmentReference, ...] = sent(
        writing.some_messages, "pieceJointeComplementaire", default=()
    )
    comment: str | None = may_send_text("commentaire")

    def to_json(self):
        found = super().to_json()
        if BillingFramework(self.billing_framework).needs_validator:
            if not self.validator_identifier:
                raise MessageError("validator_identifier", "required")
        if self.vat_regime == VatRegime.EXEMPT and not self.exemption_reason:
            raise MessageError("exemption_reason", "required")
        # An array, as all working clients send it; the Swagger of 2019 says an object.
        main = [found["pieceJointePrincipale"]]
        return {"modeDepot": "DEPOT_PDF_API", **found, "pieceJointePrincipale": main}


@dataclass(frozen=True, kw_only=True)
class SubmissionReceipt(Answer):
    """The invoice as Chorus Pro created it: its identifier there, and its first status."""

    invoice_id: str = given(reading.required_identifier, "identifiantFactureCPP")
    number: str = given(reading.text, "numeroFacture")
    status: str = given(reading.text, "statutFacture")
    deposit_date: date | None = given(reading.day, "dateDepot")
    supplier_identifier: str = given(reading.text, "identifiantStructure")
    certificate_fingerprint: str = given(reading.text, "empreinteCertificatDepot")
