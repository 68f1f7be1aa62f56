# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from tools.validators.verdict import verdict

KNOWN = {"BR-FR-08": "another list"}


def _verdict(found, documents=2, skipped=()):
    report = {"documents": documents, "found": found, "skipped": list(skipped)}
    return verdict({"one": report}, lambda rule: KNOWN.get(rule, ""))


def test_remark_of_the_reform_with_its_reason_is_no_fault():
    lines, is_well = _verdict({"BR-FR-08": ["a.cii.xml", "b.cii.xml"]}, skipped=["ubl"])
    assert is_well
    assert lines == [
        "one: documents=2 en16931=0 reform=1 skipped=ubl",
        "BR-FR-08: 2 documents; another list",
    ]


def test_remark_without_reason_is_a_fault():
    lines, is_well = _verdict({"BR-FR-99": ["a.cii.xml"]})
    assert not is_well
    assert lines[-1] == "BR-FR-99: 1 documents; NO REASON IS KNOWN"


def test_broken_rule_of_the_standard_is_a_fault():
    lines, is_well = _verdict({"BR-CO-10": ["a.cii.xml"]})
    assert not is_well
    assert lines[:2] == [
        "one: documents=2 en16931=1 reform=0 skipped=none",
        "  BR-CO-10: 1 documents, such as a.cii.xml",
    ]


def test_nothing_looked_at_is_a_fault():
    assert not _verdict({}, documents=0)[1]
