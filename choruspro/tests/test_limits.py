# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Any text gives a message that the table of limits allows, or is reported before it is sent."""

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import submissions

from choruspro import checks
from choruspro.comment import fitting_comment, names_new_creditor
from choruspro.limits import LIMITS, Fit
from choruspro.messages import AttachmentReference, InvoiceSubmission
from choruspro.messages.writing import fitted, without_unseen
from choruspro.text import cut

texts = st.one_of(
    st.text(max_size=60),
    st.builds(lambda text, times: text * times, st.text(max_size=12), st.integers(1, 400)),
    st.just("\x0b\x85Note\u2028"),
)
ROWS = InvoiceSubmission.limits()
MAY_BE_CUT = [
    name for name, row in ROWS.items() if row.fit in (Fit.CUT, Fit.CUT_AND_TOLD, Fit.LEFT_OUT)
]
OPTIONAL = {each.name for each in fields(InvoiceSubmission) if each.default is None}


def leaves(submission):
    """Every text of the JSON, with the name of its field."""

    def walk(value, name):
        if isinstance(value, dict):
            for key, each in value.items():
                yield from walk(each, key)
        elif isinstance(value, list):
            for each in value:
                yield from walk(each, name)
        elif isinstance(value, str):
            yield name, value

    return list(walk(submission.to_json(), ""))


@pytest.mark.parametrize("name", ROWS)
@given(submission=submissions, text=texts)
def test_any_text_gives_a_message_that_the_table_allows_or_is_reported(submission, name, text):
    message = fitted(replace(submission, **{name: text}))
    problems = checks.blocking(checks.check_submission(message))
    if name in MAY_BE_CUT and name in OPTIONAL and name != "exemption_reason":
        assert name not in {problem.field for problem in problems}
    if any(problem.field == name for problem in problems):
        return
    found = [(key, value) for key, value in leaves(message) if key in LIMITS]
    assert found
    for key, value in found:
        assert LIMITS[key].holds(value), (key, value)


@given(submission=submissions, label=texts.filter(str.strip))
def test_labels_of_attachments_are_cut(submission, label):
    files = (AttachmentReference(attachment_id="5", label=label, type_code="DIVERS"),)
    label = fitted(replace(submission, attachments=files)).attachments[0].label
    assert label is None or len(label) <= LIMITS["pieceJointeComplementaireDesignation"].length


def test_comment_is_cut_between_two_words_and_a_check_says_so(submission):
    comment = "Conditions générales. " * 100
    kept = fitted(replace(submission, comment=comment)).comment
    assert len(kept) <= 2000 and kept.endswith(" Conditions…")
    [problem] = checks.check_comment(comment)
    assert (problem.code, problem.blocking) == ("comment_cut", False)
    assert problem.params == {"length": len(comment), "limit": 2000}
    assert checks.check_comment("c" * 2000) == checks.check_comment(None) == ()


SUBROGATION = "Règlement à l'ordre de FACTOR EXEMPLE, subrogé dans nos droits."


@pytest.mark.parametrize("between", ["\n", " "])
def test_who_is_to_be_paid_is_never_cut_off_a_comment(between):
    terms = "Nos conditions générales de vente s'appliquent. " * 45
    comment = fitting_comment(f"{terms.strip()}{between}{SUBROGATION}")
    assert comment.startswith(f"{SUBROGATION}\nNos conditions")
    assert len(comment) <= 2000


@pytest.mark.parametrize(("text", "is_assigned"), [
    (SUBROGATION, True),
    ("Pour être libératoire, votre règlement doit être adressé à FACTOR EXEMPLE", True),
    ("Créance cédée dans le cadre de la loi Dailly", True),
    ("Contrat d'affacturage n° 12", True),
    ("Micro-entreprise au versement libératoire de l'impôt", False),
    ("Livraison par le facteur, bon de commande à l'appui", False),
    ("", False),
    (None, False),
])  # fmt: skip
def test_assigned_debt_is_known_by_its_words(text, is_assigned):
    assert names_new_creditor(text) is is_assigned


@given(text=texts)
def test_comment_that_fits_stays_as_it_is(text):
    comment = fitting_comment(text)
    assert len(comment) <= 2000
    assert comment == text.strip() or len(text.strip()) > 2000


@pytest.mark.parametrize("number", ["FACTURE 2019.0001", "FAC/CLIENTS/2019/000123"])
def test_number_of_an_old_invoice_that_does_not_fit_is_left_out_with_a_warning(submission, number):
    assert fitted(replace(submission, original_number=number)).original_number is None
    references = dict.fromkeys(("service_code", "engagement_number", "contract_number"))
    [problem] = checks.check_references(**references, original_number=number)
    assert (problem.code, problem.blocking) == ("original_left_out", False)


@pytest.mark.parametrize("number", ["20260305", "2026-03-05", "05/03/2026", "05032026"])
def test_number_that_is_a_date_is_a_warning(number):
    [problem] = checks.check_number(number)
    assert (problem.code, problem.blocking) == ("number_is_date", False)


@pytest.mark.parametrize("number", ["20260399", "2026030", "FA20260305", "20260305-1", "00000042"])
def test_number_that_only_looks_like_a_date_is_none(number):
    assert checks.check_number(number) == ()


def test_invisible_character_of_a_number_is_named():
    [problem] = checks.check_number("FA\u200b1")
    assert problem.params["characters"] == "U+200B"


@pytest.mark.parametrize("around", [" ", "\u200b", "\ufeff", "\t", "\xa0 \u200e"])
def test_what_nobody_sees_around_a_code_is_taken_off(around):
    assert without_unseen(f"{around}SRV 1{around}") == "SRV 1"
    assert without_unseen(around) == without_unseen(None) == ""


@given(text=texts, length=st.integers(2, 300))
def test_cut_text_begins_as_the_whole(text, length):
    found = cut(text, length)
    assert len(found) <= length
    assert found == text or text.startswith(found[:-1])


def test_every_row_says_what_it_is_and_who_says_so():
    assert len(LIMITS) > 20
    for row in LIMITS.values():
        assert row.what and row.source and row.length > 0
    unconfirmed = {name for name, row in LIMITS.items() if not row.confirmed}
    assert "numeroFactureSaisi" not in unconfirmed


