# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The creation of one invoice from its deposited PDF (operation soumettre).

The sign of the amounts of a credit note is settled by no public source: they go out as given.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .. import limits
from . import reading, writing
from .codes import (
    BillingFramework,
    InvoiceType,
    PaymentMeans,
    VatRegime,
)
from .writing import MessageError, without_none


@dataclass(frozen=True, kw_only=True)
class VatLine:
    """One rate of VAT: base without tax and tax; the rate as a platform code or as a percentage."""

    base: Decimal
    amount: Decimal
    rate_code: str | None = None
    manual_rate: Decimal | None = None

    def to_json(self):
        if (self.rate_code is None) == (self.manual_rate is None):
            raise MessageError("vat_lines", "one_of")
        manual = self.manual_rate
        return without_none(
            {
                "ligneTvaTaux": writing.optional_text(
                    "vat_lines", self.rate_code, limits.MAX_REFERENCE
                ),
                "ligneTvaTauxManuel": None
                if manual is None
                else writing.amount("vat_lines", manual),
                "ligneTvaMontantBaseHtParTaux": writing.amount("vat_lines", self.base),
                "ligneTvaMontantTvaParTaux": writing.amount("vat_lines", self.amount),
            }
        )


@dataclass(frozen=True, kw_only=True)
class InvoiceTotals:
    """Totals in the invoice's currency. ``total`` is with tax."""

    untaxed: Decimal
    tax: Decimal
    total: Decimal
    payable: Decimal

    def to_json(self):
        return without_none(
            {
                "montantHtTotal": writing.amount("untaxed", self.untaxed),
                "montantTVA": writing.amount("tax", self.tax),
                "montantTtcTotal": writing.amount("total", self.total),
                # As in the sample of the AIFE documentation: discounts are lines of the invoice.
                "montantRemiseGlobaleTTC": 0,
                "montantAPayer": writing.amount("payable", self.payable),
            }
        )


@dataclass(frozen=True, kw_only=True)
class AttachmentReference:
    """An attachment already sent, joined to the invoice. ``type_code``: DIVERS, RIB, AAR…"""

    attachment_id: str
    label: str
    type_code: str
    line_number: int | None = None

    def to_json(self):
        line = self.line_number
        return without_none(
            {
                "pieceJointeComplementaireDesignation": writing.text(
                    "attachments", self.label, limits.MAX_ATTACHMENT_LABEL
                ),
                "pieceJointeComplementaireType": writing.text(
                    "attachments", self.type_code, limits.MAX_ATTACHMENT_TYPE
                ),
                "pieceJointeComplementaireId": writing.identifier(
                    "attachments", self.attachment_id
                ),
                "pieceJointeComplementaireNumeroLigneFacture": writing.optional_identifier(
                    "attachments", line
                ),
            }
        )


