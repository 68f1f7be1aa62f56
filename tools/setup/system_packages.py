# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Packages of the distribution, installed with apt when the command runs as root."""

import os
import shutil

from ..console import Problem, run_long


def require(packages, *, home, why):
    """Install the Debian packages named, or raise Problem with what to install by hand.

    packages: names, as for apt-get install. why: what they are for, for the message.
    """
    names = " ".join(packages)
    if not shutil.which("apt-get"):
        raise Problem(f"{why}: install {names} with this system's package manager "
                      "(only Debian and Ubuntu are served automatically)")
    if os.geteuid() != 0:
        raise Problem(f"{why}: run once as root: apt-get install --no-install-recommends {names}")
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}
    run_long(["apt-get", "update"], title="reading the distribution's package lists",
             log=home.logs / "apt-update.log", env=env)
    run_long(["apt-get", "install", "-y", "--no-install-recommends", *packages],
             title=f"installing {names}", log=home.logs / "apt-install.log", env=env)
