# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Any text and any number give a document that the table of limits allows, whose sums hold; what
must not be cut is reported."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from lxml import etree
from samples import BUYER, SELLER, TRANSFER, invoice, line

from documents.invoice import InvoiceType, Note, PrecedingInvoice, SupportingDocument
from documents.limits import LIMITS, PARTY_TERMS, Fit
from documents.pricing import cents, fits, line_amount, written_price
from documents.problems import find_problems
from documents.rendering import Syntax, render
from documents.terms import to_terms
from documents.text import cut, flatten, one_line, split

D = Decimal
PDF = b"%PDF-1.7"

long_texts = st.one_of(
    st.text(max_size=40),
    # Repeated: a thousand characters drawn one by one would be too much to draw.
    st.builds(lambda text, times: text * times, st.text(max_size=15), st.integers(1, 150)),
    st.lists(st.sampled_from(["Règlement", "\n", "\u200b", "x" * 1100, "🧾" * 90]), max_size=9)
    .map(" ".join),
)  # fmt: skip
names = long_texts.map(lambda text: f"{text} Mairie")
quantities = st.one_of(
    st.decimals("-9999999", "9999999", places=6),
    st.decimals("-1", "1", places=12),
    st.sampled_from(list(map(D, ("1234567", "1000000", "0.333333", "0.00001", "1E+20", "0")))),
)
prices = st.one_of(
    st.decimals("-99999", "99999", places=9),
    st.decimals("0", "0.01", places=20),
    st.sampled_from(list(map(D, ("0.08123121", "6.2383119", "0.8333333333333334", "1E+6")))),
)


def every_term(terms, group=""):
    """(term, value) of a dictionary of terms, at any depth; parts of parties by their numbers."""
    for key, value in terms.items():
        key = PARTY_TERMS.get(group, {}).get(key, key)
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, dict):
                yield from every_term(each, key)
            else:
                yield key, each


def assert_allowed(terms):
    found = list(every_term(terms))
    for term, value in found:
        limit = LIMITS.get(term)
        if limit is None:
            continue
        if limit.decimals is None:
            assert limit.holds(value), (term, value)
        else:
            assert fits(term, D(value)), (term, value)
    assert len(terms.get("BG-3", [])) <= LIMITS["BG-3"].most
    assert isinstance(terms.get("BT-20", ""), str)


@st.composite
def any_lines(draw):
    made = [
        line(
            str(quantity), str(price), gross_price=draw(st.none() | prices), name=draw(names),
            description=draw(long_texts), note=draw(long_texts),
        )
        for quantity, price in draw(
            st.lists(st.tuples(quantities, prices), min_size=1, max_size=4)
        )
    ]  # fmt: skip
    # What they add up to must be writable too.
    return [each for each in made if abs(each.net_amount) < 10**12] or [line()]


@st.composite
def any_invoices(draw):
    lines = draw(any_lines())
    earlier = st.builds(
        PrecedingInvoice,
        number=names | st.from_regex(r"[A-Z0-9/]{1,22}", fullmatch=True),
        issue_date=st.just(date(2026, 3, 5)),
    )
    return invoice(
        *lines,
        type=draw(st.sampled_from(InvoiceType)),
        seller=replace(
            SELLER, name=draw(names), trading_name=draw(long_texts),
            address=replace(SELLER.address, line1=draw(long_texts), city=draw(long_texts)),
        ),
        buyer=replace(BUYER, name=draw(names), trading_name=draw(long_texts)),
        delivery=replace(BUYER, name=draw(names)),
        payment=replace(TRANSFER, terms=draw(long_texts)),
        notes=tuple(Note(text=text) for text in draw(st.lists(long_texts, max_size=3))),
        preceding=tuple(draw(st.lists(earlier, max_size=3))),
    )  # fmt: skip


@settings(max_examples=40)
@given(made=any_invoices(), file_name=names)
def test_any_text_and_any_number_give_terms_that_the_table_allows(made, file_name):
    assert find_problems(made) == ()
    file = SupportingDocument(
        name=file_name, content=PDF, mime_type="application/pdf", description=file_name
    )
    assert_allowed(to_terms(made, (file,)))


