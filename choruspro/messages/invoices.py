# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Invoices of a supplier at Chorus Pro: searching them, one in detail, its history."""

from dataclasses import dataclass
from datetime import date, datetime, timezone
from decimal import Decimal

from ..limits import LIMITS
from . import reading, writing
from .reading import Answer, given
from .writing import Request, may_send, may_send_text, sent

_ID = "identifiantFactureCPP"
_FIRST = datetime.min.replace(tzinfo=timezone.utc)


def status_codes(field, codes):
    """Raw codes of statuses to search for; None when there are none."""
    return [writing.kept(field, code, LIMITS["statutCourant"]) for code in codes] or None


@dataclass(frozen=True, kw_only=True)
class SupplierInvoiceSearch(Request):
    """Filters of rechercher/fournisseur; all optional, all must match, bounds included.

    The client adds the object that requests a page.
    """

    supplier_id: str | None = may_send(writing.identifier, "idFournisseur")
    number: str | None = may_send_text("numeroFacture")
    flow_number: str | None = may_send_text("numeroFluxDepot")
    statuses: tuple[str, ...] = sent(status_codes, "statutCourant", default=())  # raw codes
    # Aware: when the current status began
    changed_from: datetime | None = may_send(writing.moment, "periodeDateHeureEtatCourantDu")
    changed_until: datetime | None = may_send(writing.moment, "periodeDateHeureEtatCourantAu")
    deposited_from: date | None = may_send(writing.day, "periodeDateDepotDu")
    deposited_until: date | None = may_send(writing.day, "periodeDateDepotAu")


@dataclass(frozen=True, kw_only=True)
class InvoiceSummary(Answer):
    """One row of a search: the invoice as it is now."""

    invoice_id: str = given(reading.required_identifier, _ID)
    number: str = given(reading.text, "numeroFacture")
    status: str = given(reading.text, "statut")
    status_date: datetime | None = given(reading.moment, "dateHeureEtatCourant")
    status_comment: str = given(reading.text, "commentaireEtatCourant")
    invoice_type: str = given(reading.text, "typeFacture")
    invoice_date: date | None = given(reading.day, "dateFacture")
    deposit_date: date | None = given(reading.day, "dateDepot")
    untaxed: Decimal | None = given(reading.amount, "montantHT")
    total: Decimal | None = given(reading.amount, "montantTTC")
    payable: Decimal | None = given(reading.amount, "montantAPayer")
    currency: str = given(reading.text, "devise")
    supplier_identifier: str = given(reading.text, "codeFournisseur")
    recipient_identifier: str = given(reading.text, "codeDestinataire")
    recipient_name: str = given(reading.text, "designationDestinataire", default="")
    service_code: str = given(reading.text, "codeServiceExecutant")
    engagement_number: str = given(reading.text, "numeroBonCommande")
    contract_number: str = given(reading.text, "numeroMarche")
    flow_number: str = given(reading.text, "numeroFluxDepot")
    deposit_mode: str = given(reading.text, "modeDepot")
    rejection_acknowledged: bool = given(reading.yes, "rejetTraite", default=False)


