# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The older access: TLS with a client certificate, HTTP Basic, paths without the version."""

import base64
import socket
import ssl
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from conftest import PDF, Caller
from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)

from simulator import __main__ as program
from simulator.listener import PortTaken
from simulator.operations import OPERATIONS
from simulator.server import SimulatorServer

ROOT = Path(__file__).resolve().parents[2]
SEARCH = "factures/rechercher/fournisseur"
# What OpenSSL tells a client whose certificate it refuses
ALERTS = {
    "expired": "ALERT_CERTIFICATE_EXPIRED",
    "not_yet_valid": "ALERT_BAD_CERTIFICATE",
    "no_chain": "ALERT_UNKNOWN_CA",
    "stranger": "ALERT_UNKNOWN_CA",
}


class CertificateCaller(Caller):
    """The same requests, by the older access."""

    def __init__(self, sim, folder, supplier=0):
        self.folder = folder
        super().__init__(sim, supplier)

    def enter(self, account):
        self.known = {**self.known, **self.known["certificate"]}
        self.http.headers["Authorization"] = f"Basic {account}"
        self.http.cert = pem_file(self.folder, self.known["p12"])
        self.http.verify = str(self.folder / "root.pem")
        Path(self.http.verify).write_text(self.known["authority"])

    def post(self, path, body, **options):
        return super().post(path.replace("/v1/", "/"), body, **options)


def read_p12(text):
    """(key, certificate, the other certificates)."""
    return pkcs12.load_key_and_certificates(base64.b64decode(text), b"simulator-certificate")


def pem_file(folder, text):
    """The path of a PEM file with everything that a .p12 holds."""
    key, certificate, others = read_p12(text)
    path = folder / "client.pem"
    path.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        + b"".join(item.public_bytes(Encoding.PEM) for item in [certificate, *others])
    )
    return str(path)


@pytest.fixture(scope="module")
def tls_server():
    with SimulatorServer(tls=True) as sim:
        yield sim


@pytest.fixture
def sim(tls_server):
    tls_server.control.reset()
    return tls_server


@pytest.fixture
def older(sim, tmp_path):
    return CertificateCaller(sim, tmp_path)


def tls_connection(sim, folder, p12=None, version=ssl.TLSVersion.TLSv1_3):
    """A raw TLS connection that trusts the root only, with the certificates of a .p12 or none."""
    context = ssl.create_default_context(
        cadata=sim.control.credentials()["certificate"]["authority"]
    )
    context.minimum_version = context.maximum_version = version
    if p12:
        context.load_cert_chain(pem_file(folder, p12))
    raw = socket.create_connection(("127.0.0.1", int(sim.tls_url.rpartition(":")[2])), timeout=5)
    try:
        return context.wrap_socket(raw, server_hostname="localhost")
    except ssl.SSLError:
        raw.close()
        raise


def test_an_invoice_is_deposited_and_found(older):
    older.invoice("OLDER-1")
    assert older.numbers() == ["OLDER-1"]
    assert older.sim.control.file(older.sim.control.invoices()[0]["attachment_id"]) == PDF


def test_both_ways_in_show_the_same_platform(sim, older, tmp_path):
    older.invoice("OLDER-1")
    Caller(sim).invoice("NEWER-1")
    assert older.numbers() == Caller(sim).numbers() == ["NEWER-1", "OLDER-1"]
    assert CertificateCaller(sim, tmp_path, supplier=1).numbers() == []


@pytest.mark.parametrize("base", ["/service/", "/service-qualif/"])
def test_production_and_qualification_have_each_their_path(sim, older, base):
    assert older.http.post(f"{sim.tls_url}{base}{SEARCH}", json={}).json()["codeRetour"] == 0


def test_the_address_is_that_of_qualification(sim):
    assert sim.tls_url.startswith("https://127.0.0.1:")
    known = sim.control.credentials()["certificate"]
    assert known["api_url"] == f"{sim.tls_url}/service-qualif/"


@pytest.mark.parametrize("key", OPERATIONS)
def test_every_operation_is_there_without_its_version(sim, older, key):
    operation = OPERATIONS[key]
    assert "/v1/" in operation.path
    url = older.known["api_url"] + operation.path
    assert older.http.request(operation.method, url, json={}).status_code == 403
    answer = older.http.request(operation.method, url.replace("/v1/", "/"), json={})
    assert answer.status_code in (200, 400)
    assert answer.json()
    assert sim.control.requests()[-1]["operation"] == key


