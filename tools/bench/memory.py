# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""How much memory a process takes at most, as the kernel counts it."""

from pathlib import Path

from ..console import Problem

MEGABYTE = 1_000_000


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
