# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import pytest
from packaging.version import Version

from tools.linting.advisories import ADVISORIES, weaknesses
from tools.setup.home import CHECKOUT


@pytest.fixture
def one_advisory(monkeypatch):
    monkeypatch.setitem(ADVISORIES, "requests", (("2.32.4", "CVE-2024-47081", "a password"),))


@pytest.mark.usefixtures("one_advisory")
def test_version_before_the_mended_one_is_said_with_its_advisory():
    [sentence] = weaknesses({"requests": "2.32.3"})
    assert "CVE-2024-47081" in sentence
    assert "2.32.4" in sentence


@pytest.mark.usefixtures("one_advisory")
def test_mended_version_and_an_unknown_library_are_passed_over():
    assert not list(weaknesses({"requests": "2.32.4", "another": "0.1"}))


def test_versions_are_compared_as_numbers():
    assert not list(weaknesses({"urllib3": "2.10.0"}))


def test_each_library_that_the_add_on_asks_for_is_on_the_list():
    lines = (CHECKOUT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    asked = {line.split(">")[0].split("~")[0] for line in lines if line[:1].isalpha()}
    # factur-x and the time zones have no advisory; the libraries they bring do.
    assert asked - {"factur-x", "tzdata"} <= ADVISORIES.keys()
    for known in ADVISORIES.values():
        for fixed, _advisory, _fault in known:
            Version(fixed)
