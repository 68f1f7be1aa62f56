# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Invoices from their recipient to their payment, refusals and searches."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from math import ceil

import pytest

from choruspro import checks, errors
from choruspro.changes import read_changes
from choruspro.messages import (
    AttachmentReference,
    FileUpload,
    InvoiceSummary,
    SupplierInvoiceSearch,
)


def by_number(client, number):
    return client.search_invoices(SupplierInvoiceSearch(number=number))


def test_an_invoice_goes_from_its_recipient_to_its_payment(simulator, client, invoice, supplier):
    (recipient,) = client.search_structures(invoice.recipient_siret)
    demands = client.read_structure(recipient.structure_id)
    services = client.search_services(recipient.structure_id)
    assert checks.check_recipient((recipient,)) == ()
    assert checks.check_requirements(demands, invoice.service_code, None) == ()
    assert checks.check_service(services, invoice.service_code) == ()
    assert {account.bank_account_id for account in client.bank_accounts(supplier)} >= {
        invoice.bank_account_id
    }
    delivery_note = client.add_file(
        FileUpload(content=b"bon", file_name="bon.txt", mime_type="text/plain")
    )
    sent = replace(
        invoice,
        attachments=(
            AttachmentReference(
                attachment_id=delivery_note.attachment_id, label="Bon", type_code="DIVERS"
            ),
        ),
    )
    assert checks.check_submission(sent) == ()

    receipt = client.submit_invoice(sent)
    assert (receipt.number, receipt.status) == (sent.number, "DEPOSEE")

    simulator.advance(8 * 86400)
    details = client.read_invoice(receipt.invoice_id)
    assert details.status == "MISE_EN_PAIEMENT"
    assert details.total == Decimal("1200.12")
    assert details.main_attachment_id == sent.main_attachment_id
    history = client.read_history(receipt.invoice_id)
    assert history.events[0].code == "DEPOSEE"
    assert history.events[-1].code == history.current_status == "MISE_EN_PAIEMENT"
    dates = [event.date for event in history.events]
    assert dates == sorted(dates)
    (found,) = by_number(client, sent.number)
    assert isinstance(found, InvoiceSummary)
    assert (found.invoice_id, found.recipient_identifier) == (
        receipt.invoice_id,
        sent.recipient_siret,
    )


@pytest.mark.parametrize("status", [200, 400])
def test_refusals_are_read_whatever_their_http_status(simulator, client, invoice, pdf, status):
    simulator.switch(refusal_status=status)
    client.submit_invoice(invoice)
    again = replace(invoice, main_attachment_id=client.deposit_pdf(pdf).attachment_id)
    with pytest.raises(errors.RefusedError) as caught:
        client.submit_invoice(again)
    assert caught.value.code == errors.DUPLICATE
    assert caught.value.http_status == status
    with pytest.raises(errors.RefusedError) as caught:
        client.submit_invoice(replace(again, number="F-2", service_code="INCONNU"))
    assert caught.value.code == errors.REFUSED
    assert caught.value.label
    assert len(simulator.invoices()) == 1


@pytest.mark.parametrize("refusal_status", [200, 400])
@pytest.mark.parametrize("empty_search", [0, 20000])
def test_nothing_found_is_an_empty_result(simulator, client, refusal_status, empty_search):
    simulator.switch(empty_search=empty_search, refusal_status=refusal_status)
    assert by_number(client, "NONE") == ()
    assert client.search_structures("99999999999999") == ()


@pytest.mark.parametrize("side", ["null", "absent"])
def test_a_pdf_that_told_nothing_is_deposited_in_either_shape(simulator, client, pdf, side):
    simulator.switch(unread_values=side)
    first, second = client.deposit_pdf(pdf), client.deposit_pdf(pdf)
    assert first.attachment_id != second.attachment_id


@pytest.mark.parametrize("identifier_type", ["text", "number"])
def test_a_siret_is_text_whatever_it_came_as(simulator, client, identifier_type):
    simulator.switch(identifier_type=identifier_type)
    (found,) = client.search_structures("12345678200028")
    assert found.identifier == "12345678200028"


@pytest.mark.parametrize(
    "wrong, code",
    [
        ({"client_secret": "wrong"}, errors.INVALID_CLIENT),
        ({"client_id": "wrong"}, errors.INVALID_CLIENT),
        ({"password": "wrong"}, errors.TECHNICAL_ACCOUNT),
        ({"login": "wrong"}, errors.TECHNICAL_ACCOUNT),
    ],
)
def test_wrong_credentials_are_told_apart(connect, wrong, code):
    stranger = connect(**wrong)
    with pytest.raises(errors.CredentialsError) as caught:
        stranger.vat_rates()
    assert caught.value.code == code


def test_a_token_is_asked_for_once_an_hour(simulator, client):
    def tokens():
        return len(simulator.requests("token"))

    client.vat_rates()
    client.vat_rates()
    assert tokens() == 1
    simulator.advance(3601)
    client.vat_rates()
    client.vat_rates()
    assert tokens() == 2


@pytest.mark.parametrize("moving_rows", [0, 1, 7])
@pytest.mark.parametrize("page_size", [10, 25])
def test_changes_are_read_whole_while_rows_move(
    simulator, client, supplier, moving_rows, page_size
):
    numbers = set(simulator.seed(count=60, age_s=600))
    simulator.switch(moving_rows=moving_rows)
    now = datetime.now(timezone.utc)
    simulator.clear_requests()
    pages = read_changes(
        client,
        supplier,
        now - timedelta(hours=1),
        now - timedelta(minutes=1),
        page_size=page_size,
    )
    found = [row for page in pages for row in page]
    searches = simulator.requests("rechercher_fournisseur")
    assert len(searches) <= 1 + ceil(60 / page_size)
    left = {
        row["number"]
        for row in simulator.invoices()
        if datetime.fromisoformat(row["status_date"]) > now - timedelta(minutes=1)
    }
    assert bool(left) == bool(moving_rows)
    assert numbers - left <= {row.number for row in found} <= numbers


def test_more_than_200_changes_are_read(simulator, client, supplier):
    numbers = set(simulator.seed(count=450, age_s=600))
    now = datetime.now(timezone.utc)
    window = (now - timedelta(hours=1), now - timedelta(minutes=1))
    pages = read_changes(client, supplier, *window)
    assert {row.number for page in pages for row in page} == numbers
