# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Packages of Debian's archive, unpacked into a folder and never installed.

A private apt state (lists, cache, source) under the cache folder reuses the mirror that apt is
configured with, so the machine's own apt is not affected. Works without root.
"""

import os
import shutil
import subprocess
from pathlib import Path

from ..console import Problem, run_long
from .system_packages import require

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")


def mirror(index_targets, environ=os.environ):
    """The base address of a Debian mirror, from CHORUS_PRO_DEBIAN_MIRROR or apt's own sources.

    index_targets: lines "URI ORIGIN CODENAME" (ORIGIN and CODENAME are absent before the first
    `apt-get update`). None when apt is configured with no mirror of Debian, as on Ubuntu.
    """
    if environ.get("CHORUS_PRO_DEBIAN_MIRROR"):
        return environ["CHORUS_PRO_DEBIAN_MIRROR"].rstrip("/") + "/"
    for line in index_targets.splitlines():
        uri, *rest = line.split()
        if rest[:1] == ["Debian"] and rest[1:] and "-" not in rest[1]:
            return uri
        if not rest and uri.rstrip("/").endswith("/debian"):
            return uri
    return None


class DebianArchive:
    """Suites of Debian's archive seen through a private apt state, in which nothing is installed.

    name: of its folder below `home.debian`. suites: separated by spaces. hint: what else can be
    done, for messages.
    """

    def __init__(self, home, name, suites, hint):
        self.home = home
        self.suites = suites
        self.hint = hint
        self.root = home.debian / name
        self.packages = self.root / "cache" / "archives"
        self.env = {**os.environ, "APT_CONFIG": str(self.root / "apt.conf"), "LC_ALL": "C"}

    def update(self):
        """Write the private source and read the lists of its suites. Raises Problem."""
        if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
            raise Problem(f"apt-get and dpkg-deb are needed for Debian's packages: {self.hint}")
        uri = mirror(subprocess.run(
            ["apt-get", "indextargets", "--format", "$(REPO_URI) $(ORIGIN) $(CODENAME)"],
            capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C"}).stdout)
        if uri is None:
            raise Problem("apt has no Debian mirror here: set CHORUS_PRO_DEBIAN_MIRROR to "
                          f"the address of one (http://.../debian/), or {self.hint}")
        if not KEYRING.exists():
            require(["debian-archive-keyring"], home=self.home,
                    why="Debian's keys are needed to check its packages")
        for folder in ("lists/partial", "cache/archives/partial", "sources", "state"):
            (self.root / folder).mkdir(parents=True, exist_ok=True)
        (self.root / "state" / "status").touch()
        (self.root / "sources" / "debian.sources").write_text(
            f"Types: deb\nURIs: {uri}\nSuites: {self.suites}\nComponents: main\n"
            f"Signed-By: {KEYRING}\n")
        (self.root / "apt.conf").write_text(
            'Dir::Etc::sourcelist "/dev/null";\n'
            f'Dir::Etc::sourceparts "{self.root}/sources";\n'
            f'Dir::State "{self.root}/state";\n'
            f'Dir::State::status "{self.root}/state/status";\n'
            f'Dir::State::lists "{self.root}/lists";\n'
            f'Dir::Cache "{self.root}/cache";\n'
            'Acquire::Languages "none";\n'
            'Acquire::Retries "3";\n'
            'APT::Sandbox::User "root";\n'
            'Debug::NoLocking "true";\n')  # dpkg's own lock is root's, and not concerned
        run_long(["apt-get", "update", "-o", "APT::Update::Error-Mode=any"],
                 title=f"reading Debian's package lists ({self.suites})",
                 log=self.home.logs / "debian-update.log", env=self.env)

    def versions(self, package):
        """The versions of a package that the archive offers, newest first."""
        listed = subprocess.run(["apt-cache", "madison", package], capture_output=True, text=True,
                                check=False, env=self.env).stdout
        return [line.split("|")[1].strip() for line in listed.splitlines() if "|" in line]

    def unpack(self, names, target, with_depends=False):
        """Download packages (`name`, `name=version` or `name/suite`) and unpack them into `target`.

        with_depends: also all that they depend on, down to the C library. `target` appears
        complete or not at all; an interrupted call can be made again.
        """
        for old in self.packages.glob("*.deb"):
            old.unlink()
        verb = (["install", "-y", "--download-only", "--no-install-recommends"] if with_depends
                else ["download"])
        run_long(["apt-get", *verb, *names], cwd=self.packages, env=self.env,
                 title=f"downloading {names[0]} and {'all it needs' if with_depends else 'fonts'} "
                       "(110 to 130 MB)",
                 log=self.home.logs / "debian-download.log")
        fresh = target.with_name(target.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        each = 'for deb in "$1"/*.deb; do echo "$deb"; dpkg-deb -x "$deb" "$2"; done'
        run_long(["sh", "-ec", each, "sh", self.packages, fresh],
                 title="unpacking it", log=self.home.logs / "debian-unpack.log")
        fresh.rename(target)
        shutil.rmtree(self.root)
