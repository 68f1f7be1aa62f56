# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The real client against the project's simulator of Chorus Pro, which shares no code with it."""

from dataclasses import replace

import pytest
from clients import connected, plain

from choruspro.messages import PdfDeposit
from simulator.server import SimulatorServer


@pytest.fixture(scope="session")
def server():
    with SimulatorServer() as running:
        yield running


@pytest.fixture
def simulator(server):
    """The simulator's control, as new."""
    server.control.reset()
    return server.control


@pytest.fixture
def connect(simulator):
    """Make a client that waits ``patience`` seconds for an answer; all are closed at the end.

    changed: other credentials than the good ones.
    """
    clients = []

    def make(patience=10, **changed):
        known = {**simulator.credentials(), **changed}
        clients.append(connected(known, plain(patience)))
        return clients[-1]

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def client(connect):
    return connect()


@pytest.fixture
def supplier(simulator):
    """The platform's identifier of the structure that the client invoices for."""
    return str(simulator.credentials()["supplier"]["structure_id"])


@pytest.fixture
def pdf():
    return PdfDeposit(content=b"%PDF-1.7 facture", file_name="F.pdf")


@pytest.fixture
def invoice(simulator, client, submission, supplier, pdf):
    """A submission that the simulator accepts: its PDF is deposited, its codes are known."""
    account = simulator.credentials()["supplier"]["bank_accounts"][0]
    rate = next(rate for rate in client.vat_rates() if rate.rate == 20)
    return replace(
        submission,
        supplier_id=supplier,
        bank_account_id=str(account["id"]),
        vat_lines=(replace(submission.vat_lines[0], rate_code=rate.code),),
        main_attachment_id=client.deposit_pdf(pdf).attachment_id,
    )
