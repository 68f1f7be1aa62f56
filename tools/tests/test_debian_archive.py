# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from tools.setup.debian_archive import mirror

DEBIAN = """http://mirror.example/debian-security/ Debian bookworm-security
http://mirror.example/debian/ Debian bookworm
http://mirror.example/debian/ Debian bookworm-updates
"""


def test_the_mirror_that_apt_is_configured_with_is_reused():
    assert mirror(DEBIAN, {}) == "http://mirror.example/debian/"


def test_security_and_updates_are_no_mirrors():
    lines = [line for line in DEBIAN.splitlines() if "-" in line]
    assert mirror("\n".join(lines), {}) is None


def test_before_the_first_update_the_address_tells():
    assert mirror("http://mirror.example/debian/  \n", {}) == "http://mirror.example/debian/"


def test_ubuntu_has_no_mirror_of_debian():
    assert mirror("http://mirror.example/ubuntu/ Ubuntu noble\n", {}) is None


def test_a_mirror_named_by_the_user_comes_first():
    named = {"CHORUS_PRO_DEBIAN_MIRROR": "http://other.example/debian"}
    assert mirror(DEBIAN, named) == "http://other.example/debian/"
