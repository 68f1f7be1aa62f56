# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Requests are strict: what breaks a limit does not leave."""

import base64
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from strategies import amounts, moments

from choruspro import limits
from choruspro.messages import (
    AttachmentReference,
    BillingFramework,
    FileUpload,
    MessageError,
    PdfDeposit,
    SupplierInvoiceSearch,
    VatLine,
    VatRegime,
    to_paris_json,
)


def broken_rule(message):
    with pytest.raises(MessageError) as caught:
        message.to_json()
    return caught.value.field, caught.value.rule


@pytest.mark.parametrize(
    "changes, broken",
    [
        ({"number": ""}, ("number", "required")),
        ({"number": "F" * 21}, ("number", "too_long")),
        ({"number": "F 1"}, ("number", "characters")),
        ({"number": "FÉ1"}, ("number", "characters")),
        ({"number": None}, ("number", "required")),
        ({"invoice_date": None}, ("invoice_date", "date")),
        ({"invoice_date": datetime(2026, 1, 1)}, ("invoice_date", "date")),
        ({"invoice_type": "ACOMPTE"}, ("invoice_type", "choice")),
        ({"recipient_siret": ""}, ("recipient_siret", "required")),
        ({"recipient_siret": "1" * 15}, ("recipient_siret", "too_long")),
        ({"service_code": "S" * 101}, ("service_code", "too_long")),
        ({"service_code": "A\nB"}, ("service_code", "characters")),
        ({"supplier_id": ""}, ("supplier_id", "identifier")),
        ({"supplier_id": "12a"}, ("supplier_id", "identifier")),
        ({"supplier_id": str(2**63)}, ("supplier_id", "identifier")),
        ({"bank_account_id": "FR76"}, ("bank_account_id", "identifier")),
        ({"billing_framework": "A3"}, ("billing_framework", "choice")),
        ({"billing_framework": BillingFramework.A9}, ("validator_identifier", "required")),
        ({"currency": "EURO"}, ("currency", "too_long")),
        ({"currency": "eur"}, ("currency", "characters")),
        ({"vat_regime": VatRegime.EXEMPT}, ("exemption_reason", "required")),
        ({"payment_means": "CB"}, ("payment_means", "choice")),
        ({"contract_number": "M" * 51}, ("contract_number", "too_long")),
        ({"engagement_number": "E" * 51}, ("engagement_number", "too_long")),
        ({"original_number": "O" * 21}, ("original_number", "too_long")),
        ({"main_attachment_id": ""}, ("main_attachment_id", "identifier")),
        ({"main_attachment_label": "L" * 101}, ("main_attachment_label", "too_long")),
        ({"comment": "c" * 2001}, ("comment", "too_long")),
        ({"comment": "bell \a"}, ("comment", "characters")),
    ],
)
def test_a_submission_that_breaks_a_rule_does_not_leave(submission, changes, broken):
    assert broken_rule(replace(submission, **changes)) == broken


@pytest.mark.parametrize(
    "line",
    [
        VatLine(base=Decimal(1), amount=Decimal(0)),
        VatLine(base=Decimal(1), amount=Decimal(0), rate_code="TVA4", manual_rate=Decimal(20)),
    ],
)
def test_a_vat_line_has_a_code_or_a_percentage(submission, line):
    assert broken_rule(replace(submission, vat_lines=(line,))) == ("vat_lines", "one_of")


@pytest.mark.parametrize(
    "value",
    [
        1.1,
        "1.1",
        None,
        True,
        Decimal("NaN"),
        Decimal("Infinity"),
        Decimal("0.0000001"),
        Decimal("10000000000000"),
    ],
)
def test_an_amount_is_exact_and_fits(submission, value):
    totals = replace(submission.totals, total=value)
    assert broken_rule(replace(submission, totals=totals)) == ("total", "amount")


@given(value=amounts)
def test_an_amount_that_fits_is_sent_as_it_is(value):
    line = VatLine(base=value, amount=value, rate_code="TVA4").to_json()
    assert line["ligneTvaMontantBaseHtParTaux"] == value
    assert not str(line["ligneTvaMontantBaseHtParTaux"]).startswith("-0E")


def test_texts_that_say_nothing_are_not_sent(submission):
    sent = replace(submission, comment="", service_code=None, attachments=()).to_json()
    assert "commentaire" not in sent
    assert "pieceJointeComplementaire" not in sent
    assert sent["destinataire"] == {"codeDestinataire": "12345678200028"}


def test_a_comment_may_have_lines(submission):
    assert replace(submission, comment="a\nb").to_json()["commentaire"] == "a\nb"


