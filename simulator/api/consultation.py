# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""consulter/fournisseur and consulter/historique: one invoice in full, and its life."""

from decimal import Decimal

from ..world.directory_data import VAT_RATES
from ..world.files import extension
from ..world.refusals import Refusal
from .pages import Page, is_descending

_OK = {"codeRetour": 0, "libelle": "TRA_MSG_00.000"}
_RATES = {rate.code: rate for rate in VAT_RATES}

_EVENT_SORT_KEYS = {
    "HistoStatutCode": lambda event: event.code,
    "HistoStatutCommentaire": lambda event: event.comment or "",
    "HistoStatutUtilisateurNom": lambda event: event.author or "",
}


def _own_invoice(platform, supplier, invoice_id):
    invoice = platform.invoices.get(invoice_id)
    if invoice is None or invoice.supplier is not supplier:
        raise Refusal("invoice_unknown")
    return invoice


def _present(values):
    """Absent values are left out, as the platform does."""
    return {name: value for name, value in values.items() if value is not None}


def _asked(body, *names):
    """The first of two spellings of a page request that is there."""
    return next((body[name] for name in names if body.get(name)), {})


def consulter_fournisseur(platform, supplier, body):
    invoice = _own_invoice(platform, supplier, body["identifiantFactureCPP"])
    platform.disturb(invoice, "consulter_fournisseur")
    return consultation(platform, invoice, body)


def consultation(platform, invoice, body):
    """An invoice in full; `body`: the pages asked for of its lists."""
    main = invoice.main_attachment
    answer = {
        "identifiantFactureCPP": invoice.invoice_id,
        "numeroFacture": invoice.number,
        "statutFacture": invoice.status,
        "modeDepot": invoice.deposit_mode,
        "rejetTraite": invoice.rejection_acknowledged,
        "commentaire": invoice.body.get("commentaire"),
        "destinataire": _recipient(invoice),
        "fournisseur": _supplier(invoice),
        "cadreDeFacturation": _framework(platform, invoice),
        "references": _references(platform, invoice),
        "recapitulatifDeTva": _vat_lines(invoice, body),
        "montantTotal": _totals(invoice),
        "listeDesPiecesJointes": _attachments(invoice, body),
        "lignesDePoste": _lines(invoice, body),
    }
    if main is not None:
        answer["pieceJointePrincipale"] = {"idPieceJointePrincipale": main.file_id}
    if invoice.works:
        answer["piecePrecedente"] = {"numeroPiecePrecedente": invoice.works.get("preceding")}
        answer["pieceSuivante"] = {"numeroPieceSuiante": invoice.works.get("following")}
    return {**_OK, "facture": _present(answer)}


def _recipient(invoice):
    service = invoice.service
    return _present(
        {
            "idDestinataire": invoice.recipient.structure_id,
            "codeDestinataire": invoice.recipient.siret,
            "designationDestinataire": invoice.recipient.name,
            "libelleDestinataire": invoice.recipient.name,
            "miseEnPaiementDestinataire": invoice.recipient.payment_reported,
            "idServiceExecutant": service and service.service_id,
            "codeServiceExecutant": service and service.code,
            "libelleServiceExecutant": service and service.label,
        }
    )


def _supplier(invoice):
    structure, service = invoice.supplier.structure, invoice.supplier_service
    account_id = invoice.body["fournisseur"].get("codeCoordonneesBancairesFournisseur")
    account = next(
        (a for a in invoice.supplier.bank_accounts if a.bank_account_id == account_id), None
    )
    return _present(
        {
            "idFournisseur": structure.structure_id,
            "typeIdentifiantFournisseur": "SIRET",
            "codeFournisseur": structure.siret,
            "raisonSocialeFournisseur": structure.name,
            "designationFournisseur": structure.name,
            "idServiceFournisseur": service and service.service_id,
            "codeServiceFournisseur": service and service.code,
            "libelleServiceFournisseur": service and service.label,
            "coordBancairesFournisseurId": account and account.bank_account_id,
            "coordBancairesFournisseurType": account and "IBAN",
            "coordBancairesFournisseurLibelle": account and account.name,
        }
    )


def _framework(platform, invoice):
    given = invoice.body["cadreDeFacturation"]
    validator = platform.directory.by_siret(given.get("codeStructureValideur"))
    return _present(
        {
            "codeCadreFacturation": invoice.works.get("framework", given["codeCadreFacturation"]),
            "idValideur1": validator and validator.structure_id,
            "typeIdentifiantValideur1": validator and "SIRET",
            "codeValideur1": validator and validator.siret,
            "raisonSocialeValideur1": validator and validator.name,
            "designationMoe": invoice.works.get("supervisor"),
            "designationMoa": invoice.works.get("owner"),
        }
    )


def _references(platform, invoice):
    given = invoice.references
    copied = (
        "typeFacture",
        "typeTva",
        "motifExonerationTva",
        "numeroMarche",
        "numeroBonCommande",
        "numeroFactureOrigine",
        "modePaiement",
    )
    return _present(
        {
            "dateFacture": invoice.body.get("dateFacture"),
            "dateDepot": platform.clock.day(invoice.deposited),
            "codeDeviseFacture": given["deviseFacture"],
            **{name: given.get(name) for name in copied},
        }
    )


