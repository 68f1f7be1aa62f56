# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""An invoice as plain data, in the concepts of EN 16931 (its term in brackets, BT- or BG-).

Amounts, prices, quantities and rates are Decimal; amounts are in the invoice's currency, with two
decimals at most, and positive on a credit note as on an invoice. Rates are in percent: 20 for 20 %.
Texts may hold anything: they are cleaned when the document is made (see text.py).
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import Enum

ZERO = Decimal(0)


class InvoiceType(str, Enum):
    """BT-3, from UNTDID 1001."""

    INVOICE = "380"
    CREDIT_NOTE = "381"
    CORRECTED = "384"
    PREPAYMENT = "386"


class BillingFramework(str, Enum):
    """BT-23. A direct deposit to Chorus Pro requires the short code (AIFE documentation); the codes
    of the 2026 reform (B1, S1 …) are for approved platforms. A9 and A12 exist in PDF format only:
    these documents have no place for the validator."""

    A1 = "A1"
    A2 = "A2"  # already paid


class VatPoint(str, Enum):
    """BT-8: when VAT is due. The value is the word that factur-x takes."""

    ON_DEBITS = "invoice"
    ON_RECEIPTS = "payment"


class VatCategory(str, Enum):
    """BT-118 and BT-151, from UNTDID 5305."""

    STANDARD = "S"
    ZERO_RATED = "Z"
    EXEMPT = "E"
    REVERSE_CHARGE = "AE"
    INTRA_COMMUNITY = "K"
    EXPORT = "G"
    OUT_OF_SCOPE = "O"  # no VAT at all: alone on its invoice


class PaymentMeans(str, Enum):
    """BT-81, from UNTDID 4461."""

    CASH = "10"
    CHEQUE = "20"
    TRANSFER = "30"
    DIRECT_DEBIT = "49"
    SEPA_TRANSFER = "58"
    OTHER = "ZZZ"  # agreed between the two

    @property
    def is_transfer(self):
        return self in (PaymentMeans.TRANSFER, PaymentMeans.SEPA_TRANSFER)


class IdentifierType(str, Enum):
    """What identifies a party at Chorus Pro; the value is the scheme's code (ISO 6523).

    A SIRET of 14 digits has 0002, the code of SIRENE, as in accepted deposits of other clients (the
    reform of 2026 requires a SIREN there). Those of foreign parties are the codes registered for
    France (list ICD of EN 16931); no client was seen to use them.
    """

    SIRET = "0002"
    EUROPEAN = "0223"  # VAT number of another member state
    FOREIGN = "0227"  # outside the Union: its country code and the first letters of its name
    RIDET = "0228"  # New Caledonia
    TAHITI = "0229"  # French Polynesia


@dataclass(frozen=True, kw_only=True)
class Identifier:
    """Legal registration of a party (BT-30, BT-47). Spaces in the value are ignored."""

    type: IdentifierType
    value: str


@dataclass(frozen=True, kw_only=True)
class Address:
    """BG-5, BG-8, BG-15. ``country``: ISO 3166-1, two letters; an overseas department may be given
    by its own code (GP, MQ, GF, RE, YT) or as FR."""

    country: str
    line1: str = ""
    line2: str = ""
    line3: str = ""
    postcode: str = ""
    city: str = ""
    subdivision: str = ""


@dataclass(frozen=True, kw_only=True)
class Contact:
    """BG-6, BG-9: any part may be empty."""

    name: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, kw_only=True)
class Party:
    """Seller (BG-4), buyer (BG-7) or place of delivery (BG-13: name and address only)."""

    name: str
    address: Address
    identifier: Identifier | None = None
    vat_number: str = ""
    trading_name: str = ""
    legal_information: str = ""  # capital, register: seller only (BT-33)
    contact: Contact | None = None


@dataclass(frozen=True, kw_only=True)
class Payment:
    """BG-16 and the terms. A credit note only has due date and terms: Chorus Pro refuses payment
    means on credit notes (observed by clients)."""

    means: PaymentMeans = PaymentMeans.TRANSFER
    iban: str = ""
    bic: str = ""
    account_name: str = ""
    payee: str = ""  # BG-10: who is to be paid, when it is not the seller (a factor)
    reference: str = ""  # BT-83, which the payer must quote
    due_date: date | None = None
    terms: str = ""  # BT-20


