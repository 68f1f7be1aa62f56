# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The older access: TLS with a client certificate, HTTP Basic, paths without the version."""

import socket
import ssl

import pytest
import requests
from certificate_caller import CertificateCaller, pem_file
from conftest import PDF, Caller

from simulator.api.operations import OPERATIONS
from simulator.server import SimulatorServer

SEARCH = "factures/rechercher/fournisseur"
# OpenSSL's alert to a client whose certificate it refuses
ALERTS = {
    "expired": "ALERT_CERTIFICATE_EXPIRED",
    "not_yet_valid": "ALERT_BAD_CERTIFICATE",
    "no_chain": "ALERT_UNKNOWN_CA",
    "stranger": "ALERT_UNKNOWN_CA",
}


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


def test_the_request_log_says_which_way_in_and_no_secret(sim, older):
    older.invoice("OLDER-1")
    Caller(sim).search()
    entries = sim.control.requests()
    assert [entry["access"] for entry in entries] == ["certificate"] * 2 + ["piste"] * 2
    shown = repr(entries)
    assert older.http.headers["Authorization"].partition(" ")[2] not in shown
    for secret in (older.known["password"], older.supplier["password"]):
        assert secret not in shown
