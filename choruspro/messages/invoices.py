# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Invoices of a supplier at Chorus Pro: searching them, and one in detail."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from .. import limits
from . import reading, writing
from .writing import without_none

_ID = "identifiantFactureCPP"


@dataclass(frozen=True, kw_only=True)
class SupplierInvoiceSearch:
    """Filters of rechercher/fournisseur; all optional, all must match.

    changed_from, changed_until: aware datetimes, bounds included, for the current status' date.
    deposited_from, deposited_until: calendar days, included. statuses: raw codes of Chorus Pro.
    """

    supplier_id: str | None = None
    number: str | None = None
    flow_number: str | None = None
    statuses: tuple[str, ...] = ()
    changed_from: datetime | None = None
    changed_until: datetime | None = None
    deposited_from: date | None = None
    deposited_until: date | None = None

    def to_json(self):
        """The filters alone; the client adds the object that asks for a page."""
        return without_none(
            {
                "idFournisseur": writing.optional_identifier("supplier_id", self.supplier_id),
                "numeroFacture": writing.optional_text(
                    "number", self.number, limits.MAX_INVOICE_NUMBER
                ),
                "numeroFluxDepot": writing.optional_text(
                    "flow_number", self.flow_number, limits.MAX_FLOW_NUMBER
                ),
                "statutCourant": [
                    writing.text("statuses", code, limits.MAX_REFERENCE) for code in self.statuses
                ]
                or None,
                "periodeDateHeureEtatCourantDu": self.changed_from
                and writing.to_paris_json(self.changed_from),
                "periodeDateHeureEtatCourantAu": self.changed_until
                and writing.to_paris_json(self.changed_until),
                "periodeDateDepotDu": self.deposited_from
                and writing.day("deposited_from", self.deposited_from),
                "periodeDateDepotAu": self.deposited_until
                and writing.day("deposited_until", self.deposited_until),
            }
        )


@dataclass(frozen=True, kw_only=True)
class InvoiceSummary:
    """One row of a search: the invoice as it is now. Dates with time are UTC; "" means absent."""

    invoice_id: str
    number: str
    status: str
    status_date: datetime | None
    status_comment: str
    invoice_type: str
    invoice_date: date | None
    deposit_date: date | None
    untaxed: Decimal | None
    total: Decimal | None
    payable: Decimal | None
    currency: str
    supplier_identifier: str
    recipient_identifier: str
    service_code: str
    engagement_number: str
    contract_number: str
    flow_number: str
    deposit_mode: str
    rejection_acknowledged: bool = False

    @classmethod
    def from_json(cls, data):
        data = reading.answer(data)
        return cls(
            invoice_id=reading.required_identifier(data, _ID),
            number=reading.text(data, "numeroFacture"),
            status=reading.text(data, "statut"),
            status_date=reading.moment(data, "dateHeureEtatCourant"),
            status_comment=reading.text(data, "commentaireEtatCourant"),
            invoice_type=reading.text(data, "typeFacture"),
            invoice_date=reading.day(data, "dateFacture"),
            deposit_date=reading.day(data, "dateDepot"),
            untaxed=reading.amount(data, "montantHT"),
            total=reading.amount(data, "montantTTC"),
            payable=reading.amount(data, "montantAPayer"),
            currency=reading.text(data, "devise"),
            supplier_identifier=reading.text(data, "codeFournisseur"),
            recipient_identifier=reading.text(data, "codeDestinataire"),
            service_code=reading.text(data, "codeServiceExecutant"),
            engagement_number=reading.text(data, "numeroBonCommande"),
            contract_number=reading.text(data, "numeroMarche"),
            flow_number=reading.text(data, "numeroFluxDepot"),
            deposit_mode=reading.text(data, "modeDepot"),
            rejection_acknowledged=bool(reading.flag(data, "rejetTraite")),
        )


