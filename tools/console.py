# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What a person reads in the terminal: one-line messages, and long commands with progress."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

PREFIX = "chorus-pro: "
HEARTBEAT_S = 15

DISK_FULL = "the disk is full: free some space (about 5 GB are needed in all) and run it again"
# What a failed command printed -> what the person should know. First match wins.
CAUSES = (
    (("No space left on device", "Errno 28"), DISK_FULL),
    (("Temporary failure in name resolution", "Temporary failure resolving", "Could not resolve",
      "Name or service not known", "Network is unreachable", "Failed to establish a new connection",
      "Could not connect to", "Unable to connect to", "Connection timed out",
      "Cannot initiate the connection", "NewConnectionError", "ProxyError",
      "from versions: none"),
     "no answer from the package archive: check the network (or the proxy) and run it again"),
    (("has no installation candidate", "Unable to locate package"),
     "this distribution has no such package: install the program by hand, from its own project"),
    (("NO_PUBKEY", "is not signed"),
     "the archive's signature cannot be checked: install the package debian-archive-keyring"),
)


class Problem(Exception):
    """What stops a command: one sentence that says what is wrong and what to do."""


def say(text):
    """Print one line at once, also when the output is a file."""
    print(PREFIX + text, flush=True)


def cause_in(text):
    """The sentence for a known cause found in a command's output, or None."""
    for marks, sentence in CAUSES:
        if any(mark in text for mark in marks):
            return sentence
    return None


def last_line(path):
    """The last non-empty line of a text file, shortened to 200 characters."""
    lines = [line.strip() for line in _tail(path).splitlines() if line.strip()]
    return lines[-1][:200] if lines else ""


def _disk_full(log):
    """The sentence for it when the disk is so full that the log could not be written either."""
    return DISK_FULL if shutil.disk_usage(log).free < 1_000_000 else None


def _tail(path, size=20_000):
    with open(path, "rb") as stream:
        stream.seek(0, 2)
        stream.seek(max(0, stream.tell() - size))
        return stream.read().decode("utf-8", "replace")


def run_long(argv, *, title, log, env=None, cwd=None, reason_in=last_line):
    """Run a command to its end, its output going to the file `log` (made anew).

    Prints `title` at the start, then a line with the seconds elapsed every 15 s.
    Raises Problem if the exit code is not zero, with the cause when it is a known one, else with
    what `reason_in` (called with the log's path) makes of the log.
    """
    say(f"{title} ...")
    log = Path(log)
    log.parent.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    with open(log, "wb") as output:
        process = subprocess.Popen(
            [str(word) for word in argv], stdout=output, stderr=subprocess.STDOUT, env=env,
            cwd=cwd, stdin=subprocess.DEVNULL, start_new_session=True)
        try:
            _wait(process, title, log, started)
        except BaseException:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)  # its own children too
            process.wait()
            raise
    if process.returncode:
        reason = _disk_full(log) or cause_in(_tail(log)) or reason_in(log)
        reason = reason or f"exit code {process.returncode}"
        raise Problem(f"{title}: failed: {reason} (log: {log})")
    elapsed = time.monotonic() - started
    if elapsed >= HEARTBEAT_S:
        say(f"{title}: done in {elapsed:.0f} s")


def _wait(process, title, log, started):
    while True:
        try:
            process.wait(HEARTBEAT_S)
            return
        except subprocess.TimeoutExpired:
            say(f"{title}: {time.monotonic() - started:.0f} s  {last_line(log)[:70]}")
