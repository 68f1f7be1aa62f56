# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The one mapping from an invoice to the business terms of EN 16931.

The result is the dictionary that the library factur-x renders: keys BT-… and BG-…, words for the
parts of a party. Numbers are text, for the library rounds numbers (prices to four decimals). Absent
terms are absent keys.
"""

from .invoice import ZERO, IdentifierType, Note, VatCategory
from .limits import LIMITS, fitted
from .pricing import written_price
from .problems import compact
from .text import flatten, one_line, split

# SIRET as a separate kind of identifier (ISO 6523), where UBL has a second place for it.
_SIRET = "0009"
# The kinds of identifiers by which the EDI annex of Chorus Pro's external specifications names them
# in UBL (list as GOBL cites it; OCA's deposits have the first). To confirm in qualification.
SCHEME_NAMES = {
    _SIRET: "1",
    IdentifierType.EUROPEAN.value: "2",
    IdentifierType.FOREIGN.value: "3",
    IdentifierType.RIDET.value: "4",
    IdentifierType.TAHITI.value: "5",
}
_ABSENT = (None, "", [], {})


def to_terms(invoice, supporting=()):
    """A new dictionary for an Invoice without problems (see problems.py).

    :param supporting: SupportingDocuments to carry in the XML, in order (BG-24)
    """
    terms, more = _payment(invoice)
    quotable, quoted = _preceding(invoice)
    return fitted(_present(
        {
            "BT-1": invoice.number,
            "BT-2": invoice.issue_date,
            "BT-3": invoice.type.value,
            "BT-5": invoice.currency,
            "BT-6": "EUR" if invoice.currency != "EUR" else None,
            "BT-8": _vat_point(invoice),
            "BT-10": one_line(invoice.service_code),
            "BT-12": one_line(invoice.contract_number),
            "BT-13": one_line(invoice.engagement_number),
            "BT-23": invoice.framework.value,
            "BG-1": [*_notes(invoice.notes), *more, *quoted],
            "BG-3": quotable,
            "BG-4": _seller(invoice),
            "BG-7": _party(invoice.buyer, with_vat=not _is_out_of_scope(invoice)),
            "BG-13": _delivery(invoice.delivery),
            # The library writes an element that its own schema refuses when there is no date.
            "BT-72": invoice.delivery_date or invoice.issue_date,
            "BT-73": invoice.period_start,
            "BT-74": invoice.period_end,
            **terms,
            "BG-20": [_document_adjustment(each) for each in invoice.allowances],
            "BG-21": [_document_adjustment(each) for each in invoice.charges],
            **_totals(invoice),
            "BG-23": [_vat(each) for each in invoice.vat],
            "BG-24": [_supporting(document) for document in supporting],
            "BG-25": [_line(line) for line in invoice.lines],
        }
    ))


def number(value):
    """A Decimal for the XML: no exponent, no needless zeros, no "-0"."""
    text = f"{value + ZERO:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def amount(value):
    """Money: always two decimals."""
    return f"{value + ZERO:.2f}"


def _price(value):
    """At least two decimals, all those it has."""
    text = number(value)
    return text if len(text.partition(".")[2]) > 1 else amount(value)


def _present(value):
    """Without what is absent, at any depth. Zero as text stays."""
    if isinstance(value, dict):
        kept = ((key, _present(item)) for key, item in value.items())
        return {key: item for key, item in kept if item not in _ABSENT}
    if isinstance(value, list):
        return [item for item in map(_present, value) if item not in _ABSENT]
    return value


def _is_out_of_scope(invoice):
    return any(vat.category is VatCategory.OUT_OF_SCOPE for vat in invoice.vat)


def _vat_point(invoice):
    """Only where VAT is due."""
    taxed = any(vat.category is VatCategory.STANDARD for vat in invoice.vat)
    return invoice.vat_point.value if invoice.vat_point and taxed else None


def _notes(notes):
    """Terms of notes, each in as many as its length needs."""
    return [
        {"BT-21": note.subject, "BT-22": piece}
        for note in notes
        for piece in split(flatten(note.text), LIMITS["BT-22"].length)
    ]


def _preceding(invoice):
    """(terms of the last ones of the earlier invoices whose numbers Chorus Pro can hold, notes
    that quote the others)."""
    number, most = LIMITS["BT-25"], LIMITS["BG-3"].most
    holdable = [each for each in invoice.preceding if number.holds(one_line(each.number))][-most:]
    others = [each for each in invoice.preceding if each not in holdable]
    terms = [{"BT-25": one_line(each.number), "BT-26": each.issue_date} for each in holdable]
    return terms, _notes([Note(text=each.mention or each.number) for each in others])


def _party(party, with_vat):
    """The terms of a party; outside VAT, without its VAT number (BR-O-02)."""
    terms = {
        "name": one_line(party.name),
        "biz_name": one_line(party.trading_name),
        "legal_info": one_line(party.legal_information),
        **_address(party.address),
    }
    if party.identifier:
        terms["legal_identifier"] = compact(party.identifier.value)
        terms["legal_identifier_schemeid"] = party.identifier.type.value
    if with_vat:
        terms["vat_identifier"] = compact(party.vat_number)
    if party.contact:
        parts = ("name", "phone", "email")
        terms["contacts"] = [{part: one_line(getattr(party.contact, part)) for part in parts}]
    return terms


def _seller(invoice):
    seller = invoice.seller
    terms = _party(seller, with_vat=not _is_out_of_scope(invoice))
    if not _is_out_of_scope(invoice) and not seller.vat_number:
        # A seller without VAT number must have another tax registration (BR-S-02, BR-E-02 …).
        terms["tax_identifier"] = terms["legal_identifier"]
    return terms


def _address(address):
    return {
        "addr_l1": one_line(address.line1),
        "addr_l2": one_line(address.line2),
        "addr_l3": one_line(address.line3),
        "postcode": one_line(address.postcode),
        "city": one_line(address.city),
        "country_subdivision": one_line(address.subdivision),
        "country_code": address.country,
    }


def _delivery(party):
    return party and {"name": one_line(party.name), **_address(party.address)}


def with_party_identifications(terms):
    """For UBL: identify and name the parties a second time, in PartyIdentification and PartyName,
    where Chorus Pro looks for the supplier and other clients write them (observed; to confirm in
    qualification)."""
    for key in ("BG-4", "BG-7"):
        party = terms[key]
        party.setdefault("biz_name", party["name"])
        scheme = party["legal_identifier_schemeid"]
        scheme = _SIRET if scheme == IdentifierType.SIRET.value else scheme
        party["identifiers"] = {scheme: party["legal_identifier"]}
    return terms


def _payment(invoice):
    """(terms, notes with what the payment terms cannot hold)."""
    payment = invoice.payment
    text, *rest = split(flatten(payment.terms), LIMITS["BT-20"].length) or [""]
    more = _notes([Note(text=piece) for piece in rest])
    terms = {"BT-9": payment.due_date, "BT-20": text}
    if invoice.is_credit_note:
        # In UBL its due date is part of the payment means, which it may not have: BR-CO-25 then
        # requires terms.
        if payment.due_date and not terms["BT-20"]:
            terms["BT-20"] = payment.due_date.isoformat()
        return terms, more
    iban = compact(payment.iban)
    terms |= {
        "BT-81": payment.means.value,
        "BT-83": one_line(payment.reference),
        "BT-84": iban,
        "BT-85": one_line(payment.account_name) if iban else None,
        "BT-86": compact(payment.bic) if iban else None,
        "BG-10": {"name": one_line(payment.payee)},
    }
    return terms, more


def _totals(invoice):
    totals = invoice.totals
    allowances = sum((each.amount for each in invoice.allowances), ZERO)
    charges = sum((each.amount for each in invoice.charges), ZERO)
    foreign = invoice.currency != "EUR"
    return {
        "BT-106": amount(totals.lines),
        "BT-107": amount(allowances) if invoice.allowances else None,
        "BT-108": amount(charges) if invoice.charges else None,
        "BT-109": amount(totals.untaxed),
        "BT-110": amount(totals.tax),
        "BT-111": amount(totals.tax_in_euro) if foreign else None,
        "BT-112": amount(totals.total),
        "BT-113": amount(totals.prepaid) if totals.prepaid else None,
        "BT-114": amount(totals.rounding) if totals.rounding else None,
        "BT-115": amount(totals.payable),
    }


def _rate(category, rate):
    """A rate is compulsory except outside VAT, where it is forbidden (BR-O-05)."""
    return None if category is VatCategory.OUT_OF_SCOPE else number(rate)


def _vat(vat):
    return {
        "BT-116": amount(vat.base),
        "BT-117": amount(vat.amount),
        "BT-118": vat.category.value,
        "BT-119": _rate(vat.category, vat.rate),
        "BT-120": one_line(vat.exemption_reason),
        "BT-121": vat.exemption_code,
    }


def _adjustment(adjustment):
    return {
        "amount": amount(adjustment.amount),
        "base_amount": None if adjustment.base is None else amount(adjustment.base),
        "rate": None if adjustment.percent is None else number(adjustment.percent),
        "reason": one_line(adjustment.reason),
        "reason_code": adjustment.reason_code,
    }


def _document_adjustment(adjustment):
    rate = _rate(adjustment.vat_category, adjustment.vat_rate)
    vat = {"vat_category_code": adjustment.vat_category.value, "vat_rate": rate}
    return {**_adjustment(adjustment), **vat}


def _supporting(document):
    return {
        "BT-122": one_line(document.name),
        "BT-123": one_line(document.description),
        "BT-125": document.content,
        "BT-125-1": document.mime_type,
        "BT-125-2": one_line(document.name),
    }


def _line(line):
    price = written_price(line)
    terms = {
        "BT-126": line.id,
        "BT-127-00": [{"BT-127": flatten(line.note)}],
        "BT-129": number(price.quantity),
        "BT-130": price.unit,
        "BT-131": amount(line.net_amount),
        "BT-132": one_line(line.order_line),
        "BT-134": line.period_start,
        "BT-135": line.period_end,
        "BT-146": _price(price.net),
        "BT-149": number(price.base) if price.base != 1 else None,
        "BT-151": line.vat_category.value,
        "BT-152": _rate(line.vat_category, line.vat_rate),
        "BT-153": one_line(line.name),
        "BT-154": flatten(line.description),
        "BT-155": one_line(line.seller_code),
        "BT-156": one_line(line.buyer_code),
        "BG-27": [_adjustment(each) for each in line.allowances],
        "BG-28": [_adjustment(each) for each in line.charges],
    }
    if line.gtin:
        terms |= {"BT-157": one_line(line.gtin), "BT-157-1": "0160"}
    if price.gross is not None:
        # Chorus Pro refuses a gross price without its discount (observed by clients).
        terms["BT-148"] = _price(price.gross)
        terms["BT-147-00"] = [{"BT-147": _price(price.gross - price.net)}]
    return terms
