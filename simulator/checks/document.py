# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What is wrong with an invoice of a flow: French sentences, as its report words them.

The rules are those that users of Chorus Pro met. The sentences about an unknown supplier, and
about a missing service or engagement, are near those that they report; the others are our own.
"""

import re
from decimal import ROUND_HALF_UP, Decimal

from ..documents.document import CREDIT_NOTES, INVOICES
from ..world.code_lists import FRAMEWORKS
from ..world.refusals import REFUSALS
from .submission import CURRENCY_CODES, number_problems, recipient_problems

_CENT = Decimal("0.01")
# A line's amount is rounded, and so may its price be
_LINE_SLACK = 2 * _CENT
_MAX_REFERENCE = 50
_TRANSFERS = frozenset({"30", "31", "42", "58"})
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}\Z")

# A1 … A25: the code of BT-23, and the one that searches show
FRAMEWORK_CODES = {code.partition("_")[0]: code for code in FRAMEWORKS}


def problems(platform, supplier, document):
    """All sentences, empty when Chorus Pro takes the invoice. `supplier`: whose account calls."""
    return [
        *_seller(platform, supplier, document.seller),
        *_recipient(platform, document),
        *_number(platform, supplier, document.number),
        *_header(document),
        *_payment(document),
        *_totals(document),
        *_vat_amounts(document, platform.switches.flow_vat),
        *_lines(document),
    ]


def _identifier(party, who):
    """What is wrong with the identifier itself, whoever it names."""
    if not party.identifier:
        yield f"L'identifiant SIRET du {who} n'est pas renseigné (balise : {party.tag})."
    elif re.fullmatch(r"\d{9}", party.identifier):
        yield f"L'identifiant du {who} est un SIREN, un SIRET est attendu (balise : {party.tag})."


def _seller(platform, supplier, party):
    wrong = list(_identifier(party, "fournisseur"))
    if wrong:
        return wrong
    known = platform.directory.supplier_by_siret(party.identifier)
    if known is None:
        return [
            f"L'identifiant fournisseur de la demande de paiement (balise : {party.tag}.value)"
            " n'est pas référencé dans notre système."
        ]
    return [] if known is supplier else [_sentence("structure_not_ours")]


def _recipient(platform, document):
    wrong = list(_identifier(document.buyer, "destinataire"))
    if wrong:
        return wrong
    recipient = platform.directory.recipient(document.buyer.identifier)
    names = recipient_problems(platform, recipient, document.service, document.engagement)
    return [_missing_in(document, name) or _sentence(name) for name in names]


def _missing_in(document, name):
    """How flows say that a service or an engagement is missing: by the element, both as the
    engagement. None for another refusal."""
    tags = {"service_missing": document.service_tag, "engagement_missing": document.engagement_tag}
    if name in tags:
        return f"L'engagement juridique (balise : {tags[name]}.value) est obligatoire."
    return None


def _number(platform, supplier, number):
    if not number:
        yield "Le numéro de facture n'est pas renseigné."
        return
    yield from map(_sentence, number_problems(number))
    if platform.is_taken(supplier, number):
        yield _sentence("number_duplicate")


def _header(document):
    if document.framework not in FRAMEWORK_CODES:
        yield "Le cadre de facturation (BT-23) n'est pas compris entre A1 et A25."
    if document.type_code not in CREDIT_NOTES | INVOICES:
        yield "Le type de facture (BT-3) n'est pas autorisé."
    if not document.issued:
        yield "La date de facture n'est pas renseignée."
    if document.currency not in CURRENCY_CODES:
        yield _sentence("currency_unknown")
    for name, value in (("d'engagement", document.engagement), ("de marché", document.contract)):
        if len(value) > _MAX_REFERENCE:
            yield f"Le numéro {name} dépasse {_MAX_REFERENCE} caractères."


def _payment(document):
    codes = [code for code, _account in document.payments if code]
    if not codes and not document.is_credit_note:
        yield "Le code du moyen de paiement (BT-81) n'est pas renseigné."
    for code, account in document.payments:
        if account and not _IBAN.match(account.replace(" ", "")):
            yield "Le compte bancaire n'est pas un IBAN."
        elif code in _TRANSFERS and not account:
            yield "L'IBAN est obligatoire pour un virement."


def _same(one, other, slack=Decimal(0)):
    return abs(one - other) <= slack


def _totals(document):
    totals = document.totals
    if not _same(totals.untaxed + totals.tax, totals.total):
        yield "Le montant TTC (BT-112) n'est pas égal au HT (BT-109) plus la TVA (BT-110)."
    if not _same(totals.total - totals.prepaid + totals.rounding, totals.payable):
        yield "Le montant à payer (BT-115) ne correspond pas au montant TTC."
    if document.vat or totals.tax:
        if not _same(sum(row.base for row in document.vat), totals.untaxed):
            yield "La somme des bases de TVA n'est pas égale au montant HT."
        if not _same(sum(row.amount for row in document.vat), totals.tax):
            yield "La somme des lignes de TVA n'est pas égale au montant TVA."
    if totals.lines is not None:
        expected = totals.lines - totals.allowances + totals.charges
        if not _same(expected, totals.untaxed):
            yield "Le montant HT (BT-109) n'est pas égal aux lignes moins remises plus frais."
        if document.lines and not _same(sum(row.total for row in document.lines), totals.lines):
            yield "La somme des lignes n'est pas égale à leur total (BT-106)."


def _vat_amounts(document, side):
    """BR-CO-17, or stricter: see the switch flow_vat."""
    least_wrong = _CENT if side == "exact" else 1
    for row in document.vat:
        rate = row.rate or Decimal(0)
        expected = (row.base * rate / 100).quantize(_CENT, ROUND_HALF_UP)
        if abs(row.amount - expected) >= least_wrong:
            which = f"à {rate.normalize():f} %"
            yield f"Le montant de TVA {which} n'est pas égal à la base par le taux."


def _lines(document):
    for rank, line in enumerate(document.lines, 1):
        if not line.name:
            yield f"Ligne {rank} : la désignation de l'article n'est pas renseignée."
        if line.quantity is None or line.price is None:
            yield f"Ligne {rank} : la quantité ou le prix unitaire n'est pas renseigné."
        else:
            amount = line.quantity * line.price / (line.price_quantity or 1) + line.adjustment
            if not _same(amount, line.total, _LINE_SLACK):
                yield f"Ligne {rank} : le montant n'est pas égal à la quantité par le prix."
        yield from _gross_price(rank, line)


def _gross_price(rank, line):
    if line.gross is None:
        return
    if line.discount is None:
        yield f"Ligne {rank} : le montant de la remise sur le prix brut n'est pas renseigné."
    elif line.price is not None and not _same(line.gross - line.discount, line.price, _CENT):
        yield f"Ligne {rank} : le prix net n'est pas égal au prix brut moins la remise."


def _sentence(name):
    return REFUSALS[name][1]
