# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What clients of the older access get, and that none of it is stored."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from certificate_caller import read_p12
from cryptography import x509

from simulator import __main__ as program
from simulator.http.listener import PortTaken
from simulator.server import SimulatorServer

DEFECTS = {"expired", "not_yet_valid", "no_chain", "stranger", "wrong_key", "no_key"}
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def sim():
    with SimulatorServer(tls=True) as running:
        yield running


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
    assert set(known["variants"]) == DEFECTS
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
