# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""wkhtmltopdf, which Odoo makes PDF files with: the distribution's, else Debian 12's, unpacked.

Distributions after Debian 12 have dropped it. Debian's own packages of it run beside any newer
system when they bring all their libraries, the C library and its loader included.
"""

import os
import shlex
import shutil
import subprocess

from ..console import Problem
from .debian_archive import DebianArchive
from .system_packages import require

SUITE = "bookworm"
PACKAGES = ("wkhtmltopdf", "fonts-dejavu-core")
HINT = "install wkhtmltopdf by hand"


def ensure(home):
    """Have a wkhtmltopdf on the PATH or in `home.programs`. Raises Problem."""
    if shutil.which("wkhtmltopdf") or (home.programs / "wkhtmltopdf").exists():
        return
    if os.geteuid() == 0 and _distribution_has_it():
        require(PACKAGES, home=home, why="wkhtmltopdf is missing")
        return
    target = home.root / f"wkhtmltopdf-{SUITE}"
    if not target.exists():
        archive = DebianArchive(home, "wkhtmltopdf", SUITE, HINT)
        archive.update()
        archive.unpack(PACKAGES, target, with_depends=True)
    write_program(home.programs / "wkhtmltopdf", target)


def _distribution_has_it():
    if not shutil.which("apt-cache"):
        return False
    known = subprocess.run(["apt-cache", "policy", "wkhtmltopdf"], capture_output=True, text=True,
                           check=False, env={**os.environ, "LC_ALL": "C"}).stdout
    # Before the first `apt-get update` apt has no lists, so only running it shows what exists.
    return "Candidate: (none)" not in known


def write_program(path, root):
    """A script that starts the unpacked program with its own loader, libraries and fonts."""
    loaders = sorted(root.glob("lib/*-linux-gnu*/ld-linux*.so.*"))
    if not loaders:
        raise Problem(f"the unpacked wkhtmltopdf has no loader for this machine: {HINT}")
    folder = loaders[0].parent.name
    (root / "fonts.conf").write_text(
        f"<fontconfig><dir>{root}/usr/share/fonts</dir><dir>/usr/share/fonts</dir>"
        "<cachedir prefix=\"xdg\">fontconfig</cachedir></fontconfig>\n")
    libraries = ":".join(f"{root}/{base}/{folder}" for base in ("lib", "usr/lib"))
    path.parent.mkdir(exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(
        "#!/bin/sh\n"
        f"export FONTCONFIG_FILE={shlex.quote(f'{root}/fonts.conf')}\n"
        f"export QT_PLUGIN_PATH={shlex.quote(f'{root}/usr/lib/{folder}/qt5/plugins')}\n"
        f"exec {shlex.quote(str(loaders[0]))} --library-path {shlex.quote(libraries)} "
        f"{shlex.quote(f'{root}/usr/bin/wkhtmltopdf')} \"$@\"\n")
    fresh.chmod(0o755)
    fresh.replace(path)
