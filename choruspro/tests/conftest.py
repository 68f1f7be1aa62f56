# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import socket
import ssl
from dataclasses import replace
from datetime import date
from decimal import Decimal

import hypothesis
import pytest
from certificate_files import CertificateFiles
from scripted_gateway import CLIENT_SECRET, PASSWORD, TOKEN_PATH, ScriptedGateway

from choruspro.auth import CertificateAuth, PisteAuth, PisteCredentials, TechnicalAccount
from choruspro.client import ChorusProClient
from choruspro.environment import custom, custom_certificate
from choruspro.messages import (
    BillingFramework,
    InvoiceSubmission,
    InvoiceTotals,
    InvoiceType,
    PaymentMeans,
    VatLine,
    VatRegime,
)
from choruspro.tls import client_ssl_context
from choruspro.transport import HttpTransport, Timeouts
from simulator.server import SimulatorServer

# No deadline: the machine may be busy. No database: a run leaves nothing behind.
hypothesis.settings.register_profile("floor", deadline=None, database=None, max_examples=50)
hypothesis.settings.load_profile("floor")


@pytest.fixture
def gateway():
    with ScriptedGateway() as server:
        yield server
        assert not server.unused(), "answers that nobody asked for"


@pytest.fixture
def closed_port():
    """A port of this machine where nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.fixture
def make_client():
    """Make a client of the server at ``url``, impatient; all are closed at the end."""
    clients = []

    def make(url, store=None, **transport):
        auth = PisteAuth(
            PisteCredentials("client-id-of-ours", CLIENT_SECRET),
            TechnicalAccount("TECH_1_123456@cpro.fr", PASSWORD),
            store,
        )
        auth._sleep = lambda seconds: None
        client = ChorusProClient(
            custom(url + TOKEN_PATH, url + "/cpro/", allow_loopback=True),
            auth,
            transport=HttpTransport(
                "tests", timeouts=Timeouts(2, 0.4, 0.4), backoff=0, **transport
            ),
        )
        clients.append(client)
        return client

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def client(gateway, make_client):
    return make_client(gateway.url)


@pytest.fixture
def submission():
    return InvoiceSubmission(
        number="FA2026-00042",
        invoice_date=date(2026, 11, 20),
        invoice_type=InvoiceType.INVOICE,
        recipient_siret="12345678200028",
        service_code="SERVICE_DEST_SERV_OBL",
        supplier_id="40012345678",
        bank_account_id="88231",
        billing_framework=BillingFramework.A1,
        vat_regime=VatRegime.ON_DEBITS,
        payment_means=PaymentMeans.TRANSFER,
        engagement_number="BC-7781",
        vat_lines=(VatLine(base=Decimal("1000.10"), amount=Decimal("200.02"), rate_code="TVA4"),),
        totals=InvoiceTotals(
            untaxed=Decimal("1000.10"),
            tax=Decimal("200.02"),
            total=Decimal("1200.12"),
            payable=Decimal("1200.12"),
        ),
        main_attachment_id="35417001",
        main_attachment_label="Facture FA2026-00042",
    )


@pytest.fixture(scope="session")
def tls_server():
    """The simulator with its TLS port, for all tests."""
    with SimulatorServer(tls=True) as running:
        yield running


@pytest.fixture
def tls_simulator(tls_server):
    """Its control, as new."""
    tls_server.control.reset()
    return tls_server.control


@pytest.fixture
def known(tls_simulator):
    return tls_simulator.credentials()


@pytest.fixture
def files(known):
    """Certificate files that the simulator accepts, or refuses."""
    return CertificateFiles(known["certificate"])


@pytest.fixture
def context(files):
    """TLS with the good certificate, trusting the simulator."""
    return client_ssl_context(files.p12(), files.password, files.known["authority"])


@pytest.fixture
def connect(known):
    """Make a client of the older access; ``changed``: another login or password."""
    clients = []

    def make(ssl_context, proxies=None, **changed):
        account = {**known, **changed}
        client = ChorusProClient(
            custom_certificate(known["certificate"]["api_url"], allow_loopback=True),
            CertificateAuth(TechnicalAccount(account["login"], account["password"])),
            transport=HttpTransport(
                "tests",
                ssl_context=ssl_context,
                proxies=proxies,
                timeouts=Timeouts(5, 5, 5),
                backoff=0,
            ),
        )
        clients.append(client)
        return client

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def payable(known, submission):
    """A submission that the simulator with TLS accepts, but for its PDF."""
    supplier = known["supplier"]
    return replace(
        submission,
        supplier_id=str(supplier["structure_id"]),
        bank_account_id=str(supplier["bank_accounts"][0]["id"]),
    )


@pytest.fixture
def handshakes(monkeypatch):
    """The TLS connections that were begun from here on."""
    begun = []
    wrap = ssl.SSLContext.wrap_socket

    def counted(self, sock, server_side=False, **options):
        if not server_side:
            begun.append(self)
        return wrap(self, sock, server_side=server_side, **options)

    monkeypatch.setattr(ssl.SSLContext, "wrap_socket", counted)
    return begun
