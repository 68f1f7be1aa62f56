# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import http.client
import json
import os
import socket
import subprocess
import sys
import time

import pytest

from tools.hosts import balancer
from tools.setup.home import CHECKOUT


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


LOOK = """
import copy, datetime, json, time
now = datetime.datetime.now(datetime.timezone.utc)
print(json.dumps([
    time.time(), now.timestamp(), datetime.datetime.utcnow().timestamp(),
    isinstance(now, datetime.datetime), isinstance(datetime.date.today(), datetime.datetime),
    copy.deepcopy(datetime.datetime(2026, 1, 1)) == datetime.datetime.fromisoformat("2026-01-01"),
]))
"""


@pytest.mark.parametrize("ahead", [3600, -3600])
def test_a_host_with_a_wrong_clock_has_another_time_and_the_same_types(ahead):
    folder = CHECKOUT / "tools" / "hosts" / "wrong_clock"
    environment = {**os.environ, "PYTHONPATH": str(folder), "CLOCK_AHEAD_S": str(ahead)}
    done = subprocess.run([sys.executable, "-c", LOOK], env=environment, capture_output=True,
                          text=True, check=True)
    *moments, is_moment, day_is_moment, is_kept = json.loads(done.stdout)
    assert [round((moment - time.time()) / 600) * 600 for moment in moments] == [ahead] * 3
    assert (is_moment, day_is_moment, is_kept) == (True, False, True)
