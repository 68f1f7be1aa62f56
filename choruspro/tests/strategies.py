# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Generators for property tests: requests of all sorts, good and bad, and answers full of junk."""

import json
from datetime import date, datetime, timezone
from decimal import Decimal

from hypothesis import strategies as st

from choruspro import limits
from choruspro.messages import (
    AttachmentReference,
    BillingFramework,
    InvoiceSubmission,
    InvoiceTotals,
    InvoiceType,
    PaymentMeans,
    VatLine,
    VatRegime,
)

printable = st.characters(
    min_codepoint=32, max_codepoint=0x24F, exclude_categories=["Cc", "Cs", "Cf"]
)


def words(limit):
    return st.text(printable, min_size=1, max_size=limit).filter(str.strip)


identifiers = st.integers(0, 2**63 - 1).map(str)
amounts = st.decimals(-(10**12), 10**12, places=6) | st.decimals(-(10**6), 10**6, places=2)
numbers = st.text("ABCxyz0123456789-_/+", min_size=1, max_size=20)
days = st.dates(date(1900, 1, 1), date(2200, 1, 1))
moments = st.datetimes(datetime(1980, 1, 1), datetime(2100, 1, 1), timezones=st.just(timezone.utc))

totals = st.builds(
    InvoiceTotals,
    untaxed=amounts,
    tax=amounts,
    total=amounts,
    payable=amounts,
)
vat_lines = st.builds(VatLine, base=amounts, amount=amounts, rate_code=words(20)) | st.builds(
    VatLine, base=amounts, amount=amounts, manual_rate=st.decimals(0, 100, places=3)
)
attachments = st.builds(
    AttachmentReference,
    attachment_id=identifiers,
    label=words(100),
    type_code=words(30),
)
submissions = st.builds(
    InvoiceSubmission,
    number=numbers,
    invoice_date=days,
    invoice_type=st.sampled_from(InvoiceType),
    recipient_siret=st.text("0123456789", min_size=14, max_size=14),
    service_code=st.none() | st.from_regex(limits.SERVICE_CODE, fullmatch=True).map(
        lambda code: code[: limits.LIMITS["codeServiceExecutant"].length]
    ),
    supplier_id=identifiers,
    supplier_service_id=st.none() | identifiers,
    bank_account_id=st.none() | identifiers,
    billing_framework=st.sampled_from(BillingFramework),
    validator_identifier=st.just("12345678200069"),
    currency=st.sampled_from(["EUR", "USD", "XPF"]),
    vat_regime=st.sampled_from(VatRegime),
    exemption_reason=st.just("EXO1"),
    payment_means=st.sampled_from(PaymentMeans),
    contract_number=st.none() | words(50),
    engagement_number=st.none() | words(50),
    original_number=st.none() | numbers,
    vat_lines=st.lists(vat_lines, max_size=4).map(tuple),
    totals=totals,
    main_attachment_id=identifiers,
    main_attachment_label=words(100),
    attachments=st.lists(attachments, max_size=3).map(tuple),
    comment=st.none() | st.just("ligne 1\nligne 2") | words(2000),
)

# Wild values: what a careless caller or a strange database may hold.
wild_text = st.none() | st.text(max_size=120) | st.sampled_from(["", " ", "\n", "F 1", "é" * 21])
wild_amounts = (
    amounts
    | st.integers()
    | st.sampled_from([Decimal("NaN"), Decimal("Infinity"), Decimal("1E+13"), Decimal("1E-7")])
)
wild_submissions = st.builds(
    InvoiceSubmission,
    number=wild_text | numbers,
    invoice_date=st.none() | days,
    invoice_type=st.sampled_from(InvoiceType),
    recipient_siret=wild_text | st.text("0123456789 ", max_size=18),
    service_code=wild_text,
    supplier_id=wild_text | identifiers,
    bank_account_id=wild_text,
    billing_framework=st.sampled_from(BillingFramework),
    validator_identifier=wild_text,
    currency=wild_text | st.just("EUR"),
    vat_regime=st.sampled_from(VatRegime),
    exemption_reason=wild_text,
    payment_means=st.sampled_from(PaymentMeans),
    contract_number=wild_text,
    engagement_number=wild_text,
    original_number=wild_text,
    vat_lines=st.lists(
        st.builds(VatLine, base=wild_amounts, amount=wild_amounts, rate_code=wild_text),
        max_size=2,
    ).map(tuple),
    totals=st.builds(
        InvoiceTotals,
        untaxed=wild_amounts,
        tax=wild_amounts,
        total=wild_amounts,
        payable=wild_amounts,
    ),
    main_attachment_id=st.just(""),
    main_attachment_label=wild_text,
    comment=wild_text,
)

junk_leaves = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.sampled_from([Decimal("1E+999999"), Decimal("-1E+9999"), Decimal("1E-99999"), 10**400])
    | st.text(max_size=20)
    | st.sampled_from(["2026-11-22", "2026-13-45", "0001-01-01", "9999-12-31T23:59:59.999-14:00"])
)


junk = st.recursive(
    junk_leaves,
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2)
    ),
    max_leaves=4,
)


@st.composite
def spoiled(draw, sound):
    """The sound answer with one to four of its values, at any depth, spoiled or left out."""
    answer = json.loads(json.dumps(sound))
    for _ in range(draw(st.integers(1, 4))):
        place = answer
        while True:
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            if isinstance(place[key], (dict, list)) and draw(st.booleans()):
                place = place[key]
                continue
            if draw(st.booleans()):
                place[key] = draw(junk)
            else:
                del place[key]
            break
    return answer
