# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The real client as subcontractor and as main contractor: a decision is taken at most once."""

from dataclasses import replace

import pytest
from clients import Waiting, connected

from choruspro import errors
from choruspro.messages import (
    BillingFramework,
    InvoiceValidation,
    RefusalReason,
    ValidatorInvoiceSearch,
)


@pytest.fixture
def contractor(simulator):
    known = simulator.credentials()
    account = {name: known["suppliers"][1][name] for name in ("login", "password")}
    with connected({**known, **account}, Waiting(simulator)) as client:
        yield client


@pytest.fixture
def structure_id(simulator):
    return str(simulator.credentials()["suppliers"][1]["structure_id"])


@pytest.fixture
def waiting(simulator, client, invoice):
    """An invoice that waits for the contractor: its identifier."""
    siret = simulator.credentials()["suppliers"][1]["siret"]
    named = replace(invoice, billing_framework=BillingFramework.A9, validator_identifier=siret)
    receipt = client.submit_invoice(named)
    simulator.advance(60)
    return receipt.invoice_id


def test_a_main_contractor_finds_reads_and_refuses(
    client, contractor, structure_id, waiting, invoice
):
    (row,) = contractor.search_to_validate(structure_id)
    assert (row.invoice_id, row.number, row.status) == (waiting, invoice.number, "A_VALIDER_1")
    assert row.total == invoice.totals.total
    assert contractor.read_as_validator(waiting).billing_framework == BillingFramework.A9
    assert contractor.download_invoice(waiting)
    refusal = InvoiceValidation(
        invoice_id=waiting, validator_id=structure_id, refusal=RefusalReason.OTHER, comment="Non"
    )
    assert contractor.validate_invoice(refusal).status == "REFUSEE_1"
    search = ValidatorInvoiceSearch(
        validator_id=structure_id, statuses=contractor.validator_statuses()
    )
    (found,) = contractor.search_as_validator(search)
    assert found.status == client.read_invoice(waiting).status == "REFUSEE_1"
    (summary,) = client.search_to_handle(
        str(client.read_invoice(waiting).supplier_id)
    ).invoices
    assert summary.status == "REFUSEE_1"


@pytest.mark.parametrize(
    "fault, is_done",
    [
        ("bad_gateway", False),
        ("connection_refused_like", False),
        ("lost_answer", True),
        ("truncated_json", True),
    ],
)
def test_a_decision_under_a_fault_is_taken_once_and_a_look_up_tells(
    simulator, contractor, waiting, fault, is_done
):
    simulator.fault(fault, "traiter_facture_a_valider")
    decision = InvoiceValidation(invoice_id=waiting)
    with pytest.raises(errors.UnknownOutcomeError):
        contractor.validate_invoice(decision)
    assert len(simulator.requests("traiter_facture_a_valider")) == 1
    assert (contractor.read_as_validator(waiting).status == "VALIDEE_1") is is_done
