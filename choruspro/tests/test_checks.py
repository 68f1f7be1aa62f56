# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from dataclasses import replace
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import submissions, wild_submissions

from choruspro import checks, limits
from choruspro.checks import PROBLEMS
from choruspro.messages import (
    BillingFramework,
    InvoiceTotals,
    InvoiceType,
    Service,
    StructureSummary,
    VatLine,
    VatRegime,
)


def codes(problems):
    return [problem.code for problem in problems]


def luhn(digits):
    """Luhn's rule in the words of its patent: every other digit doubled, then digits summed."""
    doubled = "".join(str(int(digit) * (1 + place % 2)) for place, digit in enumerate(digits[::-1]))
    return sum(map(int, doubled)) % 10 == 0


sirets = st.text("0123456789", min_size=14, max_size=14)


@given(siret=sirets.filter(lambda text: not text.startswith(checks.LA_POSTE)))
def test_a_siret_is_checked_as_luhn_says(siret):
    assert checks.has_valid_checksum(siret) == luhn(siret)
    assert codes(checks.check_siret(siret)) == ([] if luhn(siret) else ["siret_checksum"])


@given(siret=sirets)
def test_a_wrong_check_digit_only_warns(siret):
    for problem in checks.check_siret(siret):
        assert (problem.code, problem.blocking) == ("siret_checksum", False)


def test_branches_of_la_poste_follow_their_own_rule():
    assert checks.check_siret("35600000049837") == ()  # Luhn
    assert checks.check_siret("35600000000002") != ()
    assert checks.has_valid_checksum("35600000000015")  # sums to 20
    assert not checks.has_valid_checksum("35600100000006")  # another SIREN that sums to 15


@pytest.mark.parametrize("text", ["732 829 320 00074", "732.829.320-00074", "73282932000074"])
def test_a_siret_may_be_typed_in_groups(text):
    assert checks.normalise_siret(text) == "73282932000074"
    assert checks.check_siret(text) == ()


@pytest.mark.parametrize(
    "text, code",
    [
        ("", "siret_missing"),
        (None, "siret_missing"),
        ("   ", "siret_missing"),
        ("732 829 320", "siret_is_siren"),
        ("7328293200007", "siret_invalid"),
        ("FR12732829320", "siret_invalid"),
        ("7328293200007٣", "siret_invalid"),
        ("732829320000741", "siret_invalid"),
    ],
)
def test_what_is_no_siret_blocks(text, code):
    problems = checks.check_siret(text)
    assert codes(problems) == [code]
    assert checks.blocking(problems) == list(problems)


def test_warning_does_not_block():
    wrong_digit = checks.check_siret("12345678200052")
    assert codes(wrong_digit) == ["siret_checksum"]
    assert checks.blocking(wrong_digit) == []
    assert codes(checks.blocking([*wrong_digit, *checks.check_number("")])) == ["number_missing"]


@pytest.mark.parametrize(
    "number, expected",
    [
        ("FA2026-00042", []),
        ("A_b/c+d-1", []),
        ("", ["number_missing"]),
        (None, ["number_missing"]),
        ("F" * 21, ["number_too_long"]),
        ("FACTURE N° 2026/11/0042", ["number_too_long", "number_characters"]),
    ],
)
def test_a_number_is_short_and_plain(number, expected):
    assert codes(checks.check_number(number)) == expected


def test_strange_characters_of_a_number_are_named_once():
    (problem,) = checks.check_number("F°1°2 é")
    assert problem.params["characters"] == "° é"


REQUIREMENTS = {
    "none": (False, False, False),
    "service": (True, False, False),
    "engagement": (False, True, False),
    "both": (True, True, False),
    "either": (False, False, True),
    "either, whatever else is set": (True, True, True),
}


