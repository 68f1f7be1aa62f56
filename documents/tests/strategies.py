# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Any invoice that accounting software may post: it adds up, whatever else it is."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import strategies as st
from samples import BUYER, SELLER, TRANSFER, invoice, line

from documents.invoice import (
    Adjustment,
    BillingFramework,
    InvoiceType,
    Note,
    PaymentMeans,
    PrecedingInvoice,
    VatCategory,
    VatPoint,
)
from documents.text import one_line

C = VatCategory
RATES = {C.STANDARD: ("20", "10", "8.5", "5.5", "2.1", "1.75", "1.05", "0.9")}
# Categories that live together on an invoice.
FAMILIES = (
    (C.STANDARD,),
    (C.STANDARD, C.ZERO_RATED, C.EXEMPT),
    (C.STANDARD, C.REVERSE_CHARGE),
    (C.EXEMPT,),
    (C.REVERSE_CHARGE,),
    (C.INTRA_COMMUNITY,),
    (C.EXPORT,),
    (C.OUT_OF_SCOPE,),
)


def decimals(lowest, highest, places):
    """Up to ``places`` decimals, fewer as often as not."""
    return st.integers(0, places).flatmap(
        lambda count: st.decimals(lowest, highest, places=count, allow_nan=False)
    )


words = st.text(max_size=60)
names = words.filter(one_line)
references = st.one_of(st.just(""), names)
money = st.decimals("0.00", "99.99", places=2)


@st.composite
def vat(draw, family):
    category = draw(st.sampled_from(family))
    rate = draw(st.sampled_from(RATES.get(category, ("0",))))
    return {"vat_category": category, "vat_rate": Decimal(rate)}


def adjustments(**more):
    return st.builds(Adjustment, amount=money, reason=names, **more)


@st.composite
def lines(draw, family):
    price = draw(decimals("-2000", "2000", 8))
    discount = draw(st.one_of(st.none(), decimals("-5", "20", 4)))
    few = st.lists(adjustments(), max_size=1).map(tuple)
    group = draw(vat(family))
    return line(
        str(draw(decimals("-500", "500", 4))),
        str(price),
        name=draw(names),
        description=draw(words),
        note=draw(words),
        unit=draw(st.sampled_from(["C62", "HUR", "DAY", "KGM", "MTR", "LTR"])),
        gross_price=None if discount is None else price + discount,
        allowances=draw(few),
        charges=draw(few),
        **group,
    )


@st.composite
def invoices(draw):
    family = draw(st.sampled_from(FAMILIES))
    foreign = draw(st.booleans())
    groups = vat(family)
    made = draw(st.lists(lines(family), min_size=1, max_size=5))
    # On the document, allowances and charges belong to the VAT of a line, or to one of their own.
    few = st.lists(
        groups.flatmap(
            lambda group: adjustments(
                vat_category=st.just(group["vat_category"]), vat_rate=st.just(group["vat_rate"])
            )
        ),
        max_size=2,
    ).map(tuple)
    day = st.dates(date(2020, 1, 1), date(2030, 12, 31))
    return invoice(
        *made,
        number=draw(st.from_regex(r"[A-Za-z0-9\-_/+]{1,20}", fullmatch=True)),
        type=draw(st.sampled_from(InvoiceType)),
        framework=draw(st.sampled_from(BillingFramework)),
        vat_point=draw(st.sampled_from([None, *VatPoint])),
        currency="USD" if foreign else "EUR",
        seller=replace(SELLER, name=draw(names)),
        buyer=replace(BUYER, name=draw(names), vat_number="FR53987654321"),
        delivery=BUYER,
        delivery_date=draw(st.one_of(st.just(date(2026, 11, 1)), day)),
        payment=replace(
            TRANSFER,
            means=draw(st.sampled_from(PaymentMeans)),
            terms=draw(words),
            reference=draw(words),
            due_date=draw(day),
        ),
        service_code=draw(references),
        engagement_number=draw(references),
        contract_number=draw(references),
        preceding=draw(
            st.lists(st.builds(PrecedingInvoice, number=names, issue_date=day), max_size=2)
        ),
        notes=tuple(draw(st.lists(st.builds(Note, text=words), max_size=2))),
        allowances=draw(few),
        charges=draw(few),
        prepaid=str(draw(money)),
        rounding=str(draw(st.sampled_from(["0", "0.01", "-0.04"]))),
    )
