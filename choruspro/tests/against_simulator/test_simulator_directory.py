# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Structures with their demands, services and orders; and the PDF of an invoice."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from clients import connected, plain
from invoice_files import cii

from choruspro import checks, errors
from choruspro.messages import FlowDeposit, FlowSyntax
from choruspro.messages.writing import PARIS
from simulator.server import SimulatorServer

SIZE = 130  # each combination of demands, services and states


@pytest.fixture(scope="module")
def crowd():
    with SimulatorServer(directory_size=SIZE) as running:
        yield running.control


@pytest.fixture(scope="module")
def crowded(crowd):
    with connected(crowd.credentials(), plain(10)) as client:
        yield client


@pytest.fixture(scope="module")
def recipients(crowd):
    """The many recipients by the words in their names."""
    return {row["name"]: row for row in crowd.credentials()["recipients"] if "(" in row["name"]}


def recipient(recipients, words):
    return next(row for name, row in recipients.items() if words in name)


@pytest.mark.parametrize(
    "words, demands",
    [
        ("(NOTHING, FEW, PLAIN)", (False, False, False)),
        ("(SERVICE, FEW, PLAIN)", (True, False, False)),
        ("(ENGAGEMENT, FEW, PLAIN)", (False, True, False)),
        ("(EITHER, FEW, PLAIN)", (False, False, True)),
        ("(BOTH, FEW, PLAIN)", (True, True, False)),
    ],
)
def test_demands_are_read_from_the_siret_on(crowded, recipients, words, demands):
    known = recipient(recipients, words)
    (found,) = crowded.search_structures(known["siret"])
    assert checks.check_recipient((found,)) == ()
    assert checks.check_siret(known["siret"]) == ()
    details = crowded.read_structure(found.structure_id)
    assert demands == (
        details.service_required,
        details.engagement_required,
        details.service_or_engagement_required,
    )
    problems = {problem.code for problem in checks.check_requirements(details, None, None)}
    assert problems == {
        code
        for code, demanded in zip(
            ("service_required", "engagement_required", "service_or_engagement_required"),
            demands,
            strict=True,
        )
        if demanded
    }


@pytest.mark.parametrize(
    "words, problem",
    [("INACTIVE)", "recipient_inactive"), ("SAME_SIRET)", "recipient_ambiguous")],
)
def test_a_doubtful_recipient_is_told(crowded, recipients, words, problem):
    found = crowded.search_structures(recipient(recipients, words)["siret"])
    assert [one.code for one in checks.check_recipient(found)] == [problem]


def test_a_duplicate_names_the_same_entity(crowded, recipients):
    known = recipient(recipients, "DUPLICATE)")
    details = crowded.read_structure(known["structure_id"])
    assert details.duplicates == tuple(map(str, known["duplicates"])) != ()


def test_what_a_structure_is_not_for_is_told(crowded, recipients):
    works = crowded.read_structure(recipient(recipients, "WORKS_OWNER)")["structure_id"])
    unpaid = crowded.read_structure(recipient(recipients, "UNPAID)")["structure_id"])
    assert (works.works_owner_only, works.payment_not_reported) == (True, False)
    assert (unpaid.works_owner_only, unpaid.payment_not_reported) == (False, True)


def test_services_of_more_than_a_page_are_read_whole(crowd, crowded, recipients):
    known = max(recipients.values(), key=lambda row: len(row["services"]))
    crowd.clear_requests()
    services = crowded.search_services(known["structure_id"])
    assert {service.code for service in services} == {row["code"] for row in known["services"]}
    assert len(services) > 100
    assert crowd.request_counts()["structures_rechercher_services"] == 2


def test_a_service_is_checked_at_the_date_of_the_invoice(crowded, recipients):
    known = recipient(recipients, "DATED, PLAIN)")
    services = crowded.search_services(known["structure_id"])
    today = datetime.now(PARIS).date()

    def problems(code, days):
        found = checks.check_service(services, code, on=today + timedelta(days=days))
        return [problem.code for problem in found]

    assert problems("FINIT_DEMAIN", 0) == problems("SERVICE_000", 0) == []
    assert problems("FINIT_DEMAIN", 2) == ["service_inactive"]
    assert problems("FINI_HIER", 0) == ["service_inactive"]
    assert problems("OUVRE_DEMAIN", 0) == ["service_inactive"]
    assert problems("OUVRE_DEMAIN", 2) == []


@pytest.mark.parametrize("words, demanded", [("(PER_SERVICE, ", True), ("(SERVICE, ", False)])
def test_details_of_a_service_tell_its_own_demand(crowded, recipients, words, demanded):
    known = recipient(recipients, words)
    service = crowded.search_services(known["structure_id"])[-1]
    details = crowded.read_service(known["structure_id"], service.service_id)
    assert details.engagement_required is demanded
    assert (details.code, details.valid_from) == (service.code, service.valid_from)
    assert details.valid_until == service.valid_until


@pytest.mark.parametrize("empty_search", [0, 20000])
def test_orders_are_found_by_their_number(simulator, client, supplier, empty_search):
    simulator.switch(empty_search=empty_search)
    (order,) = client.search_commitments(supplier, "BC-7781")
    assert (order.state, order.service_code) == ("COMMANDE", "SERVICE_DEST_TOUT_OBL")
    assert (order.creation_date, order.total) == (date(2026, 9, 1), 5000)
    for number in ("AUTRE", "EJ-CLOS", "EJ-EDITIONS"):
        assert client.search_commitments(supplier, number) == ()


def test_orders_of_another_structure_are_refused(client):
    with pytest.raises(errors.RefusedError):
        client.search_commitments("41000000004", "BC-7781")


def test_types_of_attachments_are_those_that_an_invoice_takes(client):
    types = {row.code: row.object_type for row in client.attachment_types()}
    assert types["DIVERS"] == "FACTURE"
    assert set(types.values()) > {"FACTURE"}


def test_the_pdf_of_an_invoice_comes_back(simulator, client, invoice, pdf):
    receipt = client.submit_invoice(replace(invoice, number="A/1"))
    assert client.download_invoice(receipt.invoice_id) == pdf.content
    flow = FlowDeposit(content=cii("F1"), file_name="F1.xml", syntax=FlowSyntax.CII)
    client.deposit_flow(flow)
    simulator.advance(200)
    (row,) = [row for row in simulator.invoices() if row["number"] == "F1"]
    assert client.download_invoice(row["invoice_id"]).startswith(b"%PDF-")
    with pytest.raises(errors.RefusedError):
        client.download_invoice("1")


def test_public_structures_are_found_by_a_part_of_their_name(crowded, recipients):
    names = {name for name in recipients if "(SERVICE, FEW" in name}
    found, has_more = crowded.find_structures("(service, few")
    closed = {name for name in names if "INACTIVE" in name}
    assert closed and {one.name for one in found} == names - closed
    assert all(one.active and len(one.identifier) == 14 for one in found)
    assert not has_more
    assert crowded.find_structures("Atlantide") == ((), False)


def test_first_page_of_a_common_name_says_that_there_are_more(crowded):
    found, has_more = crowded.find_structures("(")
    assert len(found) == 100
    assert has_more