@pytest.mark.parametrize(
    "kind, neither, service_only, engagement_only",
    [
        ("none", [], [], []),
        ("service", ["service_required"], [], ["service_required"]),
        ("engagement", ["engagement_required"], ["engagement_required"], []),
        (
            "both",
            ["service_required", "engagement_required"],
            ["engagement_required"],
            ["service_required"],
        ),
        ("either", ["service_or_engagement_required"], [], []),
        ("either, whatever else is set", ["service_or_engagement_required"], [], []),
    ],
)
def test_a_recipient_gets_what_it_demands(kind, neither, service_only, engagement_only):
    service, engagement, either = REQUIREMENTS[kind]
    demands = SimpleNamespace(
        service_required=service,
        engagement_required=engagement,
        service_or_engagement_required=either,
    )
    assert codes(checks.check_requirements(demands, None, "")) == neither
    assert codes(checks.check_requirements(demands, "S", None)) == service_only
    assert codes(checks.check_requirements(demands, None, "E")) == engagement_only
    assert codes(checks.check_requirements(demands, "S", "E")) == []


def structure(active=True):
    return StructureSummary(
        structure_id="1", name="MAIRIE", identifier="1", identifier_type="SIRET", active=active
    )


@pytest.mark.parametrize(
    "found, expected",
    [
        ((), ["recipient_unknown"]),
        ((structure(),), []),
        ((structure(False),), ["recipient_inactive"]),
        ((structure(), structure()), ["recipient_ambiguous"]),
    ],
)
def test_a_recipient_is_one_active_structure(found, expected):
    assert codes(checks.check_recipient(found)) == expected


def service(code="S", active=True, first=None, last=None):
    return Service(
        service_id="1", code=code, label="", active=active, valid_from=first, valid_until=last
    )


@pytest.mark.parametrize(
    "services, code, expected",
    [
        ((), None, []),
        ((), "S", ["service_unknown"]),
        ((service(),), "S", []),
        ((service(),), "s", ["service_unknown"]),
        ((service(active=False),), "S", ["service_inactive"]),
        ((service(active=False), service()), "S", []),
        ((service(last=date(2026, 1, 1)),), "S", ["service_inactive"]),
        ((service(first=date(2027, 1, 1)),), "S", ["service_inactive"]),
        ((service("FACTURES_PUBLIQUES"),), "FACTURES_PUBLIQUES", ["service_reserved"]),
    ],
)
def test_a_service_must_be_one_of_the_recipient_and_open(services, code, expected):
    assert codes(checks.check_service(services, code, on=date(2026, 11, 22))) == expected


@pytest.mark.parametrize(
    "size, head, expected",
    [
        (None, b"", ["pdf_missing"]),
        (0, b"", ["pdf_empty"]),
        (10, b"%PDF-1.7", []),
        (10, b"<html>", ["pdf_invalid"]),
        (limits.MAX_PDF_BYTES, b"%PDF-1.4", []),
        (limits.MAX_PDF_BYTES + 1, b"%PDF-1.4", ["pdf_too_large"]),
    ],
)
def test_the_file_is_a_pdf_of_at_most_10_mb(size, head, expected):
    assert codes(checks.check_pdf(size, head)) == expected


def totals(untaxed, tax, total, payable=None):
    return InvoiceTotals(
        untaxed=Decimal(untaxed),
        tax=Decimal(tax),
        total=Decimal(total),
        payable=Decimal(total if payable is None else payable),
    )


def vat(base, amount):
    return VatLine(base=Decimal(base), amount=Decimal(amount), rate_code="TVA4")


@pytest.mark.parametrize(
    "given_totals, lines, expected",
    [
        (totals("100", "20", "120"), [vat("100", "20")], []),
        (totals("-100", "-20", "-120"), [vat("-100", "-20")], []),
        (totals("100", "20", "120", payable="70"), [vat("100", "20")], []),
        (totals("100", "20", "120", payable="130"), [vat("100", "20")], ["payable_too_high"]),
        (totals("100", "20", "121"), [vat("100", "20")], ["totals_mismatch"]),
        (totals("100", "20", "120.01"), [vat("100", "20")], ["totals_mismatch"]),
        (totals("100", "20", "120.009"), [vat("100", "20")], []),
        (totals("100", "20", "120"), [vat("60", "12"), vat("40", "8")], []),
        (totals("100", "20", "120"), [vat("100", "19")], ["vat_mismatch"]),
        (totals("100", "20", "120"), [vat("90", "20")], ["vat_mismatch"]),
        (totals("100", "20", "120"), [], ["vat_mismatch"]),
        (totals("100", "0", "100"), [], []),
        (totals("100", "0.0000001", "100"), [vat("100", "0")], ["amount_precision"]),
        (totals("NaN", "0", "100"), [vat("100", "0")], ["amount_precision"]),
    ],
)
def test_amounts_agree_to_the_cent(given_totals, lines, expected):
    assert codes(checks.check_totals(given_totals, lines)) == expected


