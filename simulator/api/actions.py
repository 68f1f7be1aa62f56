# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What a supplier does about an invoice that came back: completer, recycler, corrigerValideur,
traiterRejet."""

from ..checks.submission import check_recipient, check_references, find_attachments
from ..world.refusals import Refusal

_DONE = {"codeRetour": 0, "libelle": "TRA_MSG_00.000"}
_SUPPLIER = "Fournisseur"


def _own_invoice(platform, supplier, invoice_id):
    """The invoice; here, unlike in consultations, a foreign one and an unknown one differ."""
    invoice = platform.invoices.get(invoice_id)
    if invoice is None:
        raise Refusal("invoice_unknown")
    if invoice.supplier is not supplier:
        raise Refusal("invoice_foreign")
    return invoice


def completer(platform, supplier, body):
    """Adds attachments and replaces the comment of a SUSPENDUE invoice, which goes on its way."""
    invoice = _own_invoice(platform, supplier, body["identifiantFactureCPP"])
    if invoice.status != "SUSPENDUE":
        raise Refusal("not_suspended")
    rows, comment = body.get("pieceJointeComplementaire") or [], body.get("commentaire")
    if not rows and not comment:
        raise Refusal("completion_empty")
    invoice.attachments += find_attachments(platform, supplier, body)
    before = invoice.body.get("pieceJointeComplementaire") or []
    invoice.body = {
        **invoice.body,
        "pieceJointeComplementaire": before + rows,
        "commentaire": comment or invoice.body.get("commentaire"),
    }
    now = platform.clock.now()
    platform.life.set_status(invoice, "COMPLETEE", now, comment)
    return {
        **_DONE,
        "identifiantFactureCPP": invoice.invoice_id,
        "numeroFacture": invoice.number,
        "dateTraitement": platform.clock.day(now),
    }


def recycler(platform, supplier, body):
    """Gives an A_RECYCLER invoice another recipient, service or references: DEPOSEE again.

    A recipient that is given comes with its service; references that are left out stay.
    """
    invoice = _own_invoice(platform, supplier, body["identifiantFactureCPP"])
    if invoice.status != "A_RECYCLER":
        raise Refusal("state_forbids")
    changed = {
        **invoice.body,
        "destinataire": _recipient(invoice.body["destinataire"], body.get("destinataire") or {}),
        "references": {**invoice.references, **_given(body.get("reference") or {})},
        "commentaire": body.get("commentaire") or invoice.body.get("commentaire"),
    }
    recipient = check_recipient(platform, changed)
    check_references(platform, changed)
    invoice.body, invoice.recipient = changed, recipient
    now, comment = platform.clock.now(), body.get("commentaire")
    platform.life.set_status(invoice, "DEPOSEE", now, comment, author=_SUPPLIER)
    return {
        **_DONE,
        "identifiantFactureCPP": invoice.invoice_id,
        "numeroFacture": invoice.number,
        "statutFacture": invoice.status,
        "dateDepot": platform.clock.day(invoice.deposited),
    }


def _given(values):
    return {name: value for name, value in values.items() if value not in (None, "")}


def _recipient(before, wanted):
    wanted = _given(wanted)
    return wanted if "codeDestinataire" in wanted else {**before, **wanted}


def corriger_valideur(platform, supplier, body):
    """Names another validator of an invoice that the first one sent back: A_VALIDER_1 again.

    By its SIRET; the platform may read its own identifier of the structure too.
    """
    if body.get("idFacture") is None:
        raise Refusal("missing", field="idFacture")
    invoice = _own_invoice(platform, supplier, body["idFacture"])
    if invoice.status != "ERREUR_FOURNISSEUR_SUR_VALIDEUR":
        raise Refusal("state_forbids")
    if not body.get("identifiantStructure"):
        raise Refusal("validator_missing")
    found = platform.directory.by_siret(body["identifiantStructure"])
    if found is None:
        raise Refusal("validator_unknown")
    framework = {**invoice.body["cadreDeFacturation"], "codeStructureValideur": found.siret}
    invoice.body = {**invoice.body, "cadreDeFacturation": framework}
    platform.life.set_status(invoice, "A_VALIDER_1", platform.clock.now(), author=_SUPPLIER)
    return {**_DONE, "idFacture": invoice.invoice_id}


def traiter_rejet(platform, supplier, body):
    """Acknowledges REJETEE invoices: all of them, or none. Once more does no harm."""
    if platform.switches.rejection_reason == "refused":
        for name in {"motifRejet", "cpltInfos"} & body.keys():
            raise Refusal("unknown_field", field=name)
    invoices = [
        _own_invoice(platform, supplier, row["idDemandePaiement"])
        for row in body["listeDemandePaiement"]
    ]
    if not invoices:
        raise Refusal("missing", field="listeDemandePaiement")
    for invoice in invoices:
        if invoice.status != "REJETEE":
            raise Refusal("state_forbids")
    for invoice in invoices:
        invoice.rejection_acknowledged = True
    return dict(_DONE)