def test_enumerations_may_be_given_by_their_code(submission):
    given_codes = replace(submission, invoice_type="FACTURE", vat_regime="TVA_SUR_DEBIT")
    assert given_codes.to_json() == submission.to_json()


def test_attachments_are_named_and_typed(submission):
    reference = AttachmentReference(attachment_id="55", label="Bon", type_code="DIVERS")
    sent = replace(submission, attachments=(reference,)).to_json()["pieceJointeComplementaire"]
    assert sent == [
        {
            "pieceJointeComplementaireDesignation": "Bon",
            "pieceJointeComplementaireType": "DIVERS",
            "pieceJointeComplementaireId": 55,
        }
    ]
    for wrong in ({"label": "L" * 101}, {"type_code": ""}, {"attachment_id": "x"}):
        with pytest.raises(MessageError):
            replace(submission, attachments=(replace(reference, **wrong),)).to_json()


@pytest.mark.parametrize(
    "deposit, broken",
    [
        (PdfDeposit(content=b"", file_name="a.pdf"), ("content", "empty")),
        (PdfDeposit(content=None, file_name="a.pdf"), ("content", "empty")),
        (PdfDeposit(content=b" %PDF-", file_name="a.pdf"), ("content", "not_pdf")),
        (PdfDeposit(content=b"%PDF-", file_name="a"), ("file_name", "extension")),
        (PdfDeposit(content=b"%PDF-", file_name=".pdf"), ("file_name", "extension")),
        (PdfDeposit(content=b"%PDF-", file_name="../a.pdf"), ("file_name", "extension")),
        (PdfDeposit(content=b"%PDF-", file_name="a" * 197 + ".pdf"), ("file_name", "too_long")),
    ],
)
def test_a_file_that_is_no_pdf_does_not_leave(deposit, broken):
    assert broken_rule(deposit) == broken


def test_a_pdf_may_weigh_ten_million_bytes_and_not_one_more():
    content = b"%PDF-" + bytes(limits.MAX_PDF_BYTES - 5)
    sent = PdfDeposit(content=content, file_name="a.pdf").to_json()
    assert base64.b64decode(sent["fichierFacture"]) == content
    assert sent["formatDepot"] == "PDF_NON_SIGNE"
    heavier = PdfDeposit(content=content + b"x", file_name="a.pdf")
    assert broken_rule(heavier) == ("content", "too_large")


@pytest.mark.parametrize(
    "changes, broken",
    [
        ({"content": b""}, ("content", "empty")),
        ({"content": bytes(limits.MAX_ATTACHMENT_BYTES + 1)}, ("content", "too_large")),
        ({"file_name": "a" * 47 + ".pdf"}, ("file_name", "too_long")),
        ({"file_name": "a.exe"}, ("file_name", "extension")),
        ({"mime_type": ""}, ("mime_type", "required")),
    ],
)
def test_an_attachment_that_is_not_accepted_does_not_leave(changes, broken):
    upload = FileUpload(content=b"x", file_name="Bon.PDF", mime_type="application/pdf")
    assert upload.to_json()["pieceJointeExtension"] == "pdf"
    assert broken_rule(replace(upload, **changes)) == broken


def test_a_message_error_does_not_repeat_the_value(submission):
    with pytest.raises(ValueError) as caught:
        replace(submission, number="SECRET-" * 4).to_json()
    assert "SECRET" not in str(caught.value)
    assert caught.value.limit == 20


def test_filters_are_sent_in_paris_time():
    search = SupplierInvoiceSearch(
        supplier_id="40012345",
        statuses=("SUSPENDUE",),
        changed_from=datetime(2026, 3, 29, 0, 59, 59, 999_999, tzinfo=timezone.utc),
        changed_until=datetime(2026, 3, 29, 1, tzinfo=timezone.utc),
        deposited_from=date(2026, 1, 1),
    )
    assert search.to_json() == {
        "idFournisseur": 40012345,
        "statutCourant": ["SUSPENDUE"],
        "periodeDateHeureEtatCourantDu": "2026-03-29T01:59:59.999+01:00",
        "periodeDateHeureEtatCourantAu": "2026-03-29T03:00:00.000+02:00",
        "periodeDateDepotDu": "2026-01-01",
    }


@given(moment=moments)
def test_a_moment_in_paris_is_the_same_moment_to_the_millisecond(moment):
    back = datetime.fromisoformat(to_paris_json(moment))
    assert timedelta(0) <= moment - back < timedelta(milliseconds=1)


def test_a_naive_moment_is_refused():
    with pytest.raises(MessageError):
        to_paris_json(datetime(2026, 1, 1))
