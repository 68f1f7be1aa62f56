# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Secrets never reach a text that people or logs see."""

import base64
import html
import logging
from datetime import datetime, timezone
from urllib.parse import quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted_gateway import CLIENT_SECRET, PASSWORD, TOKEN_PATH, Drop, Reply

from choruspro.auth import PisteAuth, PisteCredentials, TechnicalAccount, Token
from choruspro.errors import ChorusProError, clean_label
from choruspro.messages import FileUpload, PdfDeposit

secrets = st.text("aZ0é&<>;\"'%+=#/.", min_size=8, max_size=30)


@given(secret=secrets, other=secrets)
def test_credentials_do_not_show_what_they_hold(secret, other):
    account = TechnicalAccount("TECH_1_1@cpro.fr", secret)
    application = PisteCredentials("x" * 4 + other, secret)
    token = Token(secret, datetime.now(timezone.utc))
    shown = repr(account) + repr(token) + str(application) + f"{account!s} {application!r}"
    assert secret not in shown.replace("password", "").replace("client_secret", "")
    assert other not in shown


def test_the_header_is_base64_of_utf8_on_one_line():
    account = TechnicalAccount("TECH_1_1@cpro.fr", "é" * 60)
    assert base64.b64decode(account.header).decode() == "TECH_1_1@cpro.fr:" + "é" * 60
    assert "\n" not in account.header


def _escaped(secret):
    return st.sampled_from(
        [
            secret,
            quote_plus(secret),
            html.escape(secret),
            _escaped_twice(secret),
            f"<p>{html.escape(secret)}</p>",
        ]
    )


@given(data=st.data(), before=st.text(max_size=60), after=st.text(max_size=600))
def test_a_label_never_repeats_a_secret_however_it_is_escaped(data, before, after):
    secret = data.draw(secrets)
    label = clean_label(
        before + " " + data.draw(_escaped(secret)) + after, {secret, quote_plus(secret)}
    )
    assert secret not in label
    assert secret not in clean_label(label)


def _escaped_twice(text):
    return html.escape(html.escape(text))


@pytest.mark.parametrize("middle", ["<b>", "&amp;", "&", "<", "&lt;i&gt;", " \n "])
@pytest.mark.parametrize("escape", [str, html.escape, quote_plus, _escaped_twice])
def test_no_part_of_a_secret_is_left_by_the_removal_of_markup(middle, escape):
    secret = f"leftpart{middle}rightpart"
    label = clean_label(f"said <p>{escape(secret)}</p>", {secret, quote_plus(secret)})
    assert label == "said ***"


@given(text=st.text(max_size=3000))
def test_a_label_is_one_printable_line_of_at_most_500_characters(text):
    label = clean_label(text)
    assert len(label) <= 500
    assert all(character == " " or not character.isspace() for character in label)
    assert not any(ord(character) < 32 or 127 <= ord(character) < 160 for character in label)


def test_a_label_loses_its_markup():
    assert clean_label("<h1>502</h1>\r\n<p>Bad&nbsp;&lt;b&gt;Gateway&lt;/b&gt;</p>") == (
        "502 Bad Gateway"
    )


def test_files_do_not_show_their_content():
    assert "%PDF" not in repr(PdfDeposit(content=b"%PDF-1.7", file_name="a.pdf"))
    assert "abc" not in repr(FileUpload(content=b"abc", file_name="f.txt", mime_type="text/plain"))


def _hostile_answers():
    """Answers of a platform that repeats everything it was sent."""
    everything = " ".join(
        [CLIENT_SECRET, PASSWORD, TechnicalAccount("TECH_1_123456@cpro.fr", PASSWORD).header]
    )
    yield Reply(400, {"codeRetour": 20001, "libelle": everything + " token-number-1"})
    yield Reply(403, f"<html>{html.escape(everything)}</html>".encode())
    yield Reply(404, everything.encode())
    yield Reply(429, {"message": everything})
    yield Reply(200, everything.encode())
    yield Reply(500, {"fault": {"faultstring": quote_plus(CLIENT_SECRET)}})
    yield Drop()