@pytest.mark.parametrize("syntax", Syntax)
@settings(max_examples=10)
@given(made=any_invoices())
def test_what_was_cut_split_and_rounded_breaks_no_official_rule(make_valid, made, syntax):
    make_valid(made, syntax)


@settings(max_examples=300)
@given(quantity=quantities, price=prices, gross=st.none() | prices)
def test_written_quantity_and_price_give_the_amount_of_the_line(quantity, price, gross):
    amount = line_amount(quantity, price)
    assume(fits("BT-131", amount))
    written = written_price(line(str(quantity), str(price), gross_price=gross))
    assert written.amount == amount
    assert fits("BT-129", written.quantity)
    assert fits("BT-146", written.net) and written.net >= 0
    assert fits("BT-149", written.base) and written.base > 0
    if written.gross is not None:
        assert fits("BT-148", written.gross) and fits("BT-147", written.gross - written.net)
        assert written.gross > written.net


@pytest.mark.parametrize(
    ("quantity", "price", "written"),
    [
        ("3", "33.33", ("3", "33.33", "1")),
        # 9.357 less 33.33 %
        ("1", "6.2383119", ("1", "6.238312", "1")),
        # A dozen at 10.00, sold by the unit
        ("7", "0.8333333333333334", ("7", "0.833333", "1")),
        # Hours of a time sheet
        ("0.333333", "99.99", ("0.3333", "99.99", "1")),
        # Energy: the price is said for a hundred units
        ("1234567", "0.08123121", ("1234567", "8.123121", "100")),
        # Next to nothing of something dear
        ("0.00001", "500000", ("1", "5.00", "1")),
        ("-0.333333", "99.99", ("-0.3333", "99.99", "1")),
        ("2", "-6.2383119", ("-2", "6.238312", "1")),
    ],
)
def test_price_and_quantity_are_rounded_as_little_as_the_amount_allows(quantity, price, written):
    found = written_price(line(quantity, price))
    assert (found.quantity, found.net, found.base) == tuple(map(D, written))


def test_price_for_several_units_says_so_in_both_syntaxes():
    made = invoice(line("1234567", "0.08123121", unit="KWH"))
    cii = etree.fromstring(render(made, Syntax.FACTURX))
    [base] = cii.findall(".//{*}NetPriceProductTradePrice/{*}BasisQuantity")
    assert (base.text, base.get("unitCode")) == ("100", "KWH")
    ubl = etree.fromstring(render(made, Syntax.UBL))
    assert [each.text for each in ubl.findall(".//{*}Price/{*}BaseQuantity")] == ["100"]


def test_quantity_that_cannot_be_written_becomes_one():
    made = line("0.00001", "500000", unit="HUR")
    assert written_price(made).unit == "C62"
    assert to_terms(invoice(made))["BG-25"][0]["BT-130"] == "C62"


def test_rules_of_the_reform_on_decimals_find_nothing(reform_schematrons):
    made = invoice(
        line("1", "6.2383119"), line("0.333333", "99.99"), line("1234567", "0.08123121"),
        line("7", "0.8333333333333334", gross_price=D("0.9191919191")),
    )  # fmt: skip
    for syntax in Syntax:
        found = reform_schematrons[syntax].errors(render(made, syntax))
        assert [rule for rule, _text in found if "DEC" in rule] == []


@pytest.mark.parametrize("syntax", Syntax)
def test_factor_is_named_as_payee_but_not_on_a_credit_note(make_valid, syntax):
    payment = replace(TRANSFER, payee="FACTOR " * 20)
    tree = make_valid(invoice(payment=payment), syntax)
    [payee] = tree.iter("{*}PayeeTradeParty", "{*}PayeeParty")
    assert "".join(payee.itertext()).strip() == ("FACTOR " * 14).strip()
    credit_note = make_valid(invoice(type=InvoiceType.CREDIT_NOTE, payment=payment), syntax)
    assert not list(credit_note.iter("{*}PayeeTradeParty", "{*}PayeeParty"))
    own = make_valid(invoice(), syntax)
    assert not list(own.iter("{*}PayeeTradeParty", "{*}PayeeParty"))


def test_long_note_is_split_and_keeps_its_subject():
    terms = to_terms(invoice(notes=(Note(text="Conditions générales. " * 160, subject="AAB"),)))
    assert [note["BT-21"] for note in terms["BG-1"]] == ["AAB"] * 4
    said = " ".join(note["BT-22"] for note in terms["BG-1"])
    assert said == ("Conditions générales. " * 160).strip()


