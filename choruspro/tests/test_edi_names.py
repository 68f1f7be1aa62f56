# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import pytest
from hypothesis import given
from hypothesis import strategies as st

from choruspro import errors
from choruspro.edi.name import MOST_SEQUENCE, EnvelopeName, flow_identifier

capitals, digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"
applications = st.from_regex(r"[A-Z]{3}[0-9]{3}", fullmatch=True)
interfaces = st.from_regex(r"[A-Z]{3}[0-9]{4}[A-Z]", fullmatch=True)
sequences = st.integers(1, MOST_SEQUENCE)


def test_the_example_of_the_specifications_is_built_and_parsed():
    name = EnvelopeName.build("FFE0111A", "AAA123", 1)
    assert str(name) == "FFE0111A_AAA123_AAA1230111000000000000001.tar.gz"
    assert EnvelopeName.parse(str(name)) == name


@pytest.mark.parametrize(
    "observed",
    [
        "FSO1117A_CPP001_CPP0011117000000000731004",
        "FSO1110A_CPP001_CPP0011110000000000001557",
        "FFE1025A_PPF262_PPF2621025000000000000290.xml",
    ],
)
def test_names_seen_at_the_platform_are_parsed(observed):
    name = EnvelopeName.parse(observed)
    assert str(name) == observed
    assert name.emitter == name.application


@given(interfaces, applications, sequences, st.sampled_from(["tar.gz", "xml"]))
def test_what_is_built_is_parsed_back(interface, application, sequence, extension):
    name = EnvelopeName.build(interface, application, sequence, extension)
    assert EnvelopeName.parse(str(name)) == name
    assert len(name.flow) == 25
    assert flow_identifier(str(name)) == flow_identifier(f" {name.flow} ") == name.flow


@given(interfaces, applications, sequences, sequences)
def test_two_numbers_never_give_one_name(interface, application, one, other):
    names = {EnvelopeName.build(interface, application, each).flow for each in (one, other)}
    assert len(names) == len({one, other})


@pytest.mark.parametrize(
    ("interface", "application", "sequence"),
    [
        ("FSO1117", "AAA123", 1), ("fso1117A", "AAA123", 1), ("FSO1117A", "AA123", 1),
        ("FSO1117A", "AAA123\n", 1), ("FSO1117A", "AAA١٢٣", 1), ("", "", 1),
        ("FSO1117A", "AAA123", 0), ("FSO1117A", "AAA123", MOST_SEQUENCE + 1),
    ],
)
def test_a_name_that_breaks_the_grammar_is_not_built(interface, application, sequence):
    with pytest.raises(errors.ConfigurationError) as caught:
        EnvelopeName.build(interface, application, sequence)
    assert caught.value.code == errors.EDI_NAME_INVALID


@given(st.text(max_size=60))
def test_any_text_is_parsed_or_refused_with_a_sentence(text):
    try:
        assert str(EnvelopeName.parse(text)) == text
    except errors.ConfigurationError as error:
        assert error.code == errors.EDI_NAME_INVALID


def test_an_answer_is_known_by_its_first_letter():
    assert EnvelopeName.parse("CSO1117A_AAA123_CPP0011117000000000000001").is_report
    assert not EnvelopeName.parse("FEN1201A_AAA123_CPP0011201000000000000001").is_report
