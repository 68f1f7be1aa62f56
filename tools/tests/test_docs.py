# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import ast

from tools import docs, field_limits
from tools.setup.home import CHECKOUT

SOURCE = """
RULES = (
    Rule("a", _lt("one | " "two"), _lt("do"), place="x"),
    Rule("b", _lt("three"), _lt("do"), severity=WARNING),
)
"""


def test_page_of_checks_and_errors_is_up_to_date():
    assert docs.PAGE.read_text(encoding="utf-8") == docs.page(), "run make docs"


def test_page_of_limits_is_up_to_date():
    page = field_limits.PAGE.read_text(encoding="utf-8")
    assert page == field_limits.page(), "run make docs"
    assert "| `BT-22` | note | 1024 characters | split into several |" in page


def test_each_code_of_the_client_is_a_rule_of_the_same_severity():
    tree = ast.parse((CHECKOUT / "choruspro" / "checks.py").read_text(encoding="utf-8"))
    [codes] = [node.value for node in tree.body if isinstance(node, ast.Assign)
               and node.targets[0].id == "PROBLEMS"]
    expected = {
        code.value: value.elts[1].id.lower()
        for code, value in zip(codes.keys, codes.values, strict=True)
    }
    rules = {rule.id: rule.severity for *_text, path, name in docs.RULES
             for rule in docs.read_rules(path, name)}
    assert expected
    assert {code: rules.get(code) for code in expected} == expected


def test_no_two_rules_have_one_id():
    ids = [rule.id for *_text, path, name in docs.RULES for rule in docs.read_rules(path, name)]
    assert len(ids) == len(set(ids))


def test_advice_is_read_from_its_source(tmp_path, monkeypatch):
    (tmp_path / "m.py").write_text(
        'T = (Advice(("A", "B"), _lt("why"), _lt("do")),\n'
        '     Advice((("completer", 1),), _lt("no"), _lt("ask")))\n')
    monkeypatch.setattr(docs, "CHECKOUT", tmp_path)
    assert docs.read_advice("m.py", "T") == [
        ("`A`, `B`", "why", "do"), ("`completer 1`", "no", "ask")]


def test_rules_are_read_from_their_source(tmp_path, monkeypatch):
    (tmp_path / "m.py").write_text(SOURCE)
    monkeypatch.setattr(docs, "CHECKOUT", tmp_path)
    first, second = docs.read_rules("m.py", "RULES")
    assert first == docs.RuleText("a", "blocking", "one | two", "do")
    assert second.severity == "warning"
    assert docs._row([first.sentence]) == "| one \\| two |"
