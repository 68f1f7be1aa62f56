# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import os
import socket
import sys

import pytest

from tools import processes
from tools.console import Problem
from tools.processes import (
    bypass_proxies_on_loopback,
    foreground,
    free_port,
    server,
    together,
)

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


def command(title, program):
    return title, [sys.executable, "-c", program], os.environ, None


def test_what_commands_print_at_the_same_time_is_not_mixed(tmp_path, capfd):
    # Each of the first two waits for the other: neither would end alone.
    wait = ("import pathlib, time\npathlib.Path({!r}).touch()\nprint('one of', {!r}, flush=True)\n"
            "while not pathlib.Path({!r}).exists(): time.sleep(0.01)\nprint('end of', {!r})")
    mine, other = str(tmp_path / "mine"), str(tmp_path / "other")
    codes = together([command("first", wait.format(mine, 1, other, 1)),
                      command("second", wait.format(other, 2, mine, 2)),
                      command("third", "raise SystemExit(3)")], tmp_path)
    assert codes == [0, 0, 3]
    assert capfd.readouterr().out.splitlines() == [
        "chorus-pro: first", "one of 1", "end of 1",
        "chorus-pro: second", "one of 2", "end of 2", "chorus-pro: third"]


def test_no_more_commands_run_at_once_than_that(tmp_path):
    alone = (f"import os\nos.mkdir({str(tmp_path / 'busy')!r})\n"
             f"os.rmdir({str(tmp_path / 'busy')!r})")
    commands = [command(str(rank), alone) for rank in range(3)]
    assert together(commands, tmp_path, at_once=1) == [0, 0, 0]


def test_commands_end_with_the_one_that_waits_for_them(tmp_path, monkeypatch):
    pid = tmp_path / "pid"
    sleep = f"import os, pathlib, time\npathlib.Path({str(pid)!r}).write_text(str(os.getpid()))\n" \
            "print(1, flush=True)\ntime.sleep(60)"

    def stop_once_it_runs(text):
        if text:
            raise KeyboardInterrupt
    monkeypatch.setattr(processes, "_print_bytes", stop_once_it_runs)
    with pytest.raises(KeyboardInterrupt):
        together([command("it", sleep)], tmp_path)
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)
