# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Serving: loopback only, persistent connections, a clean start and a clean stop."""

import http.client
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from simulator.__main__ import main
from simulator.http.listener import HOST, PortTaken
from simulator.server import SimulatorServer
from simulator.world.directory_data import RECIPIENTS

ROOT = Path(__file__).resolve().parents[2]


def start_program(*arguments):
    return subprocess.Popen(
        [sys.executable, "-m", "simulator", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Who runs the tests in the background of a shell has it ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )


def test_it_listens_on_loopback_only(sim):
    assert HOST == "127.0.0.1"
    wanted = f"{sim.port:04X}"
    listening = []
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        if not os.path.exists(table):
            pytest.skip("this system does not list its sockets in /proc/net")
        with open(table) as rows:
            for row in list(rows)[1:]:
                _rank, local, _remote, state = row.split()[:4]
                address, port = local.split(":")
                if port == wanted and state == "0A":
                    listening.append(address)
    # 127.0.0.1, least significant byte first
    assert listening == ["0100007F"]


def test_connections_live(sim):
    connection = http.client.HTTPConnection(sim.url.partition("//")[2])
    connection.connect()
    port = connection.sock.getsockname()[1]
    for _call in range(3):
        connection.request("GET", "/_sim/flows")
        response = connection.getresponse()
        assert response.version == 11
        assert response.read() == b"[]"
        assert connection.sock.getsockname()[1] == port
    connection.close()


def test_a_refused_body_does_not_disturb_the_next_request(sim):
    connection = http.client.HTTPConnection(sim.url.partition("//")[2])
    for _call in range(2):
        connection.request("POST", "/cpro/factures/v1/soumettre", body=b"x" * 100_000)
        response = connection.getresponse()
        assert response.status == 400
        response.read()
    connection.close()


def test_stopping_closes_open_connections_and_the_port():
    with SimulatorServer() as sim:
        session = requests.Session()
        session.trust_env = False
        assert session.get(f"{sim.url}/_sim/flows").status_code == 200
    with pytest.raises(requests.exceptions.ConnectionError):
        session.get(f"{sim.url}/_sim/flows")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((HOST, sim.port)).close()


def test_two_simulators_share_nothing():
    with SimulatorServer() as one, SimulatorServer() as two:
        one.control.seed(1)
        assert len(one.control.invoices()) == 1
        assert two.control.invoices() == []


def test_a_taken_port_is_said(sim):
    with pytest.raises(PortTaken):
        SimulatorServer(sim.port)


def test_a_taken_port_is_one_line_and_exit_2(sim, capsys):
    assert main(["--port", str(sim.port)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert str(sim.port) in said.err and "--port" in said.err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_program_says_when_it_is_ready_and_stops_cleanly(number):
    program = start_program("--port", "0")
    try:
        line = program.stdout.readline()
        url = next(word for word in line.split() if word.startswith("http://127.0.0.1:"))
        known = requests.get(f"{url}/_sim/credentials", timeout=5).json()
        assert known["api_url"] == f"{url}/cpro/"
        program.send_signal(number)
        out, err = program.communicate(timeout=60)
    finally:
        program.kill()
    assert program.returncode == 0
    assert (out, err) == ("", "")


def test_life_pace_moves_invoices_of_the_program():
    program = start_program("--port", "0", "--life-pace", "0.001")
    try:
        url = program.stdout.readline().split()[5]
        requests.post(f"{url}/_sim/invoices", json={"status": "DEPOSEE", "age_s": 1}, timeout=5)
        (invoice,) = requests.get(f"{url}/_sim/invoices", timeout=5).json()
        assert invoice["status"] == "MISE_EN_PAIEMENT"
    finally:
        program.kill()
        program.communicate()


def test_directory_size_adds_structures_to_the_program():
    program = start_program("--port", "0", "--directory-size", "7")
    try:
        url = program.stdout.readline().split()[5]
        known = requests.get(f"{url}/_sim/credentials", timeout=5).json()
        assert len(known["recipients"]) == len(RECIPIENTS) + 7
    finally:
        program.kill()
        program.communicate()


@pytest.mark.parametrize(
    "arguments",
    [
        ["--port", "70000"],
        ["--life-pace", "0"],
        ["--latency", "-1"],
        ["--port", "x"],
        ["--directory-size", "-1"],
        ["--other"],
    ],
)
def test_wrong_arguments_are_refused(arguments, capsys):
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    assert "error:" in capsys.readouterr().err


def test_a_bug_of_the_simulator_is_loud(sim, caller, capsys, monkeypatch):
    def broken(*_arguments):
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr(sim.platform.directory, "authenticate", broken)
    assert caller.post("factures/v1/rechercher/fournisseur", {}).status_code == 500
    assert "broken on purpose" in capsys.readouterr().err
    monkeypatch.undo()
    assert caller.post("factures/v1/rechercher/fournisseur", {}).status_code == 200


def test_latency_of_the_program_holds_back_answers_of_the_api():
    program = start_program("--port", "0", "--latency", "0.2")
    try:
        url = program.stdout.readline().split()[5]
        for path in ("/api/oauth/token", "/cpro/factures/v1/soumettre"):
            assert requests.post(f"{url}{path}", timeout=5).elapsed.total_seconds() >= 0.2
    finally:
        program.kill()
        program.communicate()
