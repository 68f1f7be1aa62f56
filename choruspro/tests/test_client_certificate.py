# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The older access, by client certificate, against the simulator's TLS port."""

import contextlib
import os
import socket
import ssl
import threading
from dataclasses import replace
from urllib.parse import quote_plus

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from choruspro import errors
from choruspro.auth import CertificateAuth, TechnicalAccount
from choruspro.client import ChorusProClient
from choruspro.environment import custom_certificate
from choruspro.errors import (
    ConfigurationError,
    CredentialsError,
    Delivery,
    UnknownOutcomeError,
)
from choruspro.messages import PdfDeposit, SupplierInvoiceSearch
from choruspro.operations import SUBMIT_INVOICE, VAT_RATES
from choruspro.tls import client_ssl_context
from choruspro.transport import HttpTransport

PDF = PdfDeposit(content=b"%PDF-1.7 facture", file_name="F.pdf")


@pytest.fixture
def client(connect, context):
    return connect(context)


def test_an_invoice_goes_from_its_pdf_to_its_payment(tls_simulator, client, payable):
    pdf = client.deposit_pdf(PDF)
    receipt = client.submit_invoice(replace(payable, main_attachment_id=pdf.attachment_id))
    tls_simulator.advance(8 * 86400)
    (found,) = client.search_invoices(SupplierInvoiceSearch(number=payable.number))
    assert (found.invoice_id, found.status) == (receipt.invoice_id, "MISE_EN_PAIEMENT")
    assert tls_simulator.file(int(pdf.attachment_id)) == PDF.content
    asked = tls_simulator.requests()
    assert [entry["path"] for entry in asked] == [
        "/service-qualif/factures/deposer/pdf",
        "/service-qualif/factures/soumettre",
        "/service-qualif/factures/rechercher/fournisseur",
    ]
    assert {entry["access"] for entry in asked} == {"certificate"}
    assert not any(name.lower() == "cpro-account" for name in asked[0]["headers"])


def test_a_client_makes_its_own_transport_from_the_context(known, files, tls_simulator):
    with ChorusProClient(
        custom_certificate(known["certificate"]["api_url"], allow_loopback=True),
        CertificateAuth(TechnicalAccount(known["login"], known["password"])),
        ssl_context=client_ssl_context(
            files.p12(), files.password, known["certificate"]["authority"]
        ),
    ) as client:
        assert client.vat_rates()


def test_the_certificate_and_the_account_are_proven_by_one_small_query(tls_simulator, client):
    client.authenticate()
    client.authenticate()
    assert [entry["operation"] for entry in tls_simulator.requests()] == [VAT_RATES.key] * 2


def test_a_connection_is_kept_between_calls(client, handshakes):
    for _call in range(3):
        client.vat_rates()
    assert len(handshakes) == 1


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("form", ["p12", "legacy_p12", "pem"])
def test_the_chain_is_sent_whole_from_every_form_of_file(files, connect, form, version):
    """The server knows the root only."""
    password = "" if form == "pem" else files.password
    context = client_ssl_context(getattr(files, form)(), password, files.known["authority"])
    context.minimum_version = context.maximum_version = version
    assert connect(context).vat_rates()


@pytest.mark.parametrize(
    "name, error, code, invoices",
    [
        ("connection_refused_like", UnknownOutcomeError, errors.ANSWER_LOST, 0),
        ("lost_answer", UnknownOutcomeError, errors.ANSWER_LOST, 1),
        ("bad_gateway_after", UnknownOutcomeError, errors.SERVER_ERROR, 1),
        ("truncated_json", UnknownOutcomeError, errors.UNREADABLE_ANSWER, 1),
        ("unauthorized_once", CredentialsError, errors.TECHNICAL_ACCOUNT, 0),
        ("rate_limited", errors.RateLimitedError, errors.RATE_LIMITED, 0),
    ],
)
def test_a_deposit_under_a_fault_makes_at_most_one_invoice(
    tls_simulator, client, payable, name, error, code, invoices
):
    sent = replace(payable, main_attachment_id=client.deposit_pdf(PDF).attachment_id)
    tls_simulator.fault(name, "soumettre")
    with pytest.raises(error) as caught:
        client.submit_invoice(sent)
    assert caught.value.code == code
    assert len(tls_simulator.invoices()) == invoices
    assert len(tls_simulator.requests("soumettre")) == 1