def _totals(invoice):
    given = invoice.body["montantTotal"]
    before = Decimal(given["montantHtTotal"]) + Decimal(given["montantTVA"])
    return _present({**given, "montantTtcAvantRemiseGlobalTTC": before})


def _vat_lines(invoice, body):
    asked = _asked(body, "getpLigneRecapTva", "pLigneRecapTva")
    page = Page(
        invoice.body.get("ligneTva") or [],
        asked.get("pageResultatDemandeeListeRecapitulatifTVA"),
        asked.get("nbResultatsParPageListeListeRecapitulatifTVA"),
    )
    lines = []
    for given in page.rows:
        rate = _RATES.get(given.get("ligneTvaTaux"))
        lines.append(
            _present(
                {
                    "ligneTvaTauxRefCode": rate and rate.code,
                    "ligneTvaTauxRefLibelle": rate and rate.label,
                    "ligneTvaTauxRefValeur": rate and Decimal(rate.rate),
                    "ligneTvaTauxManuel": given.get("ligneTvaTauxManuel"),
                    "ligneTvaMontantBaseHtParTaux": given["ligneTvaMontantBaseHtParTaux"],
                    "ligneTvaMontantTvaParTaux": given["ligneTvaMontantTvaParTaux"],
                }
            )
        )
    return {
        "ligneTva": lines,
        "pageCouranteLignesRecapitulativesTVA": page.number,
        "pagesLignesRecapitulativesTVA": page.pages,
        "nbResultatsParPageLignesRecapitulativesTVA": page.size,
        "totalLignesRecapitulativesTVA": page.total,
    }


def _attachments(invoice, body):
    asked = _asked(body, "getpListePiecesJointes", "pListePiecesJointes")
    given = invoice.body.get("pieceJointeComplementaire") or []
    page = Page(
        list(zip(given, invoice.attachments, strict=True)),
        asked.get("pageResultatDemandeeListePieceJointe"),
        asked.get("nbResultatsParPageListePieceJointe"),
    )
    line = "pieceJointeComplementaireNumeroLigneFacture"
    return {
        "pieceJointe": [
            _present(
                {
                    "pieceJointeTypeCode": row["pieceJointeComplementaireType"],
                    "pieceJointeDesignation": row["pieceJointeComplementaireDesignation"],
                    "pieceJointeNumeroLigneFacture": row.get(line),
                    "pieceJointeId": file.file_id,
                    "pieceJointeExtension": extension(file.name),
                }
            )
            for row, file in page.rows
        ],
        "pageCouranteListePiecesJointe": page.number,
        "pagesListePiecesJointe": page.pages,
        "nbResultatsParPageListePiecesJointe": page.size,
        "totalListePiecesJointe": page.total,
    }


def _lines(invoice, body):
    asked = _asked(body, "getpLignesPoste", "pLignesPoste")
    page = Page(
        invoice.body.get("lignePoste") or [],
        asked.get("pageResultatDemandeeLignesPoste"),
        asked.get("nbResultatsParPageLignesPoste"),
    )
    return {
        "lignePoste": [_present(row) for row in page.rows],
        "pageCouranteLignesPoste": page.number,
        "pagesLignesPoste": page.pages,
        "nbResultatsParPageLignesPoste": page.size,
        "totalLignesPoste": page.total,
    }


def consulter_historique(platform, supplier, body):
    """The statuses of an invoice, oldest first unless asked; dates in minutes, Paris time."""
    invoice = _own_invoice(platform, supplier, body["idFacture"])
    platform.disturb(invoice, "consulter_historique")
    asked = body.get("paramRechercheHistoStatuts") or {}
    key = _EVENT_SORT_KEYS.get(asked.get("triColonneListeHistoStatut"), lambda event: event.date)
    events = sorted(
        invoice.events,
        key=lambda event: (key(event), event.event_id),
        reverse=is_descending(asked.get("triSensListeHistoStatut")),
    )
    page = Page(
        events,
        asked.get("pageResultatDemandeeListeHistoStatut"),
        asked.get("nbResultatsParPageListeHistoStatut"),
        body.get("nbResultatsMaximum"),
    )
    return {
        **_OK,
        "idFacture": invoice.invoice_id,
        "numeroFacture": invoice.number,
        "modeDepot": invoice.deposit_mode,
        "statutCourantCode": invoice.status,
        "historiquesDesStatuts": {
            "histoStatut": [
                _present(
                    {
                        "histoStatutId": event.event_id,
                        "histoStatutCode": event.code,
                        "histoStatutDatePassage": platform.clock.minute(event.date),
                        "histoStatutCommentaire": event.comment,
                        "histoStatutUtilisateurNom": event.author,
                    }
                )
                for event in page.rows
            ],
            "pageCouranteHistoStatut": page.number,
            "pagesHistoStatut": page.pages,
            "nbResultatsParPageHistoStatut": page.size,
            "totalHistoStatut": page.total,
        },
        "historiquesDesEvenementsComplementaires": {"evenement": []},
        "historiquesDesActionsUtilisateurs": {"histoAction": []},
    }