@dataclass(frozen=True, kw_only=True)
class InvoicePage:
    """One page of a search. When the answer does not count its rows, they are taken for the whole
    result."""

    invoices: tuple[InvoiceSummary, ...]
    page: int
    pages: int  # of the whole result
    total: int  # of the whole result
    page_size: int  # what was applied
    counted: bool
    # Identifiers, as text, of rows whose identifier is none. No query accepts them, and they must
    # not hide the others.
    left_out: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, data):
        rows = reading.rows(reading.answer(data), "listeFactures")
        usable = [row for row in rows if reading.identifier(row, _ID)]
        others = [row for row in rows if not reading.identifier(row, _ID)]
        left_out = tuple(reading.required_text(row, _ID) for row in others)
        paging = reading.part(data, "parametresRetour")
        total = reading.number(paging, "total")
        pages = reading.number(paging, "pages")
        size = reading.number(paging, "nbResultatsParPage") or len(rows)
        return cls(
            invoices=tuple(map(InvoiceSummary.from_json, usable)),
            page=reading.number(paging, "pageCourante") or 1,
            pages=pages if pages is not None else -(-total // size) if total and size else 1,
            total=total if total is not None else len(rows),
            page_size=size,
            counted=total is not None,
            left_out=left_out,
        )


def _main_attachment(invoice, key):
    files = reading.rows(invoice, key)
    return reading.identifier(files[0], "idPieceJointePrincipale") if files else ""


@dataclass(frozen=True, kw_only=True)
class InvoiceDetails(Answer):
    """One invoice in detail (operation consulter/fournisseur)."""

    invoice_id: str = given(reading.required_identifier, f"facture.{_ID}")
    number: str = given(reading.text, "facture.numeroFacture")
    status: str = given(reading.text, "facture.statutFacture")
    comment: str = given(reading.text, "facture.commentaire")
    deposit_mode: str = given(reading.text, "facture.modeDepot")
    invoice_type: str = given(reading.text, "facture.references.typeFacture")
    invoice_date: date | None = given(reading.day, "facture.references.dateFacture")
    deposit_date: date | None = given(reading.day, "facture.references.dateDepot")
    billing_framework: str = given(reading.text, "facture.cadreDeFacturation.codeCadreFacturation")
    supplier_id: str = given(reading.identifier, "facture.fournisseur.idFournisseur")
    supplier_identifier: str = given(reading.text, "facture.fournisseur.codeFournisseur")
    recipient_identifier: str = given(reading.text, "facture.destinataire.codeDestinataire")
    recipient_name: str = given(
        reading.text,
        "facture.destinataire.designationDestinataire",
        "facture.destinataire.libelleDestinataire",
    )
    service_code: str = given(reading.text, "facture.destinataire.codeServiceExecutant")
    engagement_number: str = given(reading.text, "facture.references.numeroBonCommande")
    contract_number: str = given(reading.text, "facture.references.numeroMarche")
    original_number: str = given(reading.text, "facture.references.numeroFactureOrigine")
    currency: str = given(reading.text, "facture.references.codeDeviseFacture")
    untaxed: Decimal | None = given(reading.amount, "facture.montantTotal.montantHtTotal")
    tax: Decimal | None = given(reading.amount, "facture.montantTotal.montantTVA")
    total: Decimal | None = given(reading.amount, "facture.montantTotal.montantTtcTotal")
    payable: Decimal | None = given(reading.amount, "facture.montantTotal.montantAPayer")
    main_attachment_id: str = given(_main_attachment, "facture.pieceJointePrincipale")
    rejection_acknowledged: bool = given(reading.yes, "facture.rejetTraite", default=False)
    validator_identifier: str = given(
        reading.text, "facture.cadreDeFacturation.codeValideur1", default=""
    )
    # Of a works contract: the numbers of the pieces before and after, the supervisor (MOE) and the
    # owner (MOA)
    preceding_number: str = given(
        reading.text, "facture.piecePrecedente.numeroPiecePrecedente", default=""
    )
    # Spelt so in the Swagger
    following_number: str = given(
        reading.text, "facture.pieceSuivante.numeroPieceSuiante", default=""
    )
    works_supervisor: str = given(
        reading.text, "facture.cadreDeFacturation.designationMoe",
        "facture.cadreDeFacturation.raisonSocialeMoe", default="",
    )
    works_owner: str = given(
        reading.text, "facture.cadreDeFacturation.designationMoa",
        "facture.cadreDeFacturation.raisonSocialeMoa", default="",
    )


def _full_name(data, prefix):
    names = (reading.text(data, f"{prefix}{part}") for part in ("Prenom", "Nom"))
    return " ".join(filter(None, names))


@dataclass(frozen=True, kw_only=True)
class StatusEvent(Answer):
    """One status of an invoice: its raw code, since when, why, and who set it."""

    event_id: str = given(reading.identifier, "histoStatutId")
    code: str = given(reading.required_text, "histoStatutCode")
    date: datetime | None = given(reading.moment, "histoStatutDatePassage")
    comment: str = given(reading.text, "histoStatutCommentaire")
    author: str = given(_full_name, "histoStatutUtilisateur")

    @property
    def rank(self):
        """Sorts events in time; dates are given to the minute, so identifiers settle a tie."""
        number = int(self.event_id) if writing.is_identifier(self.event_id) else 0
        return self.date is None, self.date or _FIRST, number


def _page(data, key):
    return reading.number(data, key) or 1


@dataclass(frozen=True, kw_only=True)
class InvoiceHistory(Answer):
    """The statuses of one invoice (operation consulter/historique); from the client: all of them,
    oldest first, undated ones last. In a single answer, one page of them."""

    invoice_id: str = given(reading.required_identifier, "idFacture")
    number: str = given(reading.text, "numeroFacture")
    current_status: str = given(reading.text, "statutCourantCode")
    events: tuple[StatusEvent, ...] = given(
        reading.all_of(StatusEvent), "historiquesDesStatuts.histoStatut"
    )
    page: int = given(_page, "historiquesDesStatuts.pageCouranteHistoStatut", default=1)
    pages: int = given(_page, "historiquesDesStatuts.pagesHistoStatut", default=1)