@dataclass(frozen=True, kw_only=True)
class InvoiceSubmission:
    """One invoice or credit note, its PDF being deposited already.

    recipient_siret: 14 digits; service_code and engagement_number (numéro d'engagement) when the
    recipient demands them; supplier_id, supplier_service_id, bank_account_id: identifiers of the
    platform; validator_identifier: SIRET of the structure that validates (frameworks A9 and A12);
    original_number: the invoice that a credit note corrects; main_attachment_id: from PdfReceipt.
    """

    number: str
    invoice_date: date
    invoice_type: InvoiceType
    recipient_siret: str
    service_code: str | None = None
    supplier_id: str
    supplier_service_id: str | None = None
    bank_account_id: str | None = None
    billing_framework: BillingFramework
    validator_identifier: str | None = None
    validator_service_code: str | None = None
    currency: str = "EUR"
    vat_regime: VatRegime
    exemption_reason: str | None = None
    payment_means: PaymentMeans
    contract_number: str | None = None
    engagement_number: str | None = None
    original_number: str | None = None
    vat_lines: tuple[VatLine, ...]
    totals: InvoiceTotals
    main_attachment_id: str
    main_attachment_label: str
    attachments: tuple[AttachmentReference, ...] = ()
    comment: str | None = None

    def to_json(self):
        return without_none(
            {
                "modeDepot": "DEPOT_PDF_API",
                "numeroFactureSaisi": writing.text(
                    "number", self.number, limits.MAX_INVOICE_NUMBER, limits.INVOICE_NUMBER
                ),
                "dateFacture": writing.day("invoice_date", self.invoice_date),
                "destinataire": self._recipient(),
                "fournisseur": self._supplier(),
                "cadreDeFacturation": self._framework(),
                "references": self._references(),
                "ligneTva": [line.to_json() for line in self.vat_lines],
                "montantTotal": self.totals.to_json(),
                # An array, as all working clients send it; the Swagger of 2019 says an object.
                "pieceJointePrincipale": [
                    {
                        "pieceJointePrincipaleDesignation": writing.text(
                            "main_attachment_label",
                            self.main_attachment_label,
                            limits.MAX_ATTACHMENT_LABEL,
                        ),
                        "pieceJointePrincipaleId": writing.identifier(
                            "main_attachment_id", self.main_attachment_id
                        ),
                    }
                ],
                "pieceJointeComplementaire": [line.to_json() for line in self.attachments] or None,
                "commentaire": writing.optional_text(
                    "comment", self.comment, limits.MAX_COMMENT, lines=True
                ),
            }
        )

    def _recipient(self):
        return without_none(
            {
                "codeDestinataire": writing.text(
                    "recipient_siret", self.recipient_siret, limits.MAX_RECIPIENT_CODE
                ),
                "codeServiceExecutant": writing.optional_text(
                    "service_code", self.service_code, limits.MAX_SERVICE_CODE
                ),
            }
        )

    def _supplier(self):
        return without_none(
            {
                "idFournisseur": writing.identifier("supplier_id", self.supplier_id),
                "idServiceFournisseur": writing.optional_identifier(
                    "supplier_service_id", self.supplier_service_id
                ),
                "codeCoordonneesBancairesFournisseur": writing.optional_identifier(
                    "bank_account_id", self.bank_account_id
                ),
            }
        )

    def _framework(self):
        code = writing.choice("billing_framework", self.billing_framework, BillingFramework)
        if BillingFramework(code).needs_validator and not self.validator_identifier:
            raise MessageError("validator_identifier", "required")
        return without_none(
            {
                "codeCadreFacturation": code,
                "codeStructureValideur": writing.optional_text(
                    "validator_identifier", self.validator_identifier, limits.MAX_STRUCTURE_CODE
                ),
                "codeServiceValideur": writing.optional_text(
                    "validator_service_code", self.validator_service_code, limits.MAX_SERVICE_CODE
                ),
            }
        )

    def _references(self):
        regime = writing.choice("vat_regime", self.vat_regime, VatRegime)
        if regime == VatRegime.EXEMPT.value and not self.exemption_reason:
            raise MessageError("exemption_reason", "required")
        return without_none(
            {
                "deviseFacture": writing.text("currency", self.currency, 3, limits.CURRENCY),
                "typeFacture": writing.choice("invoice_type", self.invoice_type, InvoiceType),
                "typeTva": regime,
                "motifExonerationTva": writing.optional_text(
                    "exemption_reason", self.exemption_reason, limits.MAX_COMMENT
                ),
                "numeroMarche": writing.optional_text(
                    "contract_number", self.contract_number, limits.MAX_REFERENCE
                ),
                "numeroBonCommande": writing.optional_text(
                    "engagement_number", self.engagement_number, limits.MAX_REFERENCE
                ),
                "numeroFactureOrigine": writing.optional_text(
                    "original_number", self.original_number, limits.MAX_INVOICE_NUMBER
                ),
                "modePaiement": writing.choice("payment_means", self.payment_means, PaymentMeans),
            }
        )


@dataclass(frozen=True, kw_only=True)
class SubmissionReceipt:
    """The invoice as Chorus Pro created it: its identifier there, and its first status."""

    invoice_id: str
    number: str
    status: str
    deposit_date: date | None
    supplier_identifier: str
    certificate_fingerprint: str

    @classmethod
    def from_json(cls, data):
        data = reading.answer(data)
        return cls(
            invoice_id=reading.required_identifier(data, "identifiantFactureCPP"),
            number=reading.text(data, "numeroFacture"),
            status=reading.text(data, "statutFacture"),
            deposit_date=reading.day(data, "dateDepot"),
            supplier_identifier=reading.text(data, "identifiantStructure"),
            certificate_fingerprint=reading.text(data, "empreinteCertificatDepot"),
        )