@pytest.mark.parametrize("answer", list(_hostile_answers()))
def test_no_log_and_no_error_repeats_a_secret(gateway, client, submission, caplog, answer):
    caplog.set_level(logging.DEBUG, logger="choruspro")
    gateway.script("/cpro/factures/v1/soumettre", answer)
    with pytest.raises(ChorusProError) as caught:
        client.submit_invoice(submission)
    shown = caplog.text + str(caught.value) + repr(caught.value) + repr(vars(caught.value))
    assert "soumettre" in caplog.text
    account = TechnicalAccount("TECH_1_123456@cpro.fr", PASSWORD)
    for secret in (CLIENT_SECRET, PASSWORD, account.header, "token-number-1"):
        assert secret not in shown
        assert quote_plus(secret) not in shown
    assert submission.main_attachment_label not in shown


def test_a_refused_token_request_does_not_repeat_the_secret(gateway, client, submission):
    refusal = Reply(400, {"error": "invalid_client", "error_description": CLIENT_SECRET})
    gateway.script(TOKEN_PATH, refusal, refusal, refusal)
    with pytest.raises(ChorusProError) as caught:
        client.submit_invoice(submission)
    assert CLIENT_SECRET not in str(caught.value)
    assert "***" in str(caught.value)


def test_a_log_line_gives_facts_and_no_content(gateway, client, submission, caplog):
    caplog.set_level(logging.DEBUG, logger="choruspro")
    gateway.script(
        "/cpro/factures/v1/soumettre",
        Reply(body={"codeRetour": 0, "identifiantFactureCPP": 8431777, "numeroFacture": "F"}),
    )
    client.submit_invoice(submission)
    lines = [record.getMessage() for record in caplog.records]
    assert len(lines) == 2  # the token and the call
    sent = len(gateway.calls("/cpro/factures/v1/soumettre")[0].body)
    assert lines[1].startswith(f"soumettre: HTTP 200, codeRetour 0, {sent} bytes sent, ")
    assert submission.number not in caplog.text


def test_secrets_are_known_in_the_forms_in_which_they_travel():
    account = TechnicalAccount("a", PASSWORD)
    auth = PisteAuth(PisteCredentials("id", CLIENT_SECRET), account)
    known = auth.secrets(Token("value", datetime.now(timezone.utc)))
    assert {CLIENT_SECRET, quote_plus(CLIENT_SECRET), account.header, "value"} <= known


SPOKEN = 'é "x"/<y> z+% ÿ?~>>'
_BYTES = SPOKEN.encode()
# Written out: the product's own list of forms must not be what it is measured by
FORMS = {
    "plain": SPOKEN,
    "form": "%C3%A9+%22x%22%2F%3Cy%3E+z%2B%25+%C3%BF%3F~%3E%3E",
    "address": "%C3%A9%20%22x%22%2F%3Cy%3E%20z%2B%25%20%C3%BF%3F~%3E%3E",
    "address in lower case": "%c3%a9%20%22x%22%2f%3cy%3e%20z%2b%25%20%c3%bf%3f~%3e%3e",
    "path": "%C3%A9%20%22x%22/%3Cy%3E%20z%2B%25%20%C3%BF%3F~%3E%3E",
    "JSON": 'é \\"x\\"/<y> z+% ÿ?~>>',
    "JSON in ASCII": '\\u00e9 \\"x\\"/<y> z+% \\u00ff?~>>',
    "JSON with slashes escaped": '\\u00e9 \\"x\\"\\/<y> z+% \\u00ff?~>>',
    "page": "é &quot;x&quot;/&lt;y&gt; z+% ÿ?~&gt;&gt;",
    "base64": base64.b64encode(_BYTES).decode(),
    "base64 without padding": base64.b64encode(_BYTES).decode().rstrip("="),
    "base64 of addresses": base64.urlsafe_b64encode(_BYTES).decode(),
    "hexadecimal": _BYTES.hex(),
    "hexadecimal in upper case": _BYTES.hex().upper(),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("whose", ["application", "account"])
def test_a_secret_is_known_in_whatever_form_an_answer_repeats_it(whose, form):
    client_secret, password = (SPOKEN, "other") if whose == "application" else ("other", SPOKEN)
    auth = PisteAuth(
        PisteCredentials("id", client_secret), TechnicalAccount("TECH_1_1@cpro.fr", password)
    )
    told = clean_label(f"before {FORMS[form]} after", auth.secrets())
    assert FORMS[form] not in told
    assert SPOKEN not in told
    assert told == "before *** after"