@dataclass(frozen=True, kw_only=True)
class InvoicePage:
    """One page of a search. pages and total count the whole result; page_size is what was applied.

    When the answer does not count them (``counted`` is False), its rows are taken for the whole.
    left_out: the identifiers, as text, of rows whose identifier is none. Nothing can be asked about
    them, and they must not hide the others.
    """

    invoices: tuple[InvoiceSummary, ...]
    page: int
    pages: int
    total: int
    page_size: int
    counted: bool
    left_out: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, data):
        data = reading.answer(data)
        rows = reading.rows(data, "listeFactures")
        strange = tuple(
            reading.required_text(row, _ID) for row in rows if not reading.identifier(row, _ID)
        )
        invoices = tuple(
            InvoiceSummary.from_json(row) for row in rows if reading.identifier(row, _ID)
        )
        paging = reading.part(data, "parametresRetour")
        total = reading.number(paging, "total")
        pages = reading.number(paging, "pages")
        size = reading.number(paging, "nbResultatsParPage") or len(rows)
        return cls(
            invoices=invoices,
            page=reading.number(paging, "pageCourante") or 1,
            pages=pages if pages is not None else -(-total // size) if total and size else 1,
            total=total if total is not None else len(rows),
            page_size=size,
            counted=total is not None,
            left_out=strange,
        )


@dataclass(frozen=True, kw_only=True)
class InvoiceDetails:
    """One invoice as consulter/fournisseur tells it. "" means absent."""

    invoice_id: str
    number: str
    status: str
    comment: str
    deposit_mode: str
    invoice_type: str
    invoice_date: date | None
    deposit_date: date | None
    billing_framework: str
    supplier_id: str
    supplier_identifier: str
    recipient_identifier: str
    recipient_name: str
    service_code: str
    engagement_number: str
    contract_number: str
    original_number: str
    currency: str
    untaxed: Decimal | None
    tax: Decimal | None
    total: Decimal | None
    payable: Decimal | None
    main_attachment_id: str
    rejection_acknowledged: bool = False
    validator_identifier: str = ""

    @classmethod
    def from_json(cls, data):
        invoice = reading.part(reading.answer(data), "facture")
        recipient = reading.part(invoice, "destinataire")
        supplier = reading.part(invoice, "fournisseur")
        references = reading.part(invoice, "references")
        totals = reading.part(invoice, "montantTotal")
        framework = reading.part(invoice, "cadreDeFacturation")
        return cls(
            invoice_id=reading.required_identifier(invoice, _ID),
            number=reading.text(invoice, "numeroFacture"),
            status=reading.text(invoice, "statutFacture"),
            comment=reading.text(invoice, "commentaire"),
            deposit_mode=reading.text(invoice, "modeDepot"),
            invoice_type=reading.text(references, "typeFacture"),
            invoice_date=reading.day(references, "dateFacture"),
            deposit_date=reading.day(references, "dateDepot"),
            billing_framework=reading.text(framework, "codeCadreFacturation"),
            supplier_id=reading.identifier(supplier, "idFournisseur"),
            supplier_identifier=reading.text(supplier, "codeFournisseur"),
            recipient_identifier=reading.text(recipient, "codeDestinataire"),
            recipient_name=reading.text(recipient, "designationDestinataire")
            or reading.text(recipient, "libelleDestinataire"),
            service_code=reading.text(recipient, "codeServiceExecutant"),
            engagement_number=reading.text(references, "numeroBonCommande"),
            contract_number=reading.text(references, "numeroMarche"),
            original_number=reading.text(references, "numeroFactureOrigine"),
            currency=reading.text(references, "codeDeviseFacture"),
            untaxed=reading.amount(totals, "montantHtTotal"),
            tax=reading.amount(totals, "montantTVA"),
            total=reading.amount(totals, "montantTtcTotal"),
            payable=reading.amount(totals, "montantAPayer"),
            main_attachment_id=_main_attachment(invoice),
            rejection_acknowledged=bool(reading.flag(invoice, "rejetTraite")),
            validator_identifier=reading.text(framework, "codeValideur1"),
        )


def _main_attachment(invoice):
    files = reading.rows(invoice, "pieceJointePrincipale")
    return reading.identifier(files[0], "idPieceJointePrincipale") if files else ""