@pytest.mark.parametrize("name", ["connection_refused_like", "lost_answer", "bad_gateway"])
def test_a_query_is_repeated_until_it_is_answered(tls_simulator, client, name):
    tls_simulator.fault(name, VAT_RATES.key)
    assert client.vat_rates()
    assert len(tls_simulator.requests()) == 2


class Tunnel:
    """A proxy that lets CONNECT through to a port of this machine, whatever was asked for."""

    def __init__(self, port):
        self.asked = []
        self._port = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        with self._listener, self._listener.accept()[0] as caller:
            self.asked.append(caller.recv(65536).decode().partition(" HTTP/")[0])
            with socket.create_connection(("127.0.0.1", self._port)) as server:
                caller.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                back = threading.Thread(target=self._pump, args=(server, caller))
                back.start()
                self._pump(caller, server)
                back.join()

    @staticmethod
    def _pump(source, target):
        # One of the two sides goes away first
        with contextlib.suppress(OSError):
            while piece := source.recv(65536):
                target.sendall(piece)
            target.shutdown(socket.SHUT_WR)


def test_the_certificate_is_shown_through_a_proxy_too(tls_server, connect, context, monkeypatch):
    port = int(tls_server.tls_url.rpartition(":")[2])
    tunnel = Tunnel(port)
    # Calls to this machine never take a proxy: for once they are to
    monkeypatch.setattr("choruspro.transport.is_loopback", lambda host: False)
    assert connect(context, proxies={"https": tunnel.url}).vat_rates()
    assert tunnel.asked == [f"CONNECT 127.0.0.1:{port}"]


@pytest.mark.parametrize("host", ["gateway.invalid", "192.0.2.1"])
def test_a_server_of_another_name_is_not_trusted(tls_server, tls_simulator, context, host):
    """Its certificate is good, but for localhost and 127.0.0.1."""
    tunnel = Tunnel(int(tls_server.tls_url.rpartition(":")[2]))
    transport = HttpTransport("tests", ssl_context=context, proxies={"https": tunnel.url})
    with pytest.raises(ConfigurationError) as caught:
        transport.send(SUBMIT_INVOICE, f"https://{host}/service/", {}, b"{}")
    transport.close()
    assert caught.value.code == errors.TLS_UNTRUSTED
    assert caught.value.delivery is Delivery.NO
    assert tls_simulator.requests() == []


def test_secrets_are_known_in_the_forms_in_which_they_travel():
    account = TechnicalAccount("TECH_1_1@cpro.fr", "p@ss wörd")
    auth = CertificateAuth(account)
    assert auth.headers(None) == {"Authorization": f"Basic {account.header}"}
    known = {
        text for secret in ("p@ss wörd", account.header) for text in (secret, quote_plus(secret))
    }
    assert known <= auth.secrets()


def test_no_file_in_memory_stays_open_after_use(client, context):
    client.vat_rates()
    if not os.path.isdir("/proc/self/fd"):
        pytest.skip("this system does not list the open files of a process in /proc")
    names = []
    for descriptor in os.listdir("/proc/self/fd"):
        try:
            names.append(os.readlink(f"/proc/self/fd/{descriptor}"))
        except OSError:
            # The simulator's threads close theirs meanwhile
            continue
    assert names and not any("memfd" in name for name in names)


def test_only_the_given_authority_is_trusted(files, connect, context):
    connect(context).vat_rates()
    root = files.authority.public_bytes(Encoding.DER)
    assert context.get_ca_certs(binary_form=True) == [root]
