# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import ast

from tools import docs
from tools.home import CHECKOUT


def test_page_of_checks_and_errors_is_up_to_date():
    assert docs.PAGE.read_text(encoding="utf-8") == docs.page(), "run make docs"


def test_each_rule_of_an_invoice_has_a_sentence_and_a_severity():
    page = docs.page()
    tree = ast.parse((CHECKOUT / "choruspro" / "checks.py").read_text(encoding="utf-8"))
    [codes] = [node.value.keys for node in tree.body if isinstance(node, ast.Assign)
               and node.targets[0].id == "PROBLEMS"]
    assert codes
    for code in codes:
        assert f"| `{code.value}` | blocking | " in page or f"| `{code.value}` | warning | " in page


def test_a_table_is_read_from_its_source(tmp_path, monkeypatch):
    (tmp_path / "m.py").write_text('T = {"a": _lt("one | " "two"), "b": _lt("three")}\n')
    monkeypatch.setattr(docs, "CHECKOUT", tmp_path)
    rows = docs._table("m.py", "T", lambda node: ast.literal_eval(node.args[0]))
    assert rows == [("a", "one | two"), ("b", "three")]
    assert docs._row(["one | two"]) == "| one \\| two |"
