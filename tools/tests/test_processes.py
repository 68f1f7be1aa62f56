# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import os
import socket
import sys

import pytest

from tools.console import Problem
from tools.processes import bypass_proxies_on_loopback, foreground, free_port, server

SERVE = "import http.server as h, sys; h.test(h.SimpleHTTPRequestHandler, port=int(sys.argv[1]))"


def test_a_port_that_is_taken_gives_the_next_one():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert free_port(port) > port


def test_a_server_is_stopped_at_the_end_of_the_block(tmp_path):
    port = free_port(20_000)
    with server("it", [sys.executable, "-c", SERVE, port], url=f"http://127.0.0.1:{port}/",
                log=tmp_path / "log", env=os.environ, cwd=tmp_path) as process:
        assert process.poll() is None
    assert process.poll() is not None


def test_a_server_that_ends_at_once_is_one_sentence(tmp_path):
    with pytest.raises(Problem, match="it does not start: no such luck"):
        with server("it", [sys.executable, "-c", "raise SystemExit('no such luck')"],
                    url="http://127.0.0.1:9/", log=tmp_path / "log", env=os.environ,
                    cwd=tmp_path):
            pass


def test_the_exit_code_of_a_foreground_command_is_given(tmp_path):
    code = foreground([sys.executable, "-c", "raise SystemExit(3)"], env=os.environ, cwd=tmp_path)
    assert code == 3


def test_a_proxy_is_not_asked_for_this_machine_and_still_for_what_it_was():
    environ = {"http_proxy": "http://proxy.example", "no_proxy": "intranet.example"}
    bypass_proxies_on_loopback(environ)
    assert environ["no_proxy"] == "intranet.example,127.0.0.1,localhost"
    assert environ["http_proxy"] == "http://proxy.example"
