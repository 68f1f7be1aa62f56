# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The qualification data set, however it is pasted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from choruspro.data_set import DataSet, DataSetAccount, DataSetStructure, read_data_set

LOGIN = "TECH_1_100200300@cpro.fr"
CSV = f"""Type;Raison sociale;SIRET;Login;Mot de passe
Privé;FOURNISSEUR 1;12345678200077;{LOGIN};Qualif-2026!
Privé;FOURNISSEUR 2;12345678200119;;
Public;DESTINATAIRE ENGAGEMENT;12345678200036;;
"""
PAGE = f"""Structure privée
SIRET : 123 456 782 00077
Compte technique : {LOGIN}
Mot de passe : Qualif-2026!
"""


def test_lines_of_the_file_are_read():
    found = read_data_set(CSV)
    assert found.accounts == (DataSetAccount(LOGIN, "Qualif-2026!"),)
    assert [(each.siret, each.public) for each in found.structures] == [
        ("12345678200077", False),
        ("12345678200119", False),
        ("12345678200036", True),
    ]
    assert found.structures[0].label == "Privé FOURNISSEUR 1"


def test_what_a_page_shows_is_read():
    found = read_data_set(PAGE)
    assert found.accounts == (DataSetAccount(LOGIN, "Qualif-2026!"),)
    assert [each.siret for each in found.structures] == ["12345678200077"]


@pytest.mark.parametrize(
    "written",
    [
        "12345678200077",
        "123 456 782 00077",
        "123\u00a0456\u00a0782\u00a000077",
        "123\u202f456\u202f782 00 077",
        "123.456.782.00077",
        '"12345678200077"',
        "SIRET:12345678200077.",
        "(12345678200077)",
    ],
)
def test_a_siret_is_read_as_people_write_it(written):
    assert read_data_set(written).structures == (DataSetStructure("12345678200077", public=None),)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1234567820007",
        "123456782000771",
        "FR7612345678200077",
        "12345678200077.50",
        "1,23457E+13",
        "someone@cpro.fr.example",
        "xTECH_1_1@cpro.fr",
        "TECH_1_1@cpro.fraud",
    ],
)
def test_what_is_something_else_is_left_aside(text):
    assert read_data_set(text) == DataSet()


def test_tabs_and_windows_lines_of_a_spreadsheet_are_read():
    found = read_data_set(CSV.replace(";", "\t").replace("\n", "\r\n"))
    assert found == read_data_set(CSV)


def test_each_thing_is_told_once():
    assert read_data_set(CSV + PAGE + CSV) == read_data_set(CSV)


def test_password_without_an_account_is_nobodys():
    assert read_data_set("Mot de passe : Qualif-2026!") == DataSet()


def test_each_password_belongs_to_its_own_line():
    other = "TECH_2_5@cpro.fr"
    found = read_data_set(f"Login;Mot de passe\n{LOGIN};un\n{other};deux\n")
    assert found.accounts == (DataSetAccount(LOGIN, "un"), DataSetAccount(other, "deux"))


def test_password_is_in_no_repr():
    assert "Qualif-2026!" not in repr(read_data_set(CSV))


@given(st.text(max_size=400))
def test_any_text_is_read(text):
    found = read_data_set(text)
    assert all(len(each.siret) == 14 and each.siret.isdecimal() for each in found.structures)


@given(
    st.from_regex(r"[0-9]{14}", fullmatch=True),
    st.sampled_from(["{}", "a ; {} ; b", "a\t{}\tb", "SIRET {} actif", '"x","{}","y"']),
)
def test_siret_is_found_wherever_it_stands(siret, line):
    assert siret in [each.siret for each in read_data_set(line.format(siret)).structures]