@pytest.mark.parametrize(
    "changes, expected",
    [
        ({}, []),
        ({"number": "F 1"}, ["number_characters"]),
        ({"invoice_date": None}, ["date_missing"]),
        ({"invoice_date": date(2026, 12, 1)}, ["date_in_future"]),
        ({"recipient_siret": "732829320"}, ["siret_is_siren"]),
        ({"supplier_id": ""}, ["supplier_missing"]),
        ({"currency": "€"}, ["currency_unsupported"]),
        ({"currency": "USD"}, ["currency_unsupported"]),
        ({"billing_framework": BillingFramework.A12}, ["validator_required"]),
        ({"vat_regime": VatRegime.EXEMPT}, ["exemption_reason_required"]),
        ({"invoice_type": InvoiceType.CREDIT_NOTE}, ["original_missing"]),
        ({"engagement_number": "E" * 51}, ["reference_too_long"]),
        ({"service_code": "S" * 101}, ["service_too_long"]),
        ({"service_code": "Sérvice_1 - B"}, []),
        ({"service_code": "SERVICE/1.2"}, ["service_characters"]),
        ({"comment": "c" * 2001}, ["field_invalid"]),
        ({"contract_number": "M\u200b1"}, ["reference_characters"]),
        ({"engagement_number": "E\t1"}, ["reference_characters"]),
        ({"contract_number": "M\u2028"}, ["reference_characters"]),
        ({"service_code": "S\x7f"}, ["reference_characters"]),
        ({"comment": "c\x00"}, ["field_invalid"]),
        ({"main_attachment_id": ""}, []),
    ],
)
def test_a_submission_is_checked_before_it_is_sent(submission, changes, expected):
    good = replace(submission, recipient_siret="73282932000074")
    problems = checks.check_submission(replace(good, **changes), today=date(2026, 11, 22))
    assert codes(problems) == expected


@pytest.mark.parametrize(
    "currency, listed, supported",
    [
        ("EUR", (), True),
        ("EUR", ("USD",), True),
        ("USD", ("CHF", "USD"), True),
        ("USD", (), False),
        ("USD", ("CHF",), False),
        ("", ("",), False),
        (None, (), False),
        ("usd", ("usd",), False),
    ],
)
def test_a_currency_is_the_euro_or_a_listed_one(submission, currency, listed, supported):
    expected = [] if supported else ["currency_unsupported"]
    assert codes(checks.check_currency(currency, listed)) == expected
    sent = replace(submission, currency=currency)
    found = codes(checks.check_submission(sent, currencies=listed))
    assert ("currency_unsupported" in found) is not supported


def test_a_problem_names_its_field(submission):
    (problem,) = checks.check_submission(replace(submission, contract_number="M" * 60))
    assert (problem.field, problem.params) == ("contract_number", {"length": 60, "limit": 50})


@given(submission=wild_submissions)
def test_an_invoice_without_blocking_problem_can_leave(submission):
    problems = checks.check_submission(submission)
    assert all(problem.code in PROBLEMS for problem in problems)
    if not checks.blocking(problems):
        replace(submission, main_attachment_id="1").to_json()


@given(submission=submissions)
def test_a_sound_message_has_no_blocking_problem_but_its_amounts(submission):
    problems = checks.check_submission(submission, currencies=("USD", "XPF"))
    assert set(codes(checks.blocking(problems))) <= {"totals_mismatch", "vat_mismatch"}


def test_the_table_knows_two_severities():
    assert {severity for _field, severity in PROBLEMS.values()} == {"blocking", "warning"}
