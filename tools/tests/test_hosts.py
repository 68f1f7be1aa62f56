# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import http.client
import socket

import pytest

from tools.hosts import balancer


@pytest.fixture
def listener():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()


@pytest.fixture
def gone():
    """An address where nobody listens any more."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()


def answers(addresses, count):
    """(status, address) of so many requests."""
    found = []
    with balancer.running(addresses) as port:
        for _request in range(count):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            connection.request("GET", "/queue_job/runjob?job_uuid=1")
            answer = connection.getresponse()
            found.append((answer.status, answer.getheader("Location")))
            connection.close()
    return found


def test_requests_go_to_the_hosts_in_turn(listener):
    with socket.create_server(("127.0.0.1", 0)) as other:
        ports = [listener[1], other.getsockname()[1]]
        expected = [(307, f"http://127.0.0.1:{port}/queue_job/runjob?job_uuid=1") for port in ports]
        assert answers([("127.0.0.1", port) for port in ports], 4) == expected * 2


def test_host_that_is_gone_gets_no_request(listener, gone):
    location = f"http://127.0.0.1:{listener[1]}/queue_job/runjob?job_uuid=1"
    assert answers([gone, listener], 3) == [(307, location)] * 3


def test_without_a_host_the_request_is_refused(gone):
    assert answers([gone], 1) == [(503, None)]
