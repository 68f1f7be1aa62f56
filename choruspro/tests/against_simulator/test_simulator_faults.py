# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What comes out of the client for each named fault of the simulator, in one table."""

from dataclasses import dataclass, replace

import pytest
from clients import Waiting, connected
from invoice_files import cii

from choruspro import errors
from choruspro.errors import Delivery
from choruspro.lifecycle import flow_state
from choruspro.messages import FlowDeposit, FlowSyntax, SupplierInvoiceSearch
from simulator.control.plane import ControlError
from simulator.world.faults import API_FAULTS

FLOW = FlowDeposit(content=cii("F1"), file_name="F1.xml", syntax=FlowSyntax.CII)


@dataclass(frozen=True)
class Goes:
    """The call goes well. requests: how many reached the platform; done: what it has then."""

    requests: int = 1
    done: int = 1


@dataclass(frozen=True)
class Fails:
    """The call raises. done: what the platform has then, whatever the client can know of it."""

    error: type
    code: str
    delivery: Delivery = Delivery.NO
    requests: int = 1
    done: int = 0


@dataclass(frozen=True)
class Absent:
    """There is no such fault for this operation."""


def doubtful(code, done, delivery=Delivery.UNKNOWN):
    return Fails(errors.UnknownOutcomeError, code, delivery, done=done)


def later(code):
    """A file that nobody uses may be there: it does no harm."""
    return Fails(errors.UnavailableError, code)


def puzzling(code, requests=1):
    return Fails(errors.ProtocolError, code, requests=requests)


LIMITED = Fails(errors.RateLimitedError, errors.RATE_LIMITED)
ABSENT = Absent()
AGAIN = Goes(requests=2)  # the client repeats the call by itself

# name: what comes out of (an upload, a creation, the deposit of a flow, a search)
TABLE = {
    "connection_refused_like": (
        later(errors.ANSWER_LOST),
        doubtful(errors.ANSWER_LOST, 0),
        doubtful(errors.ANSWER_LOST, 0),
        AGAIN,
    ),
    "unauthorized_once": (AGAIN, AGAIN, AGAIN, AGAIN),
    "rate_limited": (LIMITED, LIMITED, LIMITED, LIMITED),
    "bad_gateway": (
        later(errors.SERVER_ERROR),
        doubtful(errors.SERVER_ERROR, 0),
        doubtful(errors.SERVER_ERROR, 0),
        AGAIN,
    ),
    "maintenance_page": (
        later(errors.UNREADABLE_ANSWER),
        doubtful(errors.UNREADABLE_ANSWER, 0),
        doubtful(errors.UNREADABLE_ANSWER, 0),
        AGAIN,
    ),
    "lost_answer": (
        later(errors.ANSWER_LOST),
        doubtful(errors.ANSWER_LOST, 1),
        doubtful(errors.ANSWER_LOST, 1),
        AGAIN,
    ),
    "bad_gateway_after": (
        later(errors.SERVER_ERROR),
        doubtful(errors.SERVER_ERROR, 1),
        doubtful(errors.SERVER_ERROR, 1),
        AGAIN,
    ),
    "truncated_json": (
        later(errors.UNREADABLE_ANSWER),
        doubtful(errors.UNREADABLE_ANSWER, 1),
        doubtful(errors.UNREADABLE_ANSWER, 1),
        AGAIN,
    ),
    "slow": (
        later(errors.ANSWER_TIMEOUT),
        doubtful(errors.ANSWER_TIMEOUT, 1),
        doubtful(errors.ANSWER_TIMEOUT, 1),
        AGAIN,
    ),
    "half_answer": (
        later(errors.INCOMPLETE_ANSWER),
        doubtful(errors.INCOMPLETE_ANSWER, 1, Delivery.YES),
        doubtful(errors.INCOMPLETE_ANSWER, 1, Delivery.YES),
        puzzling(errors.INCOMPLETE_ANSWER),
    ),
    "duplicate_deposit": (
        ABSENT,
        Fails(errors.RefusedError, errors.DUPLICATE),
        ABSENT,
        ABSENT,
    ),
    # The upload goes well; the creation that names it is refused: see below
    "attachment_gone": (Goes(), ABSENT, ABSENT, ABSENT),
    # The deposit goes well; what became of it is told by the report: see below
    "flow_incident": (ABSENT, ABSENT, Goes(), ABSENT),
    "unknown_status": (ABSENT, ABSENT, ABSENT, Goes()),
    "status_going_back": (ABSENT, ABSENT, ABSENT, Goes()),
    "missing_page": (ABSENT, ABSENT, ABSENT, puzzling(errors.PAGE_MISSING, requests=2)),
    # The label of an answer that went well, which nobody reads
    "odd_text": (Goes(), Goes(), Goes(), Goes()),
    # The first request has a token that is too old
    "spurious_invalid_client": (AGAIN, AGAIN, AGAIN, AGAIN),
}
# use: key of its operation
USES = {
    "upload": "deposer_pdf",
    "create": "soumettre",
    "flow": "deposer_flux",
    "search": "rechercher_fournisseur",
}


NOT_RETRYABLE = (errors.UnknownOutcomeError, errors.RefusedError)


@pytest.fixture
def client(simulator):
    with connected(simulator.credentials(), Waiting(simulator)) as client:
        yield client


@pytest.fixture
def calls(simulator, client, invoice, pdf):
    """For each use: what to call, and how much of it the platform has."""
    rows = simulator.seed(count=3)

    def search():
        found = client.search_invoices(SupplierInvoiceSearch(), page_size=2)
        assert [row.number for row in found] == rows
        return found

    def created():
        return sum(row["number"] == invoice.number for row in simulator.invoices())

    return {
        "upload": (lambda: client.deposit_pdf(pdf), lambda: 0),
        "create": (lambda: client.submit_invoice(invoice), created),
        "flow": (lambda: client.deposit_flow(FLOW), lambda: len(simulator.flows())),
        "search": (search, lambda: 0),
    }


