# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from tools.setup.python_env import REQUIREMENTS, unlisted

PKG_INFO = """Name: odoo
Requires-Dist: babel>=1.0
Requires-Dist: lxml_html_clean
Requires-Dist: PyPDF2
Requires-Dist: psycopg2>=2.2
Requires-Dist: new-thing>=2
Requires-Dist: python-ldap; extra == "ldap"
"""


def test_only_what_our_lists_do_not_serve_is_added(tmp_path):
    info = tmp_path / "PKG-INFO"
    info.write_text(PKG_INFO)
    assert unlisted(info) == ["new-thing>=2"]


def test_each_development_requirement_has_a_version():
    for file in REQUIREMENTS.glob("requirements-*.txt"):
        for line in file.read_text().splitlines():
            assert not line[:1].isalpha() or set(line) & set("<~="), f"{file.name}: {line}"