def test_piste_is_not_on_the_tls_port(sim, older):
    for path in ("/cpro/factures/v1/soumettre", "/api/oauth/token", "/_sim/credentials", "/"):
        assert older.http.post(sim.tls_url + path, json={}).status_code == 403


@pytest.mark.parametrize("base", ["/service/", "/service-qualif/"])
def test_the_older_paths_are_not_on_the_plain_port(sim, base):
    caller = Caller(sim)
    assert caller.http.post(f"{sim.url}{base}{SEARCH}", json={}).status_code == 403


@pytest.mark.parametrize(
    "header",
    [
        None,
        "Basic",
        "Basic not base64 !",
        "Basic VEVDSF8xOndyb25n",
        "Bearer VEVDSF8xOndyb25n",
    ],
)
def test_a_wrong_technical_account_is_401_invalid_field(older, header):
    older.http.headers["Authorization"] = header
    response = older.post(SEARCH, {})
    assert response.status_code == 401
    assert response.json() == {"ErrorCode": "401", "Description": "[invalid field]"}


def test_the_header_of_piste_does_not_replace_the_basic_one(older):
    older.http.headers["cpro-account"] = older.http.headers.pop("Authorization").partition(" ")[2]
    assert older.post(SEARCH, {}).status_code == 401


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("variant", ALERTS)
def test_a_bad_certificate_is_refused_and_the_client_is_told_why(sim, tmp_path, variant, version):
    p12 = sim.control.credentials()["certificate"]["variants"][variant]
    # More than the connection's buffers hold: with TLS 1.3 it is sent before the refusal is read
    body = b"x" * 20_000_000
    with pytest.raises(ssl.SSLError) as caught:
        with tls_connection(sim, tmp_path, p12, version) as connection:
            request = f"POST /service/{SEARCH} HTTP/1.1\r\nContent-Length: {len(body)}\r\n\r\n"
            connection.sendall(request.encode() + body)
            connection.recv(1)
    assert ALERTS[variant] in caught.value.reason
    assert sim.control.requests() == []


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_no_certificate_is_refused(sim, tmp_path, version):
    with pytest.raises(ssl.SSLError), tls_connection(sim, tmp_path, None, version) as connection:
        connection.sendall(b"POST /service/x HTTP/1.1\r\nContent-Length: 0\r\n\r\n")
        connection.recv(1)
    assert sim.control.requests() == []


def test_plain_http_on_the_tls_port_is_not_served(sim):
    with pytest.raises(requests.exceptions.ConnectionError):
        requests.post(sim.tls_url.replace("https", "http"), timeout=5)
    assert sim.control.requests() == []


def test_the_server_names_every_form_of_loopback(sim, tmp_path):
    p12 = sim.control.credentials()["certificate"]["p12"]
    with tls_connection(sim, tmp_path, p12) as connection:
        names = set(connection.getpeercert()["subjectAltName"])
    assert names == {
        ("DNS", "localhost"),
        ("IP Address", "127.0.0.1"),
        ("IP Address", "0:0:0:0:0:0:0:1"),
    }


def test_a_slow_handshake_holds_up_nobody(sim, older):
    port = int(sim.tls_url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)) as silent:
        silent.sendall(b"\x16\x03\x01")
        assert older.post(SEARCH, {}).status_code == 200


def test_stopping_ends_a_handshake_that_never_came_to_its_end():
    with SimulatorServer(tls=True) as sim:
        port = int(sim.tls_url.rpartition(":")[2])
        silent = socket.create_connection(("127.0.0.1", port), timeout=5)
        silent.sendall(b"\x16\x03\x01")
        with socket.create_connection(("127.0.0.1", port), timeout=5) as later:
            later.sendall(b"no TLS at all\r\n\r\n")
            # It is dropped: so the silent connection, which came before it, was taken too
            assert later.recv(1) == b""
    with silent:
        assert silent.recv(1) == b""


def test_connections_live(older):
    for _call in range(3):
        assert older.post(SEARCH, {}).status_code == 200
    (pool,) = older.http.get_adapter("https://").poolmanager.pools._container.values()
    assert pool.num_connections == 1


@pytest.mark.parametrize("name, done", [("connection_refused_like", False), ("lost_answer", True)])
def test_faults_that_close_the_connection(sim, older, name, done):
    body = older.submission()
    sim.control.fault(name, "soumettre")
    with pytest.raises(requests.exceptions.ConnectionError):
        older.submit(body)
    assert len(sim.control.invoices()) == done
    assert [row["status"] for row in sim.control.requests("soumettre")] == [None]