def arm(simulator, name, operation):
    """Arms a fault for the operation, or for the token, which is made too old."""
    if name == "spurious_invalid_client":
        simulator.advance(3600)
        operation = "token"
    simulator.fault(name, operation, **({"seconds": 30} if name == "slow" else {}))


def used_up(simulator, name):
    (fault,) = [row for row in simulator.faults() if row["name"] == name]
    return not fault["armed"]


def by_number(client, number):
    return client.search_invoices(SupplierInvoiceSearch(number=number))


def test_the_table_has_every_fault_of_the_api_and_every_use():
    assert TABLE.keys() == API_FAULTS.keys()
    assert all(len(row) == len(USES) for row in TABLE.values())


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("name", sorted(API_FAULTS))
def test_a_fault_comes_out_as_the_table_says(simulator, client, calls, name, use):
    operation = USES[use]
    expected = TABLE[name][list(USES).index(use)]
    if expected == ABSENT:
        with pytest.raises(ControlError):
            simulator.fault(name, operation)
        return
    call, count = calls[use]
    simulator.clear_requests()
    arm(simulator, name, operation)
    if isinstance(expected, Goes):
        assert call()
    else:
        with pytest.raises(expected.error) as caught:
            call()
        error = caught.value
        assert (error.code, error.delivery) == (expected.code, expected.delivery)
        assert error.operation == operation
        assert error.retryable == (expected.error not in NOT_RETRYABLE)
    assert used_up(simulator, name)
    more_pages = 1 if use == "search" and isinstance(expected, Goes) else 0
    assert len(simulator.requests(operation)) == expected.requests + more_pages
    assert count() == (expected.done if use in ("create", "flow") else 0)


@pytest.mark.parametrize("name", [name for name in TABLE if TABLE[name][1] != ABSENT])
def test_what_may_have_been_created_is_found_by_its_number(simulator, client, invoice, name):
    arm(simulator, name, "soumettre")
    expected = TABLE[name][1]
    if isinstance(expected, Goes):
        client.submit_invoice(invoice)
    else:
        with pytest.raises(expected.error):
            client.submit_invoice(invoice)
    assert len(by_number(client, invoice.number)) == expected.done


@pytest.mark.parametrize("name", [name for name in TABLE if TABLE[name][2] != ABSENT])
def test_what_a_flow_may_have_brought_is_found_once_it_has_ended(simulator, client, name):
    arm(simulator, name, "deposer_flux")
    expected = TABLE[name][2]
    if isinstance(expected, Goes):
        client.deposit_flow(FLOW)
    else:
        with pytest.raises(expected.error):
            client.deposit_flow(FLOW)
    simulator.advance(200)
    found = by_number(client, "F1")
    assert len(found) == (0 if name == "flow_incident" else expected.done)


@pytest.mark.parametrize("name", [name for name in TABLE if TABLE[name][0] != ABSENT])
def test_an_upload_can_be_repeated(simulator, client, pdf, name):
    arm(simulator, name, "deposer_pdf")
    if isinstance(TABLE[name][0], Fails):
        with pytest.raises(TABLE[name][0].error):
            client.deposit_pdf(pdf)
    assert client.deposit_pdf(pdf).attachment_id
    assert used_up(simulator, name)
    assert simulator.invoices() == []


def test_a_file_that_is_gone_is_a_refusal_and_another_upload_mends_it(
    simulator, client, invoice, pdf
):
    simulator.fault("attachment_gone", "deposer_pdf")
    lost = client.deposit_pdf(pdf).attachment_id
    with pytest.raises(errors.RefusedError) as caught:
        client.submit_invoice(replace(invoice, main_attachment_id=lost))
    assert caught.value.code == errors.FILE_UNKNOWN
    assert lost in caught.value.label
    assert simulator.invoices() == []
    again = client.deposit_pdf(pdf).attachment_id
    assert client.submit_invoice(replace(invoice, main_attachment_id=again)).number


def test_flow_incident_ends_a_flow_without_its_invoices(simulator, client):
    simulator.fault("flow_incident")
    number = client.deposit_flow(FLOW).flow_number
    simulator.advance(200)
    state = flow_state(client.read_flow_report(number).state)
    assert state.terminal and not state.integrated


@pytest.mark.parametrize(
    "name, statuses",
    [
        ("unknown_status", {"MISE_A_DISPOSITION", "NOUVEAU_STATUT_2027"}),
        ("status_going_back", {"MISE_A_DISPOSITION", "EN_COURS_ACHEMINEMENT"}),
    ],
)
def test_a_status_is_given_as_it_comes(simulator, client, name, statuses):
    simulator.seed(count=3)
    simulator.fault(name, "rechercher_fournisseur")
    found = client.search_invoices(SupplierInvoiceSearch())
    assert {row.status for row in found} == statuses


@pytest.mark.parametrize("times, goes", [(2, True), (3, False)])
def test_a_token_refused_by_mistake_is_asked_for_three_times(simulator, client, times, goes):
    simulator.fault("spurious_invalid_client", times=times)
    if goes:
        assert client.vat_rates()
    else:
        with pytest.raises(errors.CredentialsError) as caught:
            client.vat_rates()
        assert caught.value.code == errors.INVALID_CLIENT
    assert used_up(simulator, "spurious_invalid_client")
    assert len(simulator.requests("token")) == 3
