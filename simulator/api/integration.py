# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The end of a flow: its sound invoices begin their life, its report lists the others."""

from ..checks.document import FRAMEWORK_CODES, problems
from ..world.files import FLOW_MEMBER
from ..world.invoices import Invoice

_LONGEST_REASON = 200

_PAYMENT_MEANS = {
    **dict.fromkeys(("30", "31", "42", "58"), "VIREMENT"),
    **dict.fromkeys(("49", "59"), "PRELEVEMENT"),
    **dict.fromkeys(("20", "21", "22", "23", "24", "25", "26"), "CHEQUE"),
    "10": "ESPECE",
    "97": "REPORT",
}
# BT-8 for tax that is due when it is paid, in CII and in UBL
_ON_RECEIPTS = frozenset({"72", "432"})
_NOT_TAXED = {"E": "EXONERATION", "O": "SANS_TVA"}


def end_due_flows(platform):
    """Ends every flow whose time has come, each at its own due time."""
    now = platform.clock.now()
    for flow in [flow for flow in platform.flows.open if flow.due(platform.pace) <= now]:
        _end(platform, flow)
        platform.flows.close(flow)


def _end(platform, flow):
    if flow.has_incident:
        flow.end = "IN_INCIDENTE"
        return
    for member in flow.members:
        reasons = problems(platform, flow.supplier, member.document)
        if reasons:
            flow.invoice_errors.append(_error(member.document, reasons))
        else:
            flow.integrated.append(member.document.number)
            _integrate(platform, flow, member)
    if not flow.integrated:
        flow.end = "IN_REJETE"
    else:
        flow.end = "IN_INTEGRE_PARTIEL" if flow.invoice_errors else "IN_INTEGRE"


def _error(document, reasons):
    return {
        "identifiantFournisseur": document.seller.identifier,
        "identifiantDestinataire": document.buyer.identifier,
        "numeroDP": document.number,
        "libelleErreurDP": "|".join(reasons)[:_LONGEST_REASON],
    }


def _integrate(platform, flow, member):
    date = flow.due(platform.pace)
    stored = platform.files.add(
        kind=FLOW_MEMBER,
        name=member.name,
        content=member.content,
        owner=flow.supplier.account.login,
        received=flow.deposited,
    )
    invoice = Invoice(
        invoice_id=platform.invoices.next_id(),
        number=member.document.number,
        supplier=flow.supplier,
        recipient=platform.directory.recipient(member.document.buyer.identifier),
        body=_as_submission(flow.supplier, member.document, platform.switches.flow_mode),
        deposited=date,
        main_attachment=stored,
        flow_number=flow.number,
        deposit_mode=platform.switches.flow_mode,
    )
    stored.used_by = invoice.invoice_id
    platform.invoices.add(invoice)
    platform.begin_life(invoice)


def _as_submission(supplier, document, mode):
    """The invoice in the words of soumettre: what searches and consultations read."""
    code, account = next(iter(document.payments), ("", ""))
    account = account.replace(" ", "")
    categories = {row.category for row in document.vat}
    by_date = "TVA_SUR_ENCAISSEMENT" if document.tax_point in _ON_RECEIPTS else "TVA_SUR_DEBIT"
    regime = by_date if len(categories) != 1 else _NOT_TAXED.get(min(categories), by_date)
    totals = document.totals
    return {
        "modeDepot": mode,
        "numeroFactureSaisi": document.number,
        "dateFacture": document.issued,
        "destinataire": {
            "codeDestinataire": document.buyer.identifier,
            "codeServiceExecutant": document.service or None,
        },
        "fournisseur": {
            "idFournisseur": supplier.structure.structure_id,
            "codeCoordonneesBancairesFournisseur": next(
                (row.bank_account_id for row in supplier.bank_accounts if row.iban == account), None
            ),
        },
        "cadreDeFacturation": {"codeCadreFacturation": FRAMEWORK_CODES[document.framework]},
        "references": {
            "deviseFacture": document.currency,
            "typeFacture": "AVOIR" if document.is_credit_note else "FACTURE",
            "typeTva": regime,
            "numeroMarche": document.contract or None,
            "numeroBonCommande": document.engagement or None,
            "numeroFactureOrigine": document.origin or None,
            "modePaiement": _PAYMENT_MEANS.get(code, "AUTRE"),
        },
        "lignePoste": [_line(rank, line) for rank, line in enumerate(document.lines, 1)],
        "ligneTva": [
            {
                "ligneTvaTauxManuel": row.rate,
                "ligneTvaMontantBaseHtParTaux": row.base,
                "ligneTvaMontantTvaParTaux": row.amount,
            }
            for row in document.vat
        ],
        "montantTotal": {
            "montantHtTotal": totals.untaxed,
            "montantTVA": totals.tax,
            "montantTtcTotal": totals.total,
            "montantAPayer": totals.payable,
        },
    }


def _line(rank, line):
    return {
        "lignePosteNumero": rank,
        "lignePosteDenomination": line.name,
        "lignePosteQuantite": line.quantity,
        "lignePosteMontantUnitaireHT": line.price,
    }