@pytest.mark.parametrize(
    "name, status",
    [
        ("unauthorized_once", 401),
        ("rate_limited", 429),
        ("bad_gateway", 502),
        ("maintenance_page", 200),
        ("truncated_json", 200),
    ],
)
def test_faults_that_answer(sim, older, name, status):
    sim.control.fault(name, "rechercher_fournisseur")
    answer = older.post(SEARCH, {})
    assert answer.status_code == status
    if name == "unauthorized_once":
        assert answer.json()["ErrorCode"] == "401"
    assert older.post(SEARCH, {}).json()["codeRetour"] == 0


def test_the_journal_says_which_way_in_and_no_secret(sim, older):
    older.invoice("OLDER-1")
    Caller(sim).search()
    entries = sim.control.requests()
    assert [entry["access"] for entry in entries] == ["certificate"] * 2 + ["piste"] * 2
    shown = repr(entries)
    assert older.http.headers["Authorization"].partition(" ")[2] not in shown
    for secret in (older.known["password"], older.supplier["password"]):
        assert secret not in shown


def test_credentials_hold_a_good_certificate_with_its_whole_chain(sim):
    known = sim.control.credentials()["certificate"]
    key, certificate, others = read_p12(known["p12"])
    assert key.public_key() == certificate.public_key()
    intermediate, root = others
    assert root == x509.load_pem_x509_certificate(known["authority"].encode())
    assert [certificate.issuer, intermediate.issuer] == [intermediate.subject, root.subject]
    certificate.verify_directly_issued_by(intermediate)
    intermediate.verify_directly_issued_by(root)


def test_credentials_hold_certificates_with_one_defect_each(sim):
    known = sim.control.credentials()["certificate"]
    assert set(known["variants"]) == {*ALERTS, "wrong_key", "no_key"}
    assert len({known["p12"], *known["variants"].values()}) == 7
    key, certificate, others = read_p12(known["variants"]["wrong_key"])
    assert certificate is None
    assert key.public_key() not in [other.public_key() for other in others]
    key, _certificate, _others = read_p12(known["variants"]["no_key"])
    assert key is None
    _key, _certificate, others = read_p12(known["variants"]["no_chain"])
    assert others == []


def test_credentials_are_those_of_this_run_over_http_and_after_a_reset(sim):
    known = sim.control.credentials()
    assert requests.get(f"{sim.url}/_sim/credentials", timeout=5).json() == known
    sim.control.reset()
    assert sim.control.credentials() == known
    with SimulatorServer(tls=True) as other:
        assert other.control.credentials()["certificate"]["p12"] != known["certificate"]["p12"]


def test_without_tls_there_is_no_certificate():
    with SimulatorServer() as plain:
        assert plain.tls_url is None
        assert "certificate" not in plain.control.credentials()


def test_a_taken_tls_port_is_said_and_frees_the_plain_one(sim, capsys):
    taken = sim.tls_url.rpartition(":")[2]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    with pytest.raises(PortTaken):
        SimulatorServer(free, tls=True, tls_port=int(taken))
    with SimulatorServer(free) as plain:
        assert plain.port == free
    assert program.main(["--port", "0", "--tls-port", taken]) == 2
    said = capsys.readouterr().err
    assert taken in said and "--tls-port" in said


def test_the_missing_package_is_named(monkeypatch, capsys):
    monkeypatch.setattr(program, "find_spec", lambda name: None)
    with pytest.raises(SystemExit) as stop:
        program.main(["--port", "0", "--tls-port", "0"])
    assert stop.value.code == 2
    assert "install" in capsys.readouterr().err


def test_the_program_serves_it_and_keeps_nothing_on_disk(tmp_path):
    running = subprocess.Popen(
        [sys.executable, "-m", "simulator", "--port", "0", "--tls-port", "0"],
        cwd=ROOT,
        env={"TMPDIR": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        line = running.stdout.readline()
        plain, tls = (word for word in line.split() if word.startswith("http"))
        known = requests.get(f"{plain}/_sim/credentials", timeout=5).json()
        assert known["certificate"]["api_url"] == f"{tls}/service-qualif/"
        assert list(tmp_path.iterdir()) == []
        running.terminate()
        assert running.wait(timeout=10) == 0
    finally:
        running.kill()
        running.communicate()
    assert list(tmp_path.iterdir()) == []
