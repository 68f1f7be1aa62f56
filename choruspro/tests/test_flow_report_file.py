# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The report of a flow as a PDF, or the lack of it."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted_gateway import Drop, Reply
from strategies import spoiled

from choruspro import errors
from choruspro.messages import MessageError, reading

PATH = "/cpro/transverses/v1/consulterCR"
NUMBER = "CPP0011117000000000731004"
PDF = b"%PDF-1.4 compte rendu \xe2\xe3"
ENCODED = base64.b64encode(PDF).decode()
SOUND = {"codeRetour": 0, "etatCourantFlux": "IN_INTEGRE", "fichierCR": ENCODED}


@pytest.mark.parametrize("text", [ENCODED, ENCODED[:8] + "\r\n" + ENCODED[8:] + "\n"])
def test_the_report_is_given_as_bytes(gateway, client, text):
    gateway.script(PATH, Reply(body={**SOUND, "fichierCR": text}))
    assert client.download_flow_report(NUMBER) == PDF
    assert [call.json for call in gateway.calls(PATH)] == [{"numeroFluxDepot": NUMBER}]


@pytest.mark.parametrize(
    "answer",
    [
        {"codeRetour": 0, "etatCourantFlux": "IN_RECU"},
        {"codeRetour": 0, "fichierCR": None},
        {"codeRetour": 0, "fichierCR": ""},
        {"codeRetour": 20001, "libelle": "POQ_MSG_01.003"},
        {"codeRetour": 20999, "libelle": "Format non pris en charge"},
    ],
)
@pytest.mark.parametrize("status", [200, 400])
def test_a_report_that_is_not_given_is_none(gateway, client, answer, status):
    gateway.script(PATH, Reply(200 if answer["codeRetour"] == 0 else status, answer))
    assert client.download_flow_report(NUMBER) is None


@pytest.mark.parametrize("text", ["@@@", "QQ", 12, ["x"], base64.b64encode(b"<html>").decode()])
def test_what_is_no_pdf_is_not_given_as_one(gateway, client, text):
    gateway.script(PATH, Reply(body={"codeRetour": 0, "fichierCR": text}))
    with pytest.raises(errors.ProtocolError) as caught:
        client.download_flow_report(NUMBER)
    assert caught.value.code == errors.UNREADABLE_ANSWER
    assert "fichierCR" in caught.value.label


@pytest.mark.parametrize(
    "reply, error",
    [
        (Reply(403, b""), errors.CredentialsError),
        (Reply(415, b""), errors.RefusedError),
        (Reply(429, b""), errors.RateLimitedError),
        (Reply(500, b"<html></html>"), errors.UnavailableError),
    ],
)
def test_a_failure_is_not_taken_for_a_lack_of_report(gateway, client, reply, error):
    gateway.script(PATH, reply)
    with pytest.raises(error):
        client.download_flow_report(NUMBER)


def test_a_lost_report_is_asked_for_again(gateway, client):
    gateway.script(PATH, Drop(), Reply(body=SOUND))
    assert client.download_flow_report(NUMBER) == PDF


@pytest.mark.parametrize("number", ["", None, "C" * 26])
def test_a_report_needs_the_number_of_a_flow(client, number):
    with pytest.raises(MessageError):
        client.download_flow_report(number)


@given(answer=spoiled(SOUND) | st.just(SOUND))
def test_a_spoiled_answer_gives_a_pdf_none_or_a_protocol_error(answer):
    try:
        content = reading.pdf(reading.answer(answer), "fichierCR")
    except errors.ProtocolError:
        return
    assert content is None or content.startswith(b"%PDF-")
