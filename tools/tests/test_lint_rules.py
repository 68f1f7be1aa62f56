# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from pathlib import Path
from types import SimpleNamespace

import pytest

from tools.linting.rules import FIRST_LINE, faults_of, translation_faults

HOST = ".".join(["deb", "debian", "org"])


@pytest.mark.parametrize(("name", "text", "said"), [
    ("a.py", FIRST_LINE + "\n" * 501, "501 lines"),
    ("a.py", "import os\n", "licence"),
    ("a.xml", "<odoo><record></odoo>", "not well-formed"),
    ("a.md", f"one\nsee http://{HOST}/debian", "line 2 names"),
])
def test_a_fault_is_found(name, text, said):
    assert any(said in fault for fault in faults_of(Path(name), text))


@pytest.mark.parametrize(("name", "text"), [
    ("a.py", FIRST_LINE + "\n" * 500),
    ("a.xml", "<odoo/>"),
    ("a.md", "long\n" * 600),
])
def test_a_good_file_has_no_fault(name, text):
    assert list(faults_of(Path(name), text)) == []


def entry(msgid, msgstr, fuzzy=False, obsolete=False):
    return SimpleNamespace(msgid=msgid, msgstr=msgstr, fuzzy=fuzzy, obsolete=obsolete)


@pytest.mark.parametrize(("bad", "said"), [
    (entry("Send", ""), "not translated"),
    (entry("Send", "Envoyer", fuzzy=True), "fuzzy"),
    (entry("Send", "Envoyer", obsolete=True), "obsolete"),
    (entry("%(count)s sent", "%s envoyées"), "placeholders"),
    (
        entry(
            "<b invisible=\"a != 'b'\">Sent</b>",
            "<b invisible=\"a\u00a0!= 'b'\">Envoyé</b>",
        ),
        "markup",
    ),
])
def test_a_bad_translation_is_found(bad, said):
    good = entry("%(a)s of %s", "%s de %(a)s")
    assert [said in fault for fault in translation_faults([good, bad])] == [True]