def test_long_payment_terms_go_on_as_a_note():
    payment = replace(TRANSFER, terms="Escompte. " * 110)
    terms = to_terms(invoice(payment=payment))
    assert len(terms["BT-20"]) <= 1024
    said = " ".join([terms["BT-20"], *(note["BT-22"] for note in terms["BG-1"])])
    assert said == ("Escompte. " * 110).strip()


def test_names_and_descriptions_are_cut_between_words():
    name = (
        "DIRECTION REGIONALE DE L'ENVIRONNEMENT DE L'AMENAGEMENT ET DU LOGEMENT DE "
        "NOUVELLE-AQUITAINE - SERVICE PATRIMOINE NATUREL"
    )
    terms = to_terms(
        invoice(line(description="Prestation. " * 130), buyer=replace(BUYER, name=name))
    )
    assert terms["BG-7"]["name"] == name.partition(" SERVICE")[0]
    assert terms["BG-25"][0]["BT-154"].endswith("Prestation.…")


def test_earlier_invoice_that_chorus_pro_cannot_hold_is_quoted_in_a_note():
    day = date(2019, 3, 5)
    for number in ("FACTURE 2019.0001", "FAC/CLIENTS/2019/000123"):
        earlier = PrecedingInvoice(number=number, issue_date=day, mention=f"Avoir sur {number}")
        terms = to_terms(invoice(type=InvoiceType.CREDIT_NOTE, preceding=(earlier,)))
        assert "BG-3" not in terms
        assert terms["BG-1"] == [{"BT-22": f"Avoir sur {number}"}]


def test_of_several_earlier_invoices_the_last_one_is_referenced():
    earlier = tuple(
        PrecedingInvoice(number=f"AC/{each}", issue_date=date(2026, each, 1)) for each in (1, 2)
    )
    terms = to_terms(invoice(preceding=earlier))
    assert [each["BT-25"] for each in terms["BG-3"]] == ["AC/2"]
    assert terms["BG-1"] == [{"BT-22": "AC/1"}]


@pytest.mark.parametrize(
    ("name", "length"),
    [("service_code", 100), ("contract_number", 50), ("engagement_number", 50)],
)
def test_references_of_the_customer_are_never_cut(name, length):
    assert find_problems(invoice(**{name: f" {'X' * length} "})) == ()
    [problem] = find_problems(invoice(**{name: "X" * (length + 1)}))
    assert (problem.code, problem.field) == ("reference_too_long", name)


def test_amount_beyond_thirteen_digits_and_rate_of_three_decimals_are_reported():
    [problem, *_totals] = find_problems(invoice(line("1", "1E+13")))
    assert (problem.code, problem.field) == ("amount_too_large", "lines[0].net_amount")
    [problem, *_not_french] = find_problems(invoice(line(rate="20.125")))
    assert (problem.code, problem.field) == ("rate_decimals", "vat[0].rate")


@given(text=long_texts, length=st.integers(20, 200))
def test_split_loses_nothing_but_white_space(text, length):
    pieces = split(text, length)
    assert all(0 < len(piece) <= length for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


@given(text=long_texts, length=st.integers(20, 200))
def test_cut_keeps_the_beginning(text, length):
    found = cut(text, length, "…")
    assert len(found) <= length
    assert found == text or text.startswith(found.removesuffix("…"))


@pytest.mark.parametrize("invisible", ["\u200b", "\ufeff", "\xad", "\u2060", "\u202e", "\x0b"])
def test_what_nobody_sees_is_taken_out(invisible):
    assert one_line(f"SRV{invisible}-1") == "SRV-1"
    assert flatten(invisible) == ""


def test_joined_emoji_and_letters_stay_whole():
    assert one_line("👩\u200d🔧 \u200d") == "👩\u200d🔧"


def test_every_row_says_what_happens_and_who_says_so():
    assert len(LIMITS) > 30
    for limit in LIMITS.values():
        assert limit.what and limit.source and isinstance(limit.fit, Fit)
        assert limit.length or limit.most


def test_cents_of_any_number_of_digits():
    assert cents(D("1E+30") + D("0.005")) == D("1E+30") + D("0.01")