@dataclass(frozen=True, kw_only=True)
class Note:
    """BG-1. ``subject``: a code of UNTDID 4451, such as PMD (penalties), or nothing."""

    text: str
    subject: str = ""


@dataclass(frozen=True, kw_only=True)
class PrecedingInvoice:
    """BG-3: what a credit note corrects, a final invoice deducts. A stand-alone credit note has
    none. ``mention``: the same in words, for a note where the document cannot hold it."""

    number: str
    issue_date: date | None = None
    mention: str = ""


@dataclass(frozen=True, kw_only=True)
class Adjustment:
    """An allowance or a charge, on a line (BG-27, BG-28) or on the document (BG-20, BG-21: there
    with its VAT). The amount is positive in both; reason or code (UNTDID 5189 for allowances, 7161
    for charges) is compulsory. ``percent`` of ``base``, where that is how it came about."""

    amount: Decimal
    reason: str = ""
    reason_code: str = ""
    percent: Decimal | None = None
    base: Decimal | None = None
    vat_category: VatCategory | None = None
    vat_rate: Decimal = ZERO


@dataclass(frozen=True, kw_only=True)
class Line:
    """BG-25. net_amount = quantity × net_price − allowances + charges, to the cent.

    net_price: what one unit costs, discount taken off, as many decimals as it needs: pricing.py
    fits it into those that Chorus Pro keeps. gross_price: before the discount; left out of the
    document when it is not higher.
    A negative price is written as a negative quantity (EN 16931, rule BR-27).
    """

    id: str
    name: str
    quantity: Decimal
    net_price: Decimal
    net_amount: Decimal
    vat_category: VatCategory = VatCategory.STANDARD
    vat_rate: Decimal = ZERO
    unit: str = "C62"  # UNECE Recommendation 20; C62 is "one"
    gross_price: Decimal | None = None
    description: str = ""
    note: str = ""
    order_line: str = ""  # BT-132, the line of the buyer's order
    seller_code: str = ""
    buyer_code: str = ""
    gtin: str = ""
    period_start: date | None = None
    period_end: date | None = None
    allowances: tuple[Adjustment, ...] = ()
    charges: tuple[Adjustment, ...] = ()


@dataclass(frozen=True, kw_only=True)
class VatBreakdown:
    """BG-23: one for each pair of category and rate; categories but S and Z require a reason."""

    category: VatCategory
    rate: Decimal
    base: Decimal
    amount: Decimal
    exemption_reason: str = ""
    exemption_code: str = ""  # list VATEX


@dataclass(frozen=True, kw_only=True)
class Totals:
    """BG-22. untaxed = lines − allowances + charges; total = untaxed + tax;
    payable = total − prepaid + rounding. tax_in_euro (BT-111): the VAT total in euro, compulsory
    when the currency is another one."""

    lines: Decimal
    untaxed: Decimal
    tax: Decimal
    total: Decimal
    payable: Decimal
    prepaid: Decimal = ZERO
    rounding: Decimal = ZERO
    tax_in_euro: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class SupportingDocument:
    """A file that goes with the invoice (BG-24): in the XML, or embedded in the PDF."""

    name: str
    content: bytes = field(repr=False)
    mime_type: str
    description: str = ""


@dataclass(frozen=True, kw_only=True)
class Invoice:
    """One invoice or credit note for a public body. Its own number may have 20 characters."""

    number: str
    issue_date: date
    seller: Party
    buyer: Party
    lines: tuple[Line, ...]
    vat: tuple[VatBreakdown, ...]
    totals: Totals
    type: InvoiceType = InvoiceType.INVOICE
    currency: str = "EUR"
    framework: BillingFramework = BillingFramework.A1
    vat_point: VatPoint | None = None
    payment: Payment = field(default_factory=Payment)
    service_code: str = ""  # BT-10, where Chorus Pro reads it (AIFE documentation)
    engagement_number: str = ""  # BT-13
    contract_number: str = ""  # BT-12
    delivery: Party | None = None
    delivery_date: date | None = None  # BT-72; else the issue date
    period_start: date | None = None
    period_end: date | None = None
    preceding: tuple[PrecedingInvoice, ...] = ()
    notes: tuple[Note, ...] = ()
    allowances: tuple[Adjustment, ...] = ()
    charges: tuple[Adjustment, ...] = ()

    @property
    def is_credit_note(self):
        return self.type is InvoiceType.CREDIT_NOTE
