# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What soumettre checks once the request can be read: business rules, one refusal each.

Each function takes the platform, the supplier whose technical account calls, and the request;
it raises `Refusal` or returns what it found.
"""

import re
from decimal import Decimal

from ..world.clock import PARIS, is_day, read_moment
from ..world.code_lists import VALIDATED_FRAMEWORKS
from ..world.directory_data import ATTACHMENT_TYPES, CURRENCIES, VAT_RATES
from ..world.files import ATTACHMENT, PDF_OF_INVOICE
from ..world.refusals import Refusal

MAX_NUMBER = 20
_NUMBER = re.compile(r"[0-9A-Za-z_/+-]+\Z")
# 20260305, 2026-03-05, 2026/03/05
_DATE = re.compile(r"([12]\d{3})([-/_]?)(\d{2})\2(\d{2})\Z")
_CENT = Decimal("0.01")
_VAT_CODES = frozenset(rate.code for rate in VAT_RATES)
_ATTACHMENT_CODES = frozenset(row.code for row in ATTACHMENT_TYPES if row.object_type == "FACTURE")
CURRENCY_CODES = frozenset(currency.code for currency in CURRENCIES)
_RESERVED_SERVICE = "FACTURES_PUBLIQUES"


def read_date(platform, body):
    """The day of the invoice, in Paris when it came with a time; None when there is none."""
    given = body.get("dateFacture")
    if given is None or is_day(given):
        return given
    if platform.switches.invoice_date == "day":
        raise Refusal("wrong_type", field="dateFacture", expected="date AAAA-MM-JJ")
    return read_moment(given).astimezone(PARIS).strftime("%Y-%m-%d")


def check_supplier(platform, supplier, body):
    """The seller is the structure of the technical account, its service and bank account too."""
    given = body["fournisseur"]
    if given["idFournisseur"] != supplier.structure.structure_id:
        raise Refusal("structure_not_ours")
    _check_own_service(platform.switches.supplier_service, supplier, given)
    account = given.get("codeCoordonneesBancairesFournisseur")
    if account is not None:
        if account not in {item.bank_account_id for item in supplier.bank_accounts}:
            raise Refusal("bank_account_unknown")


def _check_own_service(side, supplier, given):
    service = given.get("idServiceFournisseur")
    if service is None and side == "mandatory":
        raise Refusal("missing", field="fournisseur.idServiceFournisseur")
    if service is None or (service == 0 and side != "optional"):
        return
    if service not in {item.service_id for item in supplier.structure.services if item.active}:
        raise Refusal("service_of_supplier")


def check_number(platform, supplier, body):
    """The number of the invoice: given for a deposited PDF, made here for an entry."""
    number = body.get("numeroFactureSaisi")
    if body["modeDepot"] == "SAISIE_API":
        if number:
            raise Refusal("number_given")
        year = platform.clock.day(platform.clock.now())[:4]
        return f"{year}{platform.invoices.next_id():016}"
    if not number:
        raise Refusal("number_missing")
    for name in number_problems(number):
        raise Refusal(name)
    if platform.is_taken(supplier, number):
        raise Refusal("number_duplicate", code=platform.switches.duplicate_code)
    if not body.get("dateFacture"):
        raise Refusal("date_missing")
    return number


def number_problems(number):
    """The names of the refusals that a number deserves for its form."""
    if len(number) > MAX_NUMBER:
        yield "number_too_long"
    if not _NUMBER.match(number):
        yield "number_characters"
    if (date := _DATE.match(number)) and is_day("-".join(date.group(1, 3, 4))):
        yield "number_is_date"


def check_recipient(platform, body):
    """The recipient exists, is active, and gets the service and engagement it demands."""
    recipient = platform.directory.recipient(body["destinataire"]["codeDestinataire"])
    code = body["destinataire"].get("codeServiceExecutant")
    engagement = body["references"].get("numeroBonCommande")
    for name in recipient_problems(platform, recipient, code, engagement):
        raise Refusal(name)
    return recipient


def recipient_problems(platform, recipient, code, engagement):
    """The names of the refusals for a recipient (None: unknown), a service and an engagement."""
    if recipient is None:
        yield "recipient_unknown"
        return
    if not recipient.active:
        yield "recipient_inactive"
        return
    if recipient.service_or_engagement_required and not (code or engagement):
        yield "service_or_engagement_missing"
    if recipient.service_required and not code:
        yield "service_missing"
    service = recipient.service(code) if code else None
    demanded = recipient.engagement_required or (service and service.engagement_required)
    if demanded and not engagement:
        yield "engagement_missing"
    if code:
        yield from _service_problems(platform, service)


def _service_problems(platform, service):
    if service is None:
        yield "service_unknown"
    elif not platform.is_open(service):
        yield "service_inactive"
    elif service.code == _RESERVED_SERVICE:
        yield "service_reserved"


def check_references(platform, body):
    """Currency, exemption reason, validator, lines of an entry."""
    references = body["references"]
    if references["deviseFacture"] not in CURRENCY_CODES:
        raise Refusal("currency_unknown")
    if references["typeTva"] == "EXONERATION" and not references.get("motifExonerationTva"):
        raise Refusal("exemption_reason_missing")
    framework = body["cadreDeFacturation"]
    if framework["codeCadreFacturation"] in VALIDATED_FRAMEWORKS:
        validator = framework.get("codeStructureValideur")
        if not validator:
            raise Refusal("validator_missing")
        if platform.directory.by_siret(validator) is None:
            raise Refusal("validator_unknown")
    if body["modeDepot"] == "SAISIE_API" and not body.get("lignePoste"):
        raise Refusal("lines_missing")


def _cents(value):
    return Decimal(value or 0).quantize(_CENT)


def check_amounts(platform, body):
    """Totals add up to the cent; VAT lines add up to the totals; the sign of a credit note.

    An AIFE sample of soumettre shows that the total with tax is after the global discount.
    """
    total = body["montantTotal"]
    untaxed, tax = total["montantHtTotal"], total["montantTVA"]
    discount = total.get("montantRemiseGlobaleTTC")
    expected = Decimal(untaxed) + Decimal(tax) - Decimal(discount or 0)
    if _cents(total["montantTtcTotal"]) != _cents(expected):
        raise Refusal("total_mismatch")
    lines = body.get("ligneTva") or []
    for line in lines:
        code, manual = line.get("ligneTvaTaux"), line.get("ligneTvaTauxManuel")
        if (code is None) == (manual is None):
            raise Refusal("vat_rate")
        if code is not None and code not in _VAT_CODES:
            raise Refusal("vat_rate_unknown")
    if lines or tax:
        base = sum(Decimal(line["ligneTvaMontantBaseHtParTaux"]) for line in lines)
        if lines and _cents(base) != _cents(untaxed):
            raise Refusal("vat_base_mismatch")
        amount = sum(Decimal(line["ligneTvaMontantTvaParTaux"]) for line in lines)
        if _cents(amount) != _cents(tax):
            raise Refusal("vat_amount_mismatch")
    sign = platform.switches.credit_note_sign
    if body["references"]["typeFacture"] == "AVOIR" and sign != "any":
        wrong = total["montantTtcTotal"] < 0 if sign == "positive" else total["montantTtcTotal"] > 0
        if wrong:
            raise Refusal("credit_note_sign")


def find_main_attachment(platform, supplier, body):
    """The deposited PDF that becomes the invoice; None for an entry without one."""
    given = body.get("pieceJointePrincipale")
    shape = platform.switches.main_attachment
    is_array = isinstance(given, list)
    if given is not None and shape != "both" and is_array != (shape == "array"):
        expected = "tableau" if shape == "array" else "objet"
        raise Refusal("wrong_type", field="pieceJointePrincipale", expected=expected)
    rows = given if is_array else [given] if given else []
    if not rows:
        if body["modeDepot"] == "SAISIE_API":
            return None
        raise Refusal("main_attachment_missing")
    if len(rows) > 1:
        raise Refusal("main_attachment_shape")
    file_id = rows[0]["pieceJointePrincipaleId"]
    found = platform.files.get(file_id, supplier.account.login)
    if found is None or found.kind != PDF_OF_INVOICE:
        raise Refusal("main_attachment_unknown", id=file_id)
    if found.used_by is not None:
        raise Refusal("main_attachment_used")
    signed = found.signature != "PDF_NON_SIGNE"
    if body["modeDepot"] != "SAISIE_API" and signed != (body["modeDepot"] == "DEPOT_PDF_SIGNE_API"):
        raise Refusal("main_attachment_signature")
    return found


def find_attachments(platform, supplier, body):
    """The complementary attachments, which ajouter/fichier stored before."""
    files = []
    for row in body.get("pieceJointeComplementaire") or []:
        found = platform.files.get(row["pieceJointeComplementaireId"], supplier.account.login)
        if found is None or found.kind != ATTACHMENT:
            raise Refusal("attachment_unknown", id=row["pieceJointeComplementaireId"])
        if row["pieceJointeComplementaireType"] not in _ATTACHMENT_CODES:
            raise Refusal("attachment_type")
        files.append(found)
    return tuple(files)
