# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What the columns of the OCA connector mean here."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from choruspro.lifecycle import FLOW_STATES, INVOICE_STATUSES
from choruspro.oca_connector import (
    DOUBTS,
    KNOWN,
    LOOK_UP,
    NOTHING,
    PAID,
    UNSENT,
    FormerInvoice,
    document_format,
    fate,
    flow_outcome,
    is_same_place,
    requirements,
)

INTEGRATED, REJECTED = "IN_INTEGRE", "IN_REJETE"
sent = FormerInvoice(
    identifier="4711", status="MANDATEE", claims_flow=True, was_in_flow=True,
    flow_status=INTEGRATED, payment_state="not_paid",
)
unnumbered = replace(sent, identifier="", status="")
texts = st.text(max_size=12)
invoices = st.builds(
    FormerInvoice,
    identifier=st.one_of(st.sampled_from(["", "0", "1", "4711", "-3"]), texts),
    status=st.one_of(st.sampled_from([each.code for each in INVOICE_STATUSES]), texts),
    claims_flow=st.booleans(),
    was_in_flow=st.booleans(),
    flow_status=st.one_of(st.none(), st.sampled_from([each.code for each in FLOW_STATES]), texts),
    payment_state=st.sampled_from(["", "not_paid", "partial", *PAID]),
)


@pytest.mark.parametrize(
    ("invoice", "kind", "doubts"),
    [
        (sent, KNOWN, ()),
        (replace(sent, status=""), KNOWN, ("status_missing",)),
        (replace(sent, status="VALIDEE_PAR_LE_MAIRE"), KNOWN, ("status_unknown",)),
        (replace(sent, status="TECHNIQUE_INCONNU"), KNOWN, ("status_unknown",)),
        (replace(sent, flow_status=None), KNOWN, ()),
        (replace(sent, claims_flow=False), KNOWN, ()),
        (replace(sent, identifier="-3"), LOOK_UP, ("identifier_invalid",)),
        (replace(sent, identifier="9999"), LOOK_UP, ("identifier_shared",)),
        (unnumbered, LOOK_UP, ("identifier_missing",)),
        (replace(unnumbered, identifier="0"), LOOK_UP, ("identifier_missing",)),
        (replace(unnumbered, flow_status=None), LOOK_UP, ("flow_missing",)),
        (replace(unnumbered, flow_status=REJECTED), LOOK_UP, ("flow_rejected",)),
        (replace(unnumbered, flow_status="IN_INCIDENTE"), LOOK_UP, ("flow_rejected",)),
        (replace(unnumbered, flow_status="IN_RECU"), LOOK_UP, ("identifier_missing",)),
        (replace(unnumbered, claims_flow=False), LOOK_UP, ("flow_rejected",)),
        (replace(unnumbered, claims_flow=False, payment_state="paid"), NOTHING, ()),
        (replace(unnumbered, payment_state="paid"), LOOK_UP, ("identifier_missing",)),
        (FormerInvoice(payment_state="not_paid"), UNSENT, ()),
        (FormerInvoice(payment_state="paid"), NOTHING, ()),
        (FormerInvoice(status="DEPOSEE"), LOOK_UP, ("identifier_missing",)),
    ],
)
def test_fate_of_an_invoice(invoice, kind, doubts):
    found = fate(invoice, {"9999"})
    assert (found.kind, found.doubts) == (kind, doubts)


@given(invoices, st.booleans())
def test_only_an_id_that_one_invoice_has_is_trusted(invoice, is_shared):
    shared = {invoice.identifier} if is_shared else set()
    found = fate(invoice, shared)
    assert (found.kind == KNOWN) <= (invoice.given_identifier.isdigit() and not is_shared)
    assert set(found.doubts) <= set(DOUBTS)


@given(invoices)
def test_what_has_a_trace_of_a_deposit_is_never_taken_for_unsent(invoice):
    found = fate(invoice)
    has_trace = bool(invoice.given_identifier or invoice.status or invoice.claims_flow)
    assert (found.kind in (KNOWN, LOOK_UP)) >= has_trace
    if found.kind == UNSENT:
        assert not invoice.was_in_flow and invoice.payment_state not in PAID


@given(invoices)
def test_whatever_is_looked_up_says_why(invoice):
    found = fate(invoice, {invoice.identifier})
    assert bool(found.doubts) == (found.kind == LOOK_UP)


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("IN_INTEGRE", "integrated"),
        ("IN_INTEGRE_PARTIEL", "partial"),
        ("IN_REJETE", "rejected"),
        ("IN_INCIDENTE", "failed"),
        ("IN_RECU", "deposited"),
        ("IN_QUOI", "deposited"),
        ("", "deposited"),
        (None, "deposited"),
    ],
)
def test_state_of_a_file(status, state):
    assert flow_outcome(status) == state


@pytest.mark.parametrize(
    ("required", "expected"),
    [
        ("none", (False, False, False)),
        (None, (False, False, False)),
        ("service", (True, False, False)),
        ("engagement", (False, True, False)),
        ("service_or_engagement", (False, False, True)),
        ("service_and_engagement", (True, True, False)),
        ("two_engagements", None),
    ],
)
def test_what_a_recipient_requires(required, expected):
    assert requirements(required) == expected


def test_format_of_a_file():
    known = {"xml_cii": "cii", "xml_ubl": "ubl", "pdf_factur-x": "facturx"}
    assert {each: document_format(each) for each in known} == known
    assert document_format("odt") == "facturx"
    assert document_format(None, "pdf") == "pdf"


@pytest.mark.parametrize("place", ["production", "qualification", "custom"])
@pytest.mark.parametrize("is_qualification", [True, False, None])
def test_invoices_of_another_environment_are_not_looked_for(place, is_qualification):
    other = {True: "production", False: "qualification"}.get(is_qualification)
    assert is_same_place(place, is_qualification) == (place != other)
