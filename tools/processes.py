# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Processes that a command starts and ends, in the foreground or as servers beside it; and how much
memory this one takes, as the kernel counts it."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from .console import PREFIX, Problem, last_line, say

MEGABYTE = 1_000_000
STOP_PATIENCE_S = 15
OUTPUT_EVERY_S = 0.2


class Ended(BaseException):
    """SIGTERM or SIGHUP came: end, as after Ctrl-C, but also from where Ctrl-C is for a child."""


def stop_on_signals():
    """Make SIGTERM and SIGHUP raise Ended, so that a command's children are stopped."""
    def interrupt(_number, _frame):
        raise Ended
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)


def run_program(main):
    """Run `main` on the settings given as JSON on the command line, as the whole of a process: what
    it gives is the exit code, and a Problem is printed."""
    stop_on_signals()
    try:
        sys.exit(main(json.loads(sys.argv[1])))
    except Problem as problem:
        print(f"{PREFIX}{problem}", file=sys.stderr)
        sys.exit(1)
    except (KeyboardInterrupt, Ended):
        # Do not wait for its threads and children.
        os._exit(130)


def bypass_proxies_on_loopback(environ):
    """Bypass proxies for this machine, for us and for our children."""
    kept = [name for name in environ.get("no_proxy", "").split(",") if name]
    environ["no_proxy"] = environ["NO_PROXY"] = ",".join([*kept, "127.0.0.1", "localhost"])


def foreground(argv, *, env, cwd):
    """Run a command on this terminal; gives its exit code. At a terminal the command handles
    Ctrl-C (a shell survives it)."""
    process = subprocess.Popen([str(word) for word in argv], env=env, cwd=cwd)
    try:
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                if not sys.stdin.isatty():
                    raise
    finally:
        _end(process)


def together(commands, folder, at_once=2):
    """Run several commands, `at_once` at a time; gives their exit codes, in their order.

    What they print is not mixed: that of the first is printed as it comes, then that of the
    second, and so on. commands: (title to say, arguments, environment, folder to work in) of each.
    folder: where their output is kept, in output-1.txt and so on.
    """
    waiting = list(enumerate(commands, 1))
    started, codes = {}, []
    try:
        for rank, (title, *_command) in enumerate(commands, 1):
            while rank not in started:
                _fill(started, waiting, folder, at_once)
            say(title)
            with open(folder / f"output-{rank}.txt", "rb") as output:
                while True:
                    ended = started[rank].poll() is not None
                    _print_bytes(output.read())
                    _fill(started, waiting, folder, at_once)
                    if ended:
                        break
                    time.sleep(OUTPUT_EVERY_S)
            codes.append(started[rank].returncode)
        return codes
    finally:
        for process in started.values():
            _end(process)


def _fill(started, waiting, folder, at_once):
    """Start what waits, while fewer than that many run."""
    while waiting and sum(each.poll() is None for each in started.values()) < at_once:
        rank, (_title, argv, env, cwd) = waiting.pop(0)
        with open(folder / f"output-{rank}.txt", "wb") as output:
            started[rank] = _beside(argv, output, env, cwd)


def _print_bytes(text):
    sys.stdout.buffer.write(text)
    sys.stdout.flush()


def _beside(argv, output, env, cwd):
    """A process whose output goes to an open file. It runs in its own session: Ctrl-C reaches
    only us, and we stop processes in order."""
    return subprocess.Popen([str(word) for word in argv], stdin=subprocess.DEVNULL, stdout=output,
                            stderr=subprocess.STDOUT, env=env, cwd=cwd, start_new_session=True)


@contextlib.contextmanager
def server(name, argv, *, url, log, env, cwd, patience_s=120):
    """Run a server beside this process until the end of the block.

    It is ready when `url` answers HTTP with anything; its output goes to the file `log`.
    Raises Problem when it ends before that, or is not ready in `patience_s` seconds.
    """
    with open(log, "wb") as output:
        process = _beside(argv, output, env, cwd)
    try:
        _await(name, process, url, log, patience_s)
        yield process
    finally:
        _end(process)


def _await(name, process, url, log, patience_s):
    deadline = time.monotonic() + patience_s
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise Problem(f"{name} does not start: {last_line(log)} (log: {log})")
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.3)
    raise Problem(f"{name} does not answer at {url} after {patience_s} s (log: {log})")


def _end(process):
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(STOP_PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port(wanted):
    """`wanted`, or the next port of 127.0.0.1 that no program listens on."""
    for port in range(wanted, min(wanted + 100, 65536)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return port
    raise Problem(f"the ports {wanted} to {wanted + 99} are all taken: name another one, as in "
                  "make demo PORT=9000")


def forget_peak():
    """Bytes of memory now; from here the kernel measures a new peak."""
    Path("/proc/self/clear_refs").write_text("5")
    return _memory("VmRSS")


def peak():
    """The most bytes of memory since `forget_peak`."""
    return _memory("VmHWM")


def _memory(name):
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024
    raise Problem(f"this system does not report {name} of a process")
